//! `cargo xtask openapi`: writes `docs/openapi.json` anew, from the code. With `--accept`, what it says becomes what
//! callers may rely on: `docs/openapi.baseline.json`, against which a test holds every later document.

use std::process::ExitCode;

use crate::shell::{Outcome, cargo, must_run};

/// The tests that compare the files with the code write them instead when they are told to.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    let is_accepted = match arguments {
        [] => false,
        [flag] if flag == "--accept" => true,
        _ => return Err("usage: cargo xtask openapi [--accept]".to_owned()),
    };
    let mut command = cargo();
    command.args(["test", "--package", "energy-factory", "--test", "openapi", "--", "committed"]);
    command.env("EF_UPDATE_DOCS", "1");
    if is_accepted {
        command.env("EF_ACCEPT_API", "1");
    }
    must_run(&mut command)?;
    Ok(ExitCode::SUCCESS)
}
