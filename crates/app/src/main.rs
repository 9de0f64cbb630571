//! The Energy Factory shop server: reads the configuration, starts, and runs until it is told to stop. With arguments
//! it does one thing to the shop's database instead, and ends.

use std::error::Error;
use std::process::ExitCode;

use energy_factory::arguments::{self, AdminCommand, Invocation};
use energy_factory::banner::banner;
use energy_factory::config::{Config, Profile};
use energy_factory::{admin, server, telemetry};
use tokio::signal::unix::{SignalKind, signal};

/// Arguments or configuration cannot be used: nothing was started, and starting again will not help.
const UNUSABLE: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let invocation = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(invocation) => invocation,
        Err(error) => return unusable(&error),
    };
    let command = match invocation {
        Invocation::Print(text) => {
            announce(&text);
            return ExitCode::SUCCESS;
        }
        Invocation::Serve => None,
        Invocation::Admin(command) => Some(command),
    };
    match (Config::load(), command) {
        (Err(error), _) => unusable(&error),
        (Ok(config), None) => serve(config).await,
        (Ok(config), Some(command)) => appoint(&config, command).await,
    }
}

async fn serve(config: Config) -> ExitCode {
    if let Err(error) = telemetry::start(&config.log) {
        complain(&error.to_string());
        return ExitCode::FAILURE;
    }
    match Box::pin(run(config)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = chain(error.as_ref()), "the server ends");
            ExitCode::FAILURE
        }
    }
}

/// Says in one line what was done or why not. Nothing is logged: the operator stands by.
async fn appoint(config: &Config, command: AdminCommand) -> ExitCode {
    match admin::run(config, command, std::io::stdin()).await {
        Ok(done) => {
            announce(&done);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&chain(&error));
            ExitCode::FAILURE
        }
    }
}

fn unusable(error: &dyn Error) -> ExitCode {
    complain(&error.to_string());
    ExitCode::from(UNUSABLE)
}

async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let mut server = server::start(config.clone()).await?;
    tracing::info!(address = %server.address, profile = %config.profile, "the server is up");
    if config.profile == Profile::Development {
        announce(&banner(&config, &server).await);
    }
    let ended = tokio::select! {
        ended = server.wait() => ended,
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    };
    tracing::info!("the server stops once the requests under way are answered");
    let second = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    tokio::select! {
        () = server.stop() => tracing::info!("the server has stopped"),
        () = second => tracing::warn!("the server stops at once; the next start takes up what it left"),
    }
    Ok(ended?)
}

/// The error and all that caused it, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[expect(clippy::print_stdout, reason = "somebody reads this in the terminal that he started the program in")]
fn announce(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "nothing is set up yet that could log it")]
fn complain(text: &str) {
    eprintln!("energy-factory: {text}");
}
