//! `cargo xtask bench`: what the shipped server costs, measured against a database that keeps its promises.

use std::process::{Command, ExitCode};

use crate::servers::{Purpose, Servers};
use crate::shell::{Outcome, cargo, must_run, run as run_program};
use crate::workspace;

/// Builds server and bench as they ship, and passes `arguments` on to the bench.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    must_run(cargo().args([
        "build",
        "--release",
        "--package",
        "energy-factory",
        "--package",
        "ef-bench",
    ]))?;
    let servers = Servers::start(Purpose::Benches)?;
    let release = workspace::target().join("release");
    let status = run_program(
        Command::new(release.join("ef-bench"))
            .current_dir(workspace::root())
            .args(arguments)
            .envs(servers.variables())
            .env("EF_BENCH_SERVER", release.join("energy-factory"))
            .env("EF_BENCH_MYSQL_DESCRIPTION", &servers.mysql.description)
            .env("EF_BENCH_REDIS_DESCRIPTION", &servers.redis.description),
    )?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
