//! `cargo xtask bench`: what the shipped server costs, measured against a database that keeps its promises.

use std::process::{Command, ExitCode};

use crate::servers::{Purpose, Servers};
use crate::shell::{Outcome, capture, cargo, must_run, run as run_program};
use crate::workspace;

/// Builds server and bench as they ship, and passes `arguments` on to the bench.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    must_run(cargo().args(["build", "--release", "--package", "energy-factory", "--package", "ef-bench"]))?;
    let servers = Servers::start(Purpose::Benches)?;
    let release = workspace::target().join("release");
    let status = run_program(
        Command::new(release.join("ef-bench"))
            .current_dir(workspace::root())
            .args(arguments)
            .envs(servers.variables())
            .env("EF_BENCH_SERVER", release.join("energy-factory"))
            // On the disk of the build: a folder for temporary files may be memory, where a promise costs nothing.
            .env("EF_BENCH_DATA_DIR", workspace::target().join("bench"))
            .env("EF_BENCH_COMPILER", compiler())
            .env("EF_BENCH_COMMIT", commit())
            .env("EF_BENCH_MYSQL_DESCRIPTION", &servers.mysql.description)
            .env("EF_BENCH_REDIS_DESCRIPTION", &servers.redis.description),
    )?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What compiled the figures, for whoever reads them later.
fn compiler() -> String {
    capture(Command::new("rustc").arg("--version").current_dir(workspace::root()))
        .map_or_else(|_| String::new(), |version| format!("Compiler: {}", version.trim()))
}

/// Which code the figures are of; empty outside of a checkout.
fn commit() -> String {
    let told = capture(Command::new("git").args(["describe", "--always", "--dirty"]).current_dir(workspace::root()));
    told.map_or_else(|_| String::new(), |commit| format!("Commit: {}", commit.trim()))
}
