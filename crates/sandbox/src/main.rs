//! `ef-sandbox`: the sandbox as a program of its own.
//!
//! `EF__SANDBOX__LISTEN` is where it listens (`127.0.0.1:9090`), `EF__SANDBOX__SMTP_LISTEN` where its mail relay does
//! (`127.0.0.1:2525`), `EF__SANDBOX__PUBLIC_URL` where browsers reach it if that differs. `EF__SANDBOX__WEBHOOK_URL` is
//! where Toss's webhooks go, `EF__SANDBOX__MAIL_NOTICES_URL` where notices of bounces and complaints go;
//! `EF__SANDBOX__NAVER_CALLBACK` registers a callback that is not on this machine. `--data DIR` is where it remembers.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program at a terminal speaks there")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use ef_sandbox::{NaverApp, Sandbox, SandboxConfig, SmtpCredentials};
use tokio::signal::unix::{SignalKind, signal};

#[expect(clippy::disallowed_methods, reason = "this is the binary's one reader of the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn address(name: &str) -> Result<Option<SocketAddr>, String> {
    let read = |text: String| text.parse().map_err(|_| format!("{name} is no address with a port: {text}"));
    variable(name).map(read).transpose()
}

fn configure(mut arguments: impl Iterator<Item = String>) -> Result<SandboxConfig, String> {
    let mut config = SandboxConfig {
        webhook_url: variable("EF__SANDBOX__WEBHOOK_URL"),
        mail_notices_url: variable("EF__SANDBOX__MAIL_NOTICES_URL"),
        public_url: variable("EF__SANDBOX__PUBLIC_URL"),
        ..SandboxConfig::default()
    };
    config.listen = address("EF__SANDBOX__LISTEN")?.unwrap_or(config.listen);
    config.smtp_listen = address("EF__SANDBOX__SMTP_LISTEN")?;
    if let Some(callback) = variable("EF__SANDBOX__NAVER_CALLBACK") {
        config.naver_apps.push(NaverApp { callbacks: vec![callback], ..NaverApp::built_in() });
    }
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--data" => config.data_dir = Some(PathBuf::from(arguments.next().ok_or("--data needs a folder")?)),
            other => return Err(format!("unknown argument {other}; usage: ef-sandbox [--data DIR]")),
        }
    }
    Ok(config)
}

async fn run() -> Result<(), String> {
    let config = configure(std::env::args().skip(1))?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let sandbox = Sandbox::start(config).await.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        format!("{error}{cause}")
    })?;
    println!("console  {}/", sandbox.url());
    println!("toss     {}", sandbox.toss_url());
    println!("naver    {}", sandbox.naver_url());
    println!("smtp     {}", sandbox.smtp_address());
    let SmtpCredentials { user, password } = SmtpCredentials::built_in();
    println!("         user {user} password {password}");
    println!("inbox    {}/mail", sandbox.public_url());
    println!("script   {}/toss/v2/standard", sandbox.public_url());
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    sandbox.stop().await;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("ef-sandbox: {problem}");
            ExitCode::FAILURE
        }
    }
}
