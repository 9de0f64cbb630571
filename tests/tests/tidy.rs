//! What makes a work tree drift, refused: long files, dead links, lists that miss a row, a README that says two things.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop on a surprise")]

use std::fs;
use std::path::Path;

use ef_tests::{SourceFile, files, root};

const LONGEST_RUST_FILE: usize = 450;
const LONGEST_ARCHITECTURE: usize = 200;
const THIS_FILE: &str = "tests/tests/tidy.rs";
const TEXT: [&str; 11] = ["rs", "md", "toml", "yml", "yaml", "sh", "json", "lua", "sql", "js", "html"];

/// The members of the workspace: `crates/domain`, `migrations`, ...
fn members() -> Vec<String> {
    let manifest = SourceFile::read("Cargo.toml").text;
    let list = manifest.split("members = [").nth(1).unwrap().split(']').next().unwrap();
    let names = list.split(',').map(|word| word.trim().trim_matches('"').to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

/// Each fenced block with its language, in order.
fn fenced_blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, block)), None) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The lines outside of fenced blocks.
fn prose(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let outside = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    outside.collect()
}

/// The levels of the headings, in order.
fn outline(text: &str) -> Vec<usize> {
    let headings = prose(text).into_iter().filter(|line| line.starts_with('#'));
    headings.map(|line| line.chars().take_while(|letter| *letter == '#').count()).collect()
}

/// The local targets of a page's links, without their fragments.
fn local_links(text: &str) -> Vec<String> {
    let text = prose(text).join("\n");
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    local.map(|target| target.split('#').next().unwrap().to_owned()).filter(|target| !target.is_empty()).collect()
}

#[test]
fn no_rust_file_is_longer_than_a_reader_keeps_in_mind() {
    for file in files(&["rs"]) {
        let lines = file.text.lines().count();
        assert!(lines <= LONGEST_RUST_FILE, "{} has {lines} lines: split it by idea", file.path);
    }
}

#[test]
fn every_crate_opens_with_what_it_is() {
    for member in members() {
        let roots = ["lib.rs", "main.rs"].map(|name| format!("{member}/src/{name}"));
        let crate_root = roots.iter().find(|path| root().join(path).is_file()).unwrap();
        let text = SourceFile::read(crate_root).text;
        assert!(
            text.starts_with("//!"),
            "{crate_root}: open with what it is, what it must never do, how to add one more"
        );
    }
}

#[test]
fn nothing_is_left_for_later_in_a_comment() {
    // Put together here, so that this file does not find itself.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X"].concat()];
    for file in files(&["rs", "toml", "yml", "lua", "sql"]) {
        for (number, line) in (1..).zip(file.text.lines()) {
            let mark = marks.iter().find(|mark| line.contains(mark.as_str()));
            assert!(mark.is_none(), "{}:{number}: do it, or write down in the docs why it is not done", file.path);
        }
    }
}

#[test]
fn no_test_is_switched_off() {
    for file in files(&["rs"]) {
        for (number, line) in file.code() {
            assert!(!line.trim_start().starts_with("#[ignore"), "{}:{number}: mend the test or delete it", file.path);
        }
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    for page in files(&["md"]) {
        let folder = root().join(&page.path).parent().unwrap().to_owned();
        for target in local_links(&page.text) {
            assert!(folder.join(&target).exists(), "{} links to {target}, which does not exist", page.path);
        }
    }
}

#[test]
fn files_that_prose_names_exist() {
    let pages = ["README.md", "README.ko.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/domain.md"];
    let decisions = files(&["md"]).into_iter().filter(|page| page.path.starts_with("docs/adr/"));
    let tops = ["crates/", "docs/", "tests/", "xtask/", "migrations/", "config/", "docker/", "bench/", ".github/"];
    for page in pages.iter().map(|path| SourceFile::read(path)).chain(decisions) {
        for line in prose(&page.text) {
            for name in line.split('`').skip(1).step_by(2) {
                let names_a_file = tops.iter().any(|top| name.starts_with(top)) && !name.contains(['*', '{', ' ', '<']);
                assert!(
                    !names_a_file || root().join(name).exists(),
                    "{} speaks of `{name}`, which does not exist",
                    page.path
                );
            }
        }
    }
}

#[test]
fn the_architecture_can_be_read_in_one_sitting() {
    let lines = SourceFile::read("ARCHITECTURE.md").text.lines().count();
    assert!(
        lines <= LONGEST_ARCHITECTURE,
        "ARCHITECTURE.md has {lines} lines: move detail into crate docs or docs/adr"
    );
}

#[test]
fn the_code_map_names_every_crate() {
    let map = SourceFile::read("ARCHITECTURE.md").text;
    for member in members() {
        assert!(map.contains(&format!("`{member}/`")), "ARCHITECTURE.md does not say what `{member}/` is for");
    }
}

#[test]
fn both_readmes_tell_the_same_story() {
    let (english, korean) = (SourceFile::read("README.md").text, SourceFile::read("README.ko.md").text);
    assert_eq!(outline(&english), outline(&korean), "the READMEs have different headings");
    let (english, korean) = (fenced_blocks(&english), fenced_blocks(&korean));
    for (one, other) in english.iter().zip(&korean) {
        assert_eq!(one, other, "the READMEs differ in a block");
    }
    assert_eq!(english.len(), korean.len(), "the READMEs have different blocks");
}

#[test]
fn every_decision_says_what_it_costs() {
    for page in files(&["md"]).iter().filter(|page| page.path.starts_with("docs/adr/")) {
        for heading in ["## Context", "## Decision", "## Consequences"] {
            assert!(page.text.contains(heading), "{} has no `{heading}`", page.path);
        }
    }
}

#[test]
fn no_secret_is_in_the_work_tree() {
    let marks = [
        ["live", "_sk_"].concat(),
        ["live", "_gsk_"].concat(),
        ["AK", "IA"].concat(),
        ["gh", "p_"].concat(),
        ["xox", "b-"].concat(),
        ["PRIVATE", " KEY-----"].concat(),
    ];
    for file in files(&TEXT) {
        for (number, line) in (1..).zip(file.text.lines()) {
            // A mark alone is how code recognises a secret; with ten more characters it may be one.
            let secret = marks.iter().any(|mark| {
                let rest = line.split(mark.as_str()).skip(1);
                let run = |rest: &str| rest.chars().take_while(char::is_ascii_alphanumeric).count();
                rest.map(run).any(|length| length >= 10) || (mark.contains(' ') && line.contains(mark.as_str()))
            });
            assert!(!secret, "{}:{number} looks like a secret", file.path);
        }
    }
}

#[test]
fn the_docs_speak_to_their_readers_only() {
    let words = ["claude", "anthropic", "chatgpt", "language model", "/work/", "house.md", "anchors.md"];
    for file in files(&TEXT).iter().filter(|file| file.path != THIS_FILE) {
        for (number, line) in (1..).zip(file.text.lines()) {
            let line = line.to_lowercase();
            let word = words.iter().find(|word| line.contains(**word));
            assert!(word.is_none(), "{}:{number} speaks of {word:?}, which means nothing to a reader", file.path);
        }
    }
}

#[test]
fn migrations_are_numbered_without_gaps_and_run_in_order() {
    let folder = fs::read_dir(root().join("migrations/src")).unwrap().flatten();
    let mut names: Vec<String> = folder
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| name.starts_with('m') && name[1..].starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    names.sort();
    let list = SourceFile::read("migrations/src/lib.rs").text;
    let run: Vec<&str> = list.split("Box::new(").skip(1).map(|rest| rest.split("::").next().unwrap()).collect();
    assert_eq!(names, run, "migrations/src/lib.rs runs each file of the folder, in the order of their numbers");
    for (number, name) in (1..).zip(&names) {
        assert!(name.starts_with(&format!("m{number:04}_")), "{name}: the next number is {number:04}");
    }
}

/// A row of `xtask/src/guards/table.rs`.
struct Guard {
    name: String,
    file: String,
    package: String,
    test: String,
}

fn guards() -> Vec<Guard> {
    let table = SourceFile::read("xtask/src/guards/table.rs").text;
    let rows = table.split("pub const GUARDS").nth(1).unwrap().split("Guard {").skip(1);
    let field = |row: &str, name: &str| {
        let after =
            row.split(&format!("{name}: \"")).nth(1).unwrap_or_else(|| panic!("a guard has no `{name}`: {row}"));
        after.split('"').next().unwrap().to_owned()
    };
    rows.map(|row| Guard {
        name: field(row, "name"),
        file: field(row, "file"),
        package: field(row, "package"),
        test: field(row, "test"),
    })
    .collect()
}

#[test]
fn every_guard_names_a_file_and_a_test_that_exist() {
    let sources = files(&["rs"]);
    for guard in guards() {
        let Guard { name, file, package, test } = &guard;
        assert!(Path::new(root()).join(file).is_file(), "guard `{name}`: there is no {file}");
        let of_package = |member: &&String| {
            SourceFile::read(&format!("{member}/Cargo.toml")).text.contains(&format!("name = \"{package}\""))
        };
        let members = members();
        let folder = members.iter().find(of_package).unwrap_or_else(|| panic!("guard `{name}`: there is no {package}"));
        let wanted = test.rsplit("::").next().unwrap();
        let is_test = |line: &str| line.contains("fn ") && line.contains(wanted);
        let found = sources
            .iter()
            // The suites of the ports lie in a crate of their own and become tests of every adapter.
            .filter(|source| source.is_in(&[&format!("{folder}/"), "crates/contract/"]))
            .any(|source| source.text.lines().any(is_test));
        assert!(found, "guard `{name}`: {package} has no test `{test}`");
    }
}

#[test]
fn every_command_that_prose_gives_exists() {
    let commands = SourceFile::read("xtask/src/main.rs").text;
    for page in files(&["md"]) {
        for rest in page.text.split("cargo xtask ").skip(1) {
            let word: String =
                rest.chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '-').collect();
            let exists = word.is_empty() || commands.contains(&format!("name: \"{word}\""));
            assert!(exists, "{}: there is no `cargo xtask {word}`", page.path);
        }
    }
}

#[test]
fn every_key_of_the_configuration_table_exists() {
    let known = files(&["toml"]).into_iter().filter(|file| file.path.starts_with("config/"));
    let known: String = known.map(|file| file.text).collect();
    let readers = SourceFile::read("crates/sandbox/src/main.rs").text;
    for page in ["README.md", "README.ko.md", "CONTRIBUTING.md"] {
        let text = SourceFile::read(page).text;
        for rest in text.split("EF__").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
            let (section, key) = name.split_once("__").unwrap_or(("", &name));
            let (section, key) = (section.to_lowercase(), key.to_lowercase());
            let declared = known.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{key} =")));
            let sectioned = section.is_empty() || known.contains(&format!("[{section}]"));
            let exists = (declared && sectioned) || readers.contains(&format!("\"EF__{name}\""));
            assert!(exists, "{page} speaks of EF__{name}, which nothing reads");
        }
    }
}
