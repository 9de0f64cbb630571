//! One test, run with a guard and without it.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Guard;
use super::copy::Copy;
use crate::servers::Servers;
use crate::shell::{Outcome, at, cargo, last_lines};
use crate::watchdog::Watchdog;

/// A test that hangs without its guard has noticed, but must not hold us up for ever.
const LIMIT: Duration = Duration::from_mins(5);

/// What a test made of the missing guard.
pub enum Verdict {
    /// It failed, or hung.
    Noticed,
    /// It stayed green.
    Unnoticed,
    /// The code without the guard does not compile: nothing was learnt.
    DoesNotCompile,
}

impl Verdict {
    /// For the report.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Noticed => "noticed",
            Self::Unnoticed => "UNNOTICED",
            Self::DoesNotCompile => "NO COMPILE",
        }
    }
}

/// Where tests are run.
pub struct Trial<'a> {
    /// The sources.
    pub copy: &'a Copy,
    /// What the tests connect to.
    pub servers: &'a Servers,
}

/// How the test program ended.
struct Ended {
    green: bool,
    hung: bool,
    text: String,
}

impl Trial<'_> {
    /// A test that is red anyway, or does not exist, would notice everything.
    pub fn must_be_green(&self, guard: &Guard) -> Outcome {
        let built = self.build(guard)?;
        if !built.green {
            return Err(format!("{} does not compile:\n{}", guard.package, last_lines(&built.text, 40)));
        }
        let ended = self.test(guard)?;
        if !ended.green {
            return Err(format!("`{}` is red with its guard:\n{}", guard.test, last_lines(&ended.text, 40)));
        }
        if passed_tests(&ended.text) == 0 {
            return Err(format!("guard `{}`: {} has no test `{}`", guard.name, guard.package, guard.test));
        }
        Ok(())
    }

    /// With the guard already taken out.
    pub fn without(&self, guard: &Guard) -> Outcome<Verdict> {
        let built = self.build(guard)?;
        if !built.green {
            println!("{}", last_lines(&built.text, 40));
            return Ok(Verdict::DoesNotCompile);
        }
        let ended = self.test(guard)?;
        if ended.hung {
            println!("xtask: the test did not end within {LIMIT:?}");
        }
        Ok(if ended.green { Verdict::Unnoticed } else { Verdict::Noticed })
    }

    fn build(&self, guard: &Guard) -> Outcome<Ended> {
        self.cargo_test(guard, &["--no-run"], None)
    }

    fn test(&self, guard: &Guard) -> Outcome<Ended> {
        self.cargo_test(guard, &[guard.test], Some(LIMIT))
    }

    /// Output goes to a file: a pipe that nobody empties would block a test that says much.
    fn cargo_test(&self, guard: &Guard, words: &[&str], limit: Option<Duration>) -> Outcome<Ended> {
        let log = self.copy.target.with_file_name("log.txt");
        let output = at(&log, File::create(&log))?;
        let errors = at(&log, output.try_clone())?;
        let mut command = cargo();
        command.args(["test", "--package", guard.package]).args(guard.target).args(words);
        command.current_dir(&self.copy.sources).env("CARGO_TARGET_DIR", &self.copy.target);
        command.envs(self.servers.variables()).stdin(Stdio::null()).stdout(output).stderr(errors);
        let (green, hung) = wait(&mut command, limit)?;
        let bytes = at(&log, fs::read(&log))?;
        Ok(Ended { green, hung, text: String::from_utf8_lossy(&bytes).into_owned() })
    }
}

/// Whether it succeeded, and whether it had to be stopped.
fn wait(command: &mut Command, limit: Option<Duration>) -> Outcome<(bool, bool)> {
    // A group of its own: cargo's end alone would not end the test program below it.
    let child = command.process_group(0).spawn();
    let mut child = child.map_err(|error| format!("cargo could not be started: {error}"))?;
    let watchdog = Watchdog::over_group(&child)?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok((status.success(), false));
        }
        if limit.is_some_and(|limit| started.elapsed() > limit) {
            drop(watchdog);
            child.wait().map_err(|error| error.to_string())?;
            return Ok((false, true));
        }
        sleep(Duration::from_millis(50));
    }
}

/// The sum over all `test result: ok. 3 passed; ...` lines.
fn passed_tests(text: &str) -> u32 {
    let results = text.lines().filter_map(|line| line.strip_prefix("test result: ok. "));
    results.filter_map(|rest| rest.split(' ').next()?.parse::<u32>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::passed_tests;

    #[test]
    fn passed_tests_are_counted_over_all_programs() {
        let text = "running 3 tests\ntest result: ok. 3 passed; 0 failed\n\ntest result: ok. 0 passed; 0 failed; 9 filtered out";
        assert_eq!(passed_tests(text), 3);
    }
}
