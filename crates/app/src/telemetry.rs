//! Log lines: for people in development, one JSON object a line in production.

use std::io::IsTerminal;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use crate::config::{LogConfig, LogFormat};

/// Libraries that say more than anybody wants to know. A directive of the configuration overrides these. `actix_http`
/// calls it an error of ours when a stranger sends what is no HTTP.
const QUIET: [&str; 7] = [
    "sqlx=warn",
    "sea_orm=warn",
    "sea_orm_migration=warn",
    "actix_server=warn",
    "actix_http=off",
    "hyper=warn",
    "reqwest=warn",
];

/// Starts to write log lines to the standard error stream, so that the standard output stays readable.
///
/// # Errors
/// [`TryInitError`] where something else writes them already.
pub fn start(config: &LogConfig) -> Result<(), TryInitError> {
    let lines = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let lines = match config.format {
        LogFormat::Pretty => lines.compact().boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    registry().with(filter(&config.level)).with(lines).try_init()
}

/// The configured directives come last: of two for the same target, the later one counts.
fn filter(level: &str) -> EnvFilter {
    let directives = format!("{},{level}", QUIET.join(","));
    EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).parse_lossy(directives)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_quiet_unless_asked() {
        let printed = filter("debug").to_string();
        assert!(printed.contains("sqlx=warn") && printed.contains("debug"), "{printed}");
        let asked = filter("info,sqlx=debug").to_string();
        assert!(asked.contains("sqlx=debug") && !asked.contains("sqlx=warn"), "{asked}");
    }
}
