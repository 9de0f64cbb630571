//! What is measured, for how long, against what. The one room of this tool that reads the environment.

use std::path::PathBuf;
use std::time::Duration;

use crate::Outcome;

/// What `--help` prints.
pub const HELP: &str = "usage: cargo xtask bench [words]
       cargo xtask bench streams N

`streams N` measures nothing but N idle streams on the embedded database; both programs need that many open files.

  --quick            3 rounds of 1 s instead of 5 rounds of 3 s
  --seconds N        the length of a round
  --rounds N         how many rounds count; one more warms up
  --only NAME        mysql or sqlite
  --write            puts the figures into docs/performance.md

The build, the server and the database come from `cargo xtask bench`. By hand: EF_BENCH_SERVER names the server's
program, EF_BENCH_MYSQL_URL a MySQL without a database in its path, EF_BENCH_REDIS_URL a Redis, EF_BENCH_DATA_DIR a
folder on a real disk.";

/// One of the databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// As in production, with Redis for the sessions.
    MySql,
    /// As on one machine, with the sessions in a file.
    Sqlite,
}

impl Engine {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::MySql => "MySQL",
            Self::Sqlite => "SQLite",
        }
    }
}

/// A MySQL that keeps what it promised, and a Redis.
#[derive(Clone, Debug)]
pub struct Servers {
    /// Without a database in its path.
    pub mysql: String,
    /// What answers there.
    pub mysql_description: String,
    /// `redis://...`.
    pub redis: String,
    /// What answers there.
    pub redis_description: String,
}

/// What is measured, for how long, against what.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long one round takes.
    pub length: Duration,
    /// How many rounds count.
    pub rounds: u32,
    /// Which databases.
    pub engines: Vec<Engine>,
    /// Whether the figures go into the documentation.
    pub write: bool,
    /// The words that asked for this.
    pub words: String,
    /// The program to measure.
    pub server: PathBuf,
    /// Where it may write.
    pub data_dir: PathBuf,
    /// What MySQL needs; `None` where none was given.
    pub servers: Option<Servers>,
    /// The compiler and the commit, as far as known.
    pub build: Vec<String>,
}

impl Settings {
    /// From the words of the command line and the environment.
    pub fn read(words: &[&str]) -> Outcome<Self> {
        let mut settings = Self {
            length: Duration::from_secs(3),
            rounds: 5,
            engines: vec![Engine::MySql, Engine::Sqlite],
            write: false,
            words: words.join(" "),
            server: PathBuf::from(variable("EF_BENCH_SERVER").ok_or("EF_BENCH_SERVER names no program")?),
            data_dir: variable("EF_BENCH_DATA_DIR").map_or_else(|| PathBuf::from("target/bench"), PathBuf::from),
            servers: servers(),
            build: ["EF_BENCH_COMPILER", "EF_BENCH_COMMIT"].into_iter().filter_map(variable).collect(),
        };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word {
                "--quick" => (settings.length, settings.rounds) = (Duration::from_secs(1), 3),
                "--seconds" => settings.length = Duration::from_secs_f64(value()?.parse()?),
                "--rounds" => settings.rounds = value()?.parse()?,
                "--only" => settings.engines = vec![engine(value()?)?],
                "--write" => settings.write = true,
                other => return Err(format!("`{other}` is unknown\n\n{HELP}").into()),
            }
        }
        if settings.rounds == 0 || settings.length.is_zero() {
            return Err("nothing would be measured".into());
        }
        if settings.engines.contains(&Engine::MySql) && settings.servers.is_none() {
            return Err("EF_BENCH_MYSQL_URL and EF_BENCH_REDIS_URL must name servers (or `--only sqlite`)".into());
        }
        Ok(settings)
    }
}

fn engine(name: &str) -> Outcome<Engine> {
    match name {
        "mysql" => Ok(Engine::MySql),
        "sqlite" => Ok(Engine::Sqlite),
        other => Err(format!("`{other}` is neither mysql nor sqlite").into()),
    }
}

fn servers() -> Option<Servers> {
    let described = |name| variable(name).unwrap_or_else(|| "no description".to_owned());
    Some(Servers {
        mysql: variable("EF_BENCH_MYSQL_URL")?,
        mysql_description: described("EF_BENCH_MYSQL_DESCRIPTION"),
        redis: variable("EF_BENCH_REDIS_URL")?,
        redis_description: described("EF_BENCH_REDIS_DESCRIPTION"),
    })
}

fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the server's configuration does not concern this tool")]
    let value = std::env::var(name);
    value.ok().filter(|text| !text.is_empty())
}
