//! `cargo xtask mutate-guards`: takes each guard out of the code and demands that a test notices.
//!
//! A guard is a line without which the shop would sell stock twice, charge twice or show one shopper's order to another.
//! A test that stays green without its guard protects nothing. The table of guards is [`table`]; how to add one is
//! written at its top.
//!
//! The work tree is never touched: everything happens in a copy below the build folder, with a build folder of its own.

mod copy;
mod table;
mod trial;

use std::process::ExitCode;
use std::time::Instant;

use crate::servers::{Purpose, Servers};
use crate::shell::Outcome;
use copy::Copy;
use table::GUARDS;
use trial::{Trial, Verdict};

/// One guard, and the test that must miss it.
pub struct Guard {
    /// A short name, used on the command line and in the report.
    pub name: &'static str,
    /// The file, from the repository's root.
    pub file: &'static str,
    /// The guard's text; it must occur exactly once in the file.
    pub find: &'static str,
    /// What stands there instead; it must compile.
    pub replace: &'static str,
    /// The package whose test must turn red.
    pub package: &'static str,
    /// Which of its test programs: `--lib`, or `--test` and a name.
    pub target: &'static [&'static str],
    /// The test's name, or a part of it.
    pub test: &'static str,
}

/// All guards, or those named.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    let chosen = choose(arguments)?;
    if chosen.is_empty() {
        return Err("the table of guards is empty".to_owned());
    }
    let copy = Copy::refresh()?;
    for guard in &chosen {
        // Every row is checked before the first build, which takes minutes.
        copy.mutation(guard)?;
    }
    let servers = Servers::start(Purpose::Tests)?;
    let trial = Trial { copy: &copy, servers: &servers };
    let mut rows = Vec::new();
    for guard in &chosen {
        println!("xtask: {}: with the guard", guard.name);
        trial.must_be_green(guard)?;
    }
    for guard in &chosen {
        println!("xtask: {}: without the guard", guard.name);
        let started = Instant::now();
        let mutation = copy.mutation(guard)?;
        let verdict = mutation.during(|| trial.without(guard))?;
        rows.push((*guard, started.elapsed(), verdict));
    }

    println!("\nxtask: {:<32} {:>8}  {:<12} {:<16} test", "guard", "time", "verdict", "package");
    for (guard, time, verdict) in &rows {
        let Guard { name, package, test, .. } = guard;
        println!("xtask: {name:<32} {:>7.1}s  {:<12} {package:<16} {test}", time.as_secs_f64(), verdict.word());
    }
    let missed = rows.iter().filter(|(_, _, verdict)| !matches!(verdict, Verdict::Noticed)).count();
    println!("xtask: {} guards, {missed} of them not missed by their test", rows.len());
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn choose(names: &[String]) -> Outcome<Vec<&'static Guard>> {
    for name in names {
        if !GUARDS.iter().any(|guard| guard.name == name) {
            let known: Vec<&str> = GUARDS.iter().map(|guard| guard.name).collect();
            return Err(format!("there is no guard `{name}`; there are: {}", known.join(", ")));
        }
    }
    let wanted = |guard: &&Guard| names.is_empty() || names.iter().any(|name| name == guard.name);
    Ok(GUARDS.iter().filter(wanted).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::workspace;

    #[test]
    fn every_guard_stands_in_its_file_exactly_once() {
        for guard in GUARDS {
            let text = fs::read_to_string(workspace::root().join(guard.file)).unwrap();
            assert_eq!(text.matches(guard.find).count(), 1, "guard `{}` in {}", guard.name, guard.file);
        }
    }

    #[test]
    fn names_of_guards_are_unique() {
        let names: BTreeSet<&str> = GUARDS.iter().map(|guard| guard.name).collect();
        assert_eq!(names.len(), GUARDS.len());
    }
}
