//! Which suite ran on which server: printed after a test run, so that a green run says what it is evidence for.

use std::fs;
use std::path::Path;

use crate::servers::{Browser, CHROMIUM, Purpose, Servers};
use crate::workspace;

/// A package of the workspace and what its tests are about.
struct Suite {
    package: &'static str,
    folder: &'static str,
    proves: &'static str,
    /// What runs inside the test's own process.
    inside: &'static str,
}

const SUITES: &[Suite] = &[
    suite("ef-domain", "crates/domain", "values, states, use cases", ""),
    suite("ef-contract", "crates/contract", "builders of the port contracts", ""),
    suite("ef-sql", "crates/sql", "port contracts, races", "SQLite"),
    suite("ef-redis", "crates/redis", "port contracts", ""),
    suite("ef-embedded", "crates/embedded", "port contracts", ""),
    suite("ef-migrations", "migrations", "schema", "SQLite"),
    suite("ef-toss", "crates/toss", "wire", "sandbox"),
    suite("ef-naver", "crates/naver", "wire", "sandbox"),
    suite("ef-ses", "crates/ses", "wire, letters", "sandbox"),
    suite("ef-images", "crates/images", "pictures, port contract, wire", "an S3 server"),
    suite("ef-sandbox", "crates/sandbox", "the partners' protocols", "sandbox"),
    suite("energy-factory", "crates/app", "HTTP API, crashes", "SQLite, sandbox"),
    suite("ef-tests", "tests", "system, browser, architecture", ""),
    suite("ef-bench", "bench", "arithmetic of the bench", ""),
    suite("xtask", "xtask", "this tool", ""),
];

const fn suite(package: &'static str, folder: &'static str, proves: &'static str, inside: &'static str) -> Suite {
    Suite { package, folder, proves, inside }
}

/// Whether one of the packages is tested with a browser; none named means all.
pub fn ask_for_browser(only: &[String]) -> bool {
    chosen(only).any(|suite| suite.asks_for(CHROMIUM))
}

fn chosen(only: &[String]) -> impl Iterator<Item = &'static Suite> {
    SUITES.iter().filter(move |suite| only.is_empty() || only.iter().any(|name| name == suite.package))
}

/// One line per suite; `only` names the packages that ran, or is empty for all.
pub fn print(servers: &Servers, browser: Option<&Browser>, only: &[String]) {
    println!("\nxtask: {:<16} {:<32} ran on", "suite", "proves");
    let mut asked_mysql = false;
    for suite in chosen(only) {
        let mut on: Vec<&str> = suite.inside.split(", ").filter(|word| !word.is_empty()).collect();
        if suite.asks_for(Purpose::Tests.mysql_variable()) {
            asked_mysql = true;
            on.push(&servers.mysql.description);
        }
        if suite.asks_for(Purpose::Tests.redis_variable()) {
            on.push(&servers.redis.description);
        }
        if suite.asks_for(CHROMIUM) {
            on.push(browser.map_or("no browser", |browser| &browser.description));
        }
        let on = if on.is_empty() { "no server".to_owned() } else { on.join(", ") };
        println!("xtask: {:<16} {:<32} {on}", suite.package, suite.proves);
    }
    if asked_mysql && !servers.mysql.description.starts_with("MySQL 8.0.") {
        println!("xtask: production runs MySQL 8.0 and Redis 7.2; the public checks run these suites on both");
    }
}

impl Suite {
    /// Read out of the package's sources: a list kept by hand would claim a server that nobody asks any more.
    fn asks_for(&self, variable: &str) -> bool {
        // This tool names the variables but tests nothing on the servers.
        self.package != "xtask" && mentions(&workspace::root().join(self.folder), variable)
    }
}

fn mentions(folder: &Path, word: &str) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        if path.is_dir() {
            return mentions(&path, word);
        }
        let is_rust = path.extension().is_some_and(|end| end == "rs");
        is_rust && fs::read_to_string(&path).is_ok_and(|text| text.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_of_the_workspace_has_a_row_that_names_its_folder() {
        let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).unwrap();
        let members = manifest.split("members = [").nth(1).unwrap().split(']').next().unwrap();
        for member in members.split(',').map(|word| word.trim().trim_matches('"')).filter(|word| !word.is_empty()) {
            let row = SUITES.iter().find(|suite| suite.folder == member);
            let row = row.unwrap_or_else(|| panic!("{member} has no row in SUITES"));
            let manifest = fs::read_to_string(workspace::root().join(member).join("Cargo.toml")).unwrap();
            assert!(manifest.contains(&format!("name = \"{}\"", row.package)), "{member} is not {}", row.package);
        }
    }

    #[test]
    fn the_redis_adapter_is_tested_on_redis() {
        let suite = SUITES.iter().find(|suite| suite.package == "ef-redis").unwrap();
        assert!(suite.asks_for(Purpose::Tests.redis_variable()));
        assert!(!suite.asks_for(Purpose::Tests.mysql_variable()));
    }
}
