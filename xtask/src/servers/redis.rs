//! Redis, or Valkey, which speaks the same protocol.

use std::ffi::OsString;

use super::{Purpose, Server, docker, fetch, probe};
use crate::settings;
use crate::shell::{Outcome, find_program};
use crate::watchdog::{Watchdog, private_folder};

const IMAGE: &str = "redis:7.2";
const BUNDLE: fetch::Bundle = fetch::Bundle {
    name: "redis",
    suite: None,
    packages: &["redis-server", "redis-tools"],
    leave_out: &["libperl"],
    program: "usr/bin/redis-server",
};

/// Finds or starts one.
pub fn start(purpose: Purpose) -> Outcome<Server> {
    let variable = purpose.redis_variable();
    if let Some(url) = settings::read(variable) {
        let version = probe::redis_version(&url)
            .map_err(|problem| format!("{variable} names a server that cannot be used: {problem}"))?;
        return Ok(Server { url, description: format!("{version} ({variable})"), _watchdog: None });
    }
    if docker::answers() {
        match in_container() {
            Ok(server) => return Ok(server),
            Err(problem) => println!("xtask: no Redis from Docker, looking further: {problem}"),
        }
    }
    for name in ["redis-server", "valkey-server"] {
        if let Some(program) = find_program(name) {
            return run(&[program.clone().into()], &program.display().to_string());
        }
    }
    fetched().map_err(|problem| {
        format!(
            "no Redis. Set {variable}, start Docker, or install `redis-server`; \
             fetching it privately failed: {problem}"
        )
    })
}

fn in_container() -> Outcome<Server> {
    let arguments = ["redis-server", "--save", "", "--appendonly", "no"];
    let recipe = docker::Recipe { kind: "redis", image: IMAGE, port: 6379, environment: &[], arguments: &arguments };
    let container = docker::start(&recipe)?;
    let url = format!("redis://127.0.0.1:{}", container.port);
    let version = probe::wait_until_ready(&container.watchdog, IMAGE, || probe::redis_version(&url))?;
    let description = format!("{version} (Docker image {IMAGE})");
    Ok(Server { url, description, _watchdog: Some(container.watchdog) })
}

fn fetched() -> Outcome<Server> {
    let unpacked = fetch::unpacked(&BUNDLE)?;
    run(&unpacked.command(BUNDLE.program)?, &unpacked.origin)
}

/// Keeps nothing on disk: every run starts empty.
fn run(program: &[OsString], origin: &str) -> Outcome<Server> {
    let port = probe::free_port()?;
    let folder = private_folder("redis")?;
    let mut command = program.to_vec();
    command.extend(["--port".into(), port.to_string().into(), "--dir".into(), folder.clone().into()]);
    command.extend(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"].map(OsString::from));
    let watchdog = Watchdog::over_process(&folder, &command)?;
    let url = format!("redis://127.0.0.1:{port}");
    let version = probe::wait_until_ready(&watchdog, "redis-server", || probe::redis_version(&url))?;
    Ok(Server { url, description: format!("{version} ({origin})"), _watchdog: Some(watchdog) })
}
