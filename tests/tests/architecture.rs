//! Which crate may know which, and which library may be used where.
//!
//! `domain <- {sql, redis, embedded, toss, naver, ses, images, contract} <- app <- tests`. The reasons are the
//! **Invariant** paragraphs of `ARCHITECTURE.md`. A rule that is wrong is changed there and here in one commit; it is not
//! worked around.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop on a surprise")]

use std::process::Command;
use std::sync::OnceLock;

use ef_tests::{SourceFile, files, root};
use serde_json::Value;

const DOMAIN: &str = "ef-domain";
const CONTRACT: &str = "ef-contract";
const SANDBOX: &str = "ef-sandbox";
const MIGRATIONS: &str = "ef-migrations";
const SERVER: &str = "energy-factory";
const TESTS: &str = "ef-tests";
const ADAPTERS: [&str; 7] = ["ef-sql", "ef-redis", "ef-embedded", "ef-toss", "ef-naver", "ef-ses", "ef-images"];
const TOOLS: [&str; 2] = ["ef-bench", "xtask"];

/// What the domain may build on. None of it opens a socket, a file or a database.
const PURE: [&str; 10] =
    ["async-trait", "chrono", "futures", "hmac", "mockall", "secrecy", "sha2", "subtle", "thiserror", "tracing"];

/// An arrow of the dependency graph.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Arrow {
    from: String,
    to: String,
    /// Only for tests.
    dev: bool,
    optional: bool,
    /// To another package of this workspace.
    ours: bool,
}

fn arrows() -> &'static [Arrow] {
    static ARROWS: OnceLock<Vec<Arrow>> = OnceLock::new();
    ARROWS.get_or_init(|| {
        let packages = packages();
        let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
        let arrows = packages.iter().flat_map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            dependencies.iter().map(|dependency| Arrow {
                from: text(package, "name"),
                to: text(dependency, "name"),
                dev: dependency["kind"] == "dev",
                optional: dependency["optional"] == true,
                ours: !dependency["path"].is_null(),
            })
        });
        arrows.collect()
    })
}

fn packages() -> Vec<Value> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(metadata.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Fails with every arrow to one of our crates that `wrong` picks out.
fn refuse(rule: &str, wrong: impl Fn(&Arrow) -> bool) {
    let found: Vec<String> = arrows()
        .iter()
        .filter(|arrow| arrow.ours && wrong(arrow))
        .map(|arrow| format!("  {} -> {}{}", arrow.from, arrow.to, if arrow.dev { " (dev)" } else { "" }))
        .collect();
    assert!(found.is_empty(), "{rule}\nbut there is:\n{}", found.join("\n"));
}

/// Fails with every line of code outside `rooms` and outside test programs that contains one of the words.
fn keep_in(rooms: &[&str], words: &[&str], rule: &str) {
    let outside = |file: &&SourceFile| !file.is_in(rooms) && !file.path.contains("/tests/");
    let mut found = Vec::new();
    for file in sources().iter().filter(outside) {
        for (number, line) in file.code() {
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("  {}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{rule}\nbut there is:\n{}", found.join("\n"));
}

/// All Rust files but this one, which has to name what it forbids.
fn sources() -> &'static [SourceFile] {
    static SOURCES: OnceLock<Vec<SourceFile>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let others = files(&["rs"]).into_iter().filter(|file| file.path != "tests/tests/architecture.rs");
        others.collect()
    })
}

#[test]
fn every_package_has_its_place_in_the_picture() {
    for package in packages() {
        let name = package["name"].as_str().unwrap().to_owned();
        let known = [DOMAIN, CONTRACT, SANDBOX, MIGRATIONS, SERVER, TESTS];
        let placed = known.iter().chain(&ADAPTERS).chain(&TOOLS).any(|known| *known == name);
        assert!(
            placed,
            "{name} is new: say in tests/tests/architecture.rs whom it may know, and draw it in ARCHITECTURE.md"
        );
    }
}

#[test]
fn the_domain_knows_none_of_our_crates() {
    refuse("the domain decides without knowing who stores or calls", |arrow| arrow.from == DOMAIN);
}

#[test]
fn the_domain_builds_on_libraries_that_do_no_io() {
    for arrow in arrows().iter().filter(|arrow| arrow.from == DOMAIN && !arrow.dev) {
        assert!(
            PURE.contains(&arrow.to.as_str()),
            "the domain must stay free of IO and of wire formats, but depends on {}: put it behind a port",
            arrow.to
        );
        assert!(arrow.to != "mockall" || arrow.optional, "mockall must stay behind the domain's feature `mock`");
    }
}

#[test]
fn an_adapter_knows_the_domain_and_none_of_its_siblings() {
    refuse(
        "adapters meet in the server only; for their tests they may borrow the contracts and the outside world",
        |arrow| {
            let for_tests = [CONTRACT, SANDBOX, MIGRATIONS].contains(&arrow.to.as_str()) && arrow.dev;
            ADAPTERS.contains(&arrow.from.as_str()) && arrow.to != DOMAIN && !for_tests
        },
    );
}

#[test]
fn the_contracts_of_the_ports_know_the_domain_only() {
    refuse("a contract that knows an adapter would be its echo", |arrow| arrow.from == CONTRACT && arrow.to != DOMAIN);
}

#[test]
fn the_contracts_of_the_ports_are_for_tests_only() {
    refuse("ef-contract belongs into [dev-dependencies]", |arrow| arrow.to == CONTRACT && !arrow.dev);
}

#[test]
fn the_sandbox_knows_none_of_our_crates() {
    refuse("the sandbox is judged by the partners' documents; with our types it would share our mistakes", |arrow| {
        arrow.from == SANDBOX
    });
}

#[test]
fn only_the_server_starts_the_sandbox() {
    refuse("nobody but the server in development, and tests, may start the sandbox", |arrow| {
        arrow.to == SANDBOX && !arrow.dev && arrow.from != SERVER
    });
}

#[test]
fn the_schema_knows_none_of_our_crates() {
    refuse("a released migration never changes, so it cannot use types that do", |arrow| arrow.from == MIGRATIONS);
}

#[test]
fn only_the_server_and_tests_apply_the_schema() {
    refuse("migrations are applied by the server when it starts, and by the tests of the SQL adapter", |arrow| {
        arrow.to == MIGRATIONS && !arrow.dev && arrow.from != SERVER
    });
}

#[test]
fn nobody_depends_on_the_server_or_on_the_tests() {
    refuse("the server is where everything meets: nothing may be built on it", |arrow| {
        [SERVER, TESTS].contains(&arrow.to.as_str()) && !arrow.dev
    });
}

#[test]
fn the_tools_know_none_of_our_crates() {
    refuse("xtask must build within seconds, and the bench must judge the server from outside", |arrow| {
        TOOLS.contains(&arrow.from.as_str())
    });
}

#[test]
fn the_domain_knows_no_wire_format() {
    for file in sources().iter().filter(|file| file.is_in(&["crates/domain/"])) {
        for (number, line) in file.code() {
            assert!(
                !line.contains("serde"),
                "{}:{number}: give the boundary a type of its own (`...Body`, `...View`, `...Row`, `...Wire`)",
                file.path
            );
        }
    }
}

#[test]
fn sql_is_spoken_in_its_rooms_only() {
    keep_in(
        &[
            "crates/sql/",
            "crates/embedded/",
            "crates/sandbox/",
            "migrations/",
            "bench/",
            // It applies the schema when it starts.
            "crates/app/src/server.rs",
        ],
        &["sea_orm::", "sqlx::"],
        "SQL is spoken by the SQL and the embedded adapter, the schema and the sandbox's own memory; others use a port",
    );
}

#[test]
fn the_sandbox_and_the_embedded_store_share_no_schema_with_the_shop() {
    for file in sources().iter().filter(|file| file.is_in(&["crates/embedded/src/", "crates/sandbox/src/"])) {
        for (number, line) in file.code() {
            let shop = ["product_variant", "order_items", "stock_ledger", "sea_orm"];
            assert!(
                !shop.iter().any(|word| line.contains(word)),
                "{}:{number} reaches for the shop's tables",
                file.path
            );
        }
    }
}

#[test]
fn the_network_is_called_by_the_partners_adapters_only() {
    keep_in(
        &["crates/toss/", "crates/naver/", "crates/ses/", "crates/images/", "crates/sandbox/", "bench/"],
        &["reqwest::", "lettre::"],
        "a call to another machine needs a port, explicit time-outs, and an answer to what `unknown` means",
    );
}

#[test]
fn the_environment_is_read_in_one_room_of_each_program() {
    keep_in(
        &["crates/app/src/config/", "crates/sandbox/src/main.rs", "xtask/src/", "bench/"],
        &["env::var(", "env::vars", "env::var_os", "\"EF__"],
        "app::config is the server's only reader of the environment: take a value from `Config`",
    );
}

#[test]
fn transactions_begin_in_one_room() {
    for file in sources().iter().filter(|file| file.is_in(&["crates/sql/src/"]) && file.path != "crates/sql/src/tx.rs")
    {
        for (number, line) in file.code() {
            let begins = [".begin(", ".begin_with", ".transaction("].iter().any(|word| line.contains(word));
            assert!(!begins, "{}:{number}: give `tx::run` a `Work`: it repeats what lost a race", file.path);
        }
    }
}

#[test]
fn stock_is_guarded_by_the_write_and_never_by_a_lock_held_across_a_decision() {
    keep_in(
        &["bench/"],
        &["FOR UPDATE", "lock_exclusive", "lock_with"],
        "a guard stands in the statement that writes, see docs/adr/0002-guards-in-the-write.md",
    );
}

#[test]
fn adapters_are_named_in_the_composition_root_only() {
    for file in sources().iter().filter(|file| file.is_in(&["crates/app/src/http/", "crates/app/src/jobs/"])) {
        for (number, line) in file.code() {
            let adapter = ["ef_sql", "ef_redis", "ef_embedded", "ef_toss", "ef_naver", "ef_ses", "ef_images"]
                .iter()
                .find(|name| line.contains(**name));
            assert!(adapter.is_none(), "{}:{number}: a request or a job sees use cases, not {adapter:?}", file.path);
        }
    }
}

#[test]
fn errors_become_answers_in_one_room() {
    let rooms: Vec<&str> = sources()
        .iter()
        .filter(|file| file.is_in(&["crates/app/src/"]))
        .filter(|file| file.code().any(|(_, line)| line.contains("ResponseError for")))
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(rooms, ["crates/app/src/http/error.rs"], "there is one mapping from errors to answers");
}
