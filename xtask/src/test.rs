//! `cargo xtask test`: the whole test suite, on a machine that has only Rust.

use std::process::ExitCode;

use crate::servers::{Browser, Purpose, Servers};
use crate::shell::{Outcome, cargo, run as run_program};
use crate::suites;

/// Passes `arguments` on to `cargo test` and ends as it ends.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    let passed = all(arguments)?;
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether every test passed.
pub fn all(arguments: &[String]) -> Outcome<bool> {
    let arguments = match arguments {
        [first, rest @ ..] if first == "--" => rest,
        other => other,
    };
    let servers = Servers::start(Purpose::Tests)?;
    let mut command = cargo();
    command.arg("test");
    // Words after a second `--` are for the test programs.
    let ours = arguments.split(|word| word == "--").next().unwrap_or_default();
    let packages = named_packages(ours);
    // The tests that want a browser fail without one, and every other test can still have its say.
    let browser = if suites::ask_for_browser(&packages) {
        Browser::find().inspect_err(|problem| println!("xtask: {problem}")).ok()
    } else {
        None
    };
    if packages.is_empty() {
        command.arg("--workspace");
    }
    if !ours.iter().any(|word| word == "--no-fail-fast") {
        // One red suite must not hide the others.
        command.arg("--no-fail-fast");
    }
    command.args(arguments).envs(servers.variables());
    command.envs(browser.iter().flat_map(Browser::variables));
    let status = run_program(&mut command)?;
    suites::print(&servers, browser.as_ref(), &packages);
    Ok(status.success())
}

/// The packages chosen with `-p X`, `-pX`, `--package X` or `--package=X`.
fn named_packages(words: &[String]) -> Vec<String> {
    let mut named = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "-p" || word == "--package" {
            named.extend(words.next().cloned());
        } else if let Some(name) = word.strip_prefix("--package=").or_else(|| word.strip_prefix("-p")) {
            named.push(name.to_owned());
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::named_packages;

    #[test]
    fn packages_are_found_however_they_are_spelt() {
        let words = ["-p", "a", "--package", "b", "-pc", "--package=d", "--release"].map(str::to_owned);
        assert_eq!(named_packages(&words), ["a", "b", "c", "d"]);
    }
}
