//! Which suite needs which server: printed after a test run, so that a green run says what it is evidence for.

use crate::servers::Servers;

/// A package and what its tests run on.
struct Suite {
    package: &'static str,
    what: &'static str,
    on: &'static [On],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    Sqlite,
    Sandbox,
    Mysql,
    Redis,
}

const SUITES: &[Suite] = &[
    Suite {
        package: "ef-domain",
        what: "values, states, use cases",
        on: &[],
    },
    Suite {
        package: "ef-contract",
        what: "builders of the port contracts",
        on: &[],
    },
    Suite {
        package: "ef-sql",
        what: "port contracts, races",
        on: &[On::Sqlite, On::Mysql],
    },
    Suite {
        package: "ef-redis",
        what: "port contracts",
        on: &[On::Redis],
    },
    Suite {
        package: "ef-embedded",
        what: "port contracts",
        on: &[On::Sqlite],
    },
    Suite {
        package: "ef-migrations",
        what: "schema",
        on: &[On::Sqlite],
    },
    Suite {
        package: "ef-toss",
        what: "wire",
        on: &[On::Sandbox],
    },
    Suite {
        package: "ef-sandbox",
        what: "the partners' protocols",
        on: &[],
    },
    Suite {
        package: "energy-factory",
        what: "HTTP API, crashes",
        on: &[On::Sqlite, On::Sandbox],
    },
    Suite {
        package: "ef-tests",
        what: "system, architecture",
        on: &[On::Mysql, On::Redis, On::Sandbox],
    },
    Suite {
        package: "ef-bench",
        what: "arithmetic of the bench",
        on: &[],
    },
    Suite {
        package: "xtask",
        what: "this tool",
        on: &[],
    },
];

/// One line per suite; `only` names the packages that ran, or is empty for all.
pub fn print(servers: &Servers, only: &[String]) {
    let ran = |suite: &&Suite| only.is_empty() || only.iter().any(|name| name == suite.package);
    println!("\nxtask: {:<16} {:<32} ran on", "suite", "proves");
    for suite in SUITES.iter().filter(ran) {
        println!(
            "xtask: {:<16} {:<32} {}",
            suite.package,
            suite.what,
            servers_of(suite, servers)
        );
    }
    let asked_mysql = SUITES.iter().filter(ran).any(|suite| suite.on.contains(&On::Mysql));
    if asked_mysql && !servers.mysql.description.starts_with("MySQL 8.0.") {
        println!("xtask: production runs MySQL 8.0 and Redis 7.2; the public checks run these suites on both");
    }
}

fn servers_of(suite: &Suite, servers: &Servers) -> String {
    let names: Vec<&str> = suite
        .on
        .iter()
        .map(|server| match server {
            On::Sqlite => "SQLite (built in)",
            On::Sandbox => "the sandbox",
            On::Mysql => servers.mysql.description.as_str(),
            On::Redis => servers.redis.description.as_str(),
        })
        .collect();
    if names.is_empty() {
        "no server".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::servers::Purpose;
    use crate::workspace;

    /// Folder and package name of every member of the workspace.
    fn members() -> Vec<(PathBuf, String)> {
        let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).unwrap();
        let list = manifest.split("members = [").nth(1).unwrap().split(']').next().unwrap();
        let folders = list
            .split(',')
            .map(|word| word.trim().trim_matches('"'))
            .filter(|word| !word.is_empty());
        folders
            .map(|folder| with_name(workspace::root().join(folder)))
            .collect()
    }

    fn with_name(folder: PathBuf) -> (PathBuf, String) {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let name = manifest.lines().find_map(|line| line.strip_prefix("name = ")).unwrap();
        (folder, name.trim_matches('"').to_owned())
    }

    fn mentions(folder: &Path, word: &str) -> bool {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .any(|path| {
                if path.is_dir() {
                    return mentions(&path, word);
                }
                path.extension().is_some_and(|end| end == "rs") && fs::read_to_string(&path).unwrap().contains(word)
            })
    }

    #[test]
    fn every_package_of_the_workspace_has_a_row() {
        for (_, package) in members() {
            assert!(
                SUITES.iter().any(|suite| suite.package == package),
                "{package} has no row in SUITES"
            );
        }
    }

    #[test]
    fn a_package_that_asks_for_a_server_says_so_in_its_row() {
        let variables = [
            (On::Mysql, Purpose::Tests.mysql_variable()),
            (On::Redis, Purpose::Tests.redis_variable()),
        ];
        for (folder, package) in members().into_iter().filter(|(_, package)| package != "xtask") {
            let suite = SUITES.iter().find(|suite| suite.package == package).unwrap();
            for (server, variable) in variables {
                let asks = mentions(&folder, variable);
                assert_eq!(
                    asks,
                    suite.on.contains(&server),
                    "{package} and {variable}: does its row tell the truth?"
                );
            }
        }
    }
}
