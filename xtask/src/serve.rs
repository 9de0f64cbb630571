//! `cargo xtask servers`: the two servers, for as long as a developer wants them.

use std::process::ExitCode;

use crate::servers::{Purpose, Servers};
use crate::shell::Outcome;

/// Starts both, prints how tests find them, and waits for ctrl-c.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    let purpose = match arguments {
        [] => Purpose::Tests,
        [word] if word == "--durable" => Purpose::Benches,
        _ => return Err("usage: cargo xtask servers [--durable]".to_owned()),
    };
    let servers = Servers::start(purpose)?;
    for (name, value) in servers.variables() {
        println!("export {name}={value}");
    }
    println!("xtask: ctrl-c ends both");
    loop {
        std::thread::park();
    }
}
