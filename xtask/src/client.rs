//! `cargo xtask client`: a TypeScript client made from `docs/openapi.json` compiles and buys something.

use std::process::{Command, ExitCode, Stdio};

use crate::shell::{Outcome, find_program, must_run};
use crate::shop::{self, Shop};
use crate::workspace;

/// Generates, compiles and buys.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask client".to_owned());
    }
    if let Some(missing) = missing() {
        return Err(missing.to_owned());
    }
    buy()?;
    Ok(ExitCode::SUCCESS)
}

/// What this machine lacks for it, if anything.
pub fn missing() -> Option<&'static str> {
    if find_program("node").is_none() || find_program("npm").is_none() {
        return Some("Node.js and npm are not installed");
    }
    None
}

/// Generates the client, compiles it under `tsc --strict`, and lets its script buy something in a shop of its own.
pub fn buy() -> Outcome {
    must_run(npm().args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    must_run(npm().args(["run", "--silent", "generate"]).stdout(Stdio::null()))?;
    must_run(npm().args(["run", "--silent", "compile"]))?;
    shop::build()?;
    let shop = Shop::open("client", &[])?;
    must_run(npm().args(["run", "--silent", "buy"]).env("EF_SHOP", &shop.url).env("EF_SANDBOX_URL", &shop.sandbox_url))
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(workspace::root().join("clients/typescript"));
    command
}
