//! The binaries under test, built as they ship: by cargo, with the features that a user's own build would have.
//!
//! Or those in the folder that `EF_TEST_BINARIES` names: so a release can be tried before it goes out.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use ef_tests::root;

/// The shop server.
pub fn server() -> &'static Path {
    &built().0
}

/// The sandbox as a program of its own.
pub fn sandbox() -> &'static Path {
    &built().1
}

fn built() -> &'static (PathBuf, PathBuf) {
    static BUILT: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
    BUILT.get_or_init(|| {
        if let Some(folder) = given() {
            return (folder.join("energy-factory"), folder.join("ef-sandbox"));
        }
        // This program is `target/debug/deps/system-0123456789abcdef`.
        let own = std::env::current_exe().unwrap();
        let profile = own.ancestors().nth(2).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "energy-factory", "--package", "ef-sandbox"]);
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let status = cargo.arg("--target-dir").arg(profile.parent().unwrap()).current_dir(root()).status().unwrap();
        assert!(status.success(), "the binaries under test do not build");
        (profile.join("energy-factory"), profile.join("ef-sandbox"))
    })
}

#[expect(clippy::disallowed_methods, reason = "the one place where these tests learn what they test")]
fn given() -> Option<PathBuf> {
    std::env::var("EF_TEST_BINARIES").ok().filter(|folder| !folder.is_empty()).map(PathBuf::from)
}
