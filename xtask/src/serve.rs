//! `cargo xtask servers`: the two servers and a browser, for as long as a developer wants them.

use std::process::ExitCode;

use crate::servers::{Browser, Purpose, Servers};
use crate::shell::Outcome;

/// Starts both, finds a browser for tests, prints how tests find them, and waits for ctrl-c.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    let purpose = match arguments {
        [] => Purpose::Tests,
        [word] if word == "--durable" => Purpose::Benches,
        _ => return Err("usage: cargo xtask servers [--durable]".to_owned()),
    };
    let servers = Servers::start(purpose)?;
    let browser = match purpose {
        // Whoever works on the servers alone needs none.
        Purpose::Tests => Browser::find().inspect_err(|problem| println!("xtask: {problem}")).ok(),
        Purpose::Benches => None,
    };
    let of_browser = browser.iter().flat_map(Browser::variables);
    for (name, value) in servers.variables().into_iter().chain(of_browser) {
        println!("export {name}={value}");
    }
    println!("xtask: ctrl-c ends both servers");
    loop {
        std::thread::park();
    }
}
