//! `cargo xtask check`: everything that must hold before a change is merged. The public checks run exactly this.

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use crate::shell::{Outcome, cargo, run as run_program};
use crate::{client, fuzz, test};

type Step = fn() -> Outcome<Verdict>;

/// How one step ended.
enum Verdict {
    Passed,
    Failed,
    Skipped(&'static str),
}

/// Runs every step, also after a failed one: a red formatter must not hide a red test.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask check".to_owned());
    }
    let steps: [(&str, Step); 6] =
        [("format", format), ("clippy", clippy), ("deny", deny), ("tests", tests), ("client", client), ("fuzz", fuzz)];
    let mut results = Vec::new();
    for (name, step) in steps {
        println!("xtask: === {name} ===");
        let started = Instant::now();
        let verdict = step().unwrap_or_else(|problem| {
            eprintln!("xtask: {problem}");
            Verdict::Failed
        });
        results.push((name, started.elapsed(), verdict));
    }
    Ok(summary(&results))
}

fn summary(results: &[(&str, Duration, Verdict)]) -> ExitCode {
    println!("\nxtask: {:<8} {:>9}  verdict", "step", "time");
    for (name, time, verdict) in results {
        let text = match verdict {
            Verdict::Passed => "passed".to_owned(),
            Verdict::Failed => "FAILED".to_owned(),
            Verdict::Skipped(why) => format!("skipped: {why}"),
        };
        println!("xtask: {name:<8} {:>8.1}s  {text}", time.as_secs_f64());
    }
    let failed = results.iter().any(|(_, _, verdict)| matches!(verdict, Verdict::Failed));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn format() -> Outcome<Verdict> {
    judge(cargo().args(["fmt", "--all", "--check"]))
}

fn clippy() -> Outcome<Verdict> {
    judge(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// Offline: the advisory database needs a network, so the scheduled workflow asks it, not this command.
fn deny() -> Outcome<Verdict> {
    let installed = cargo().args(["deny", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !installed.is_ok_and(|status| status.success()) {
        println!(
            "xtask: cargo-deny is not installed; `cargo install --locked cargo-deny` does it in about five minutes"
        );
        return Ok(Verdict::Skipped("cargo-deny is not installed"));
    }
    judge(cargo().args(["deny", "--offline", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))
}

fn tests() -> Outcome<Verdict> {
    Ok(if test::all(&[])? { Verdict::Passed } else { Verdict::Failed })
}

/// A client made from the API document, by whoever has Node.js.
fn client() -> Outcome<Verdict> {
    if let Some(missing) = client::missing() {
        println!("xtask: {missing}; `cargo xtask client` wants them");
        return Ok(Verdict::Skipped(missing));
    }
    client::buy().map(|()| Verdict::Passed)
}

/// Made-up requests, by whoever has Python. Fewer than `cargo xtask fuzz` sends by itself.
fn fuzz() -> Outcome<Verdict> {
    if let Some(missing) = fuzz::missing() {
        println!("xtask: {missing}; `cargo xtask fuzz` wants it");
        return Ok(Verdict::Skipped(missing));
    }
    Ok(if fuzz::all(fuzz::EXAMPLES_OF_A_CHECK)? { Verdict::Passed } else { Verdict::Failed })
}

fn judge(command: &mut Command) -> Outcome<Verdict> {
    Ok(if run_program(command)?.success() { Verdict::Passed } else { Verdict::Failed })
}
