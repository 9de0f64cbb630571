//! The committed documents: one says what the code does, the other what callers rely on.

use std::fs;
use std::path::{Path, PathBuf};

use energy_factory::http::openapi;
use serde_json::Value;

use super::breaking::breaking_changes;

/// `cargo xtask openapi` sets it.
const UPDATE: &str = "EF_UPDATE_DOCS";
/// `cargo xtask openapi --accept` sets it.
const ACCEPT: &str = "EF_ACCEPT_API";

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

#[test]
fn the_committed_document_is_what_the_code_does() {
    let path = docs("openapi.json");
    let printed = openapi::text();
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, printed).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == printed, "docs/openapi.json differs from the code: run `cargo xtask openapi`, read the diff");
}

#[test]
fn nothing_breaks_for_those_who_call_by_the_accepted_document() {
    let path = docs("openapi.baseline.json");
    if std::env::var_os(ACCEPT).is_some() {
        fs::write(&path, openapi::text()).unwrap();
    }
    let accepted: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let current: Value = serde_json::from_str(openapi::text()).unwrap();
    let broken = breaking_changes(&accepted, &current);
    assert!(
        broken.is_empty(),
        "callers break:\n{}\nIf that is meant: `cargo xtask openapi --accept`, and say so in the changelog",
        broken.join("\n")
    );
}
