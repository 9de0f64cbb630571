//! `cargo xtask states`: writes the state tables of `docs/states.md` anew, from the code.

use std::process::ExitCode;

use crate::shell::{Outcome, cargo, must_run};

/// The test that compares the file with the code writes it instead when it is told to.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask states".to_owned());
    }
    must_run(cargo().args(["test", "--package", "ef-domain", "--test", "states"]).env("EF_UPDATE_DOCS", "1"))?;
    Ok(ExitCode::SUCCESS)
}
