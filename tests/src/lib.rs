//! What the tests about the whole project share: where the work tree is and which files belong to it.
//!
//! - `tests/architecture.rs` refuses every dependency that the house does not allow.
//! - `tests/tidy.rs` refuses what makes a work tree drift: long files, dead links, lists that miss a row.
//! - `tests/system/` runs the shipped binaries as processes, on every store, and pulls their plug.
//!
//! What this crate must never do: be a dependency of anything, or test what a narrower suite can.
//!
//! To add a rule: one test whose name is the rule, and a message that says what to do instead.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing of ours: build products, and what a server that was tried out left behind.
const NOT_OURS: [&str; 4] = ["target", ".git", "data", "node_modules"];

/// A file of the work tree.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path from the root of the work tree, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

impl SourceFile {
    /// The file at that path from the root of the work tree.
    ///
    /// # Panics
    /// If it cannot be read as text.
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text }
    }

    /// The lines that are code rather than comment, with their numbers.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = (1..).zip(self.text.lines());
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Whether the path begins with one of these.
    pub fn is_in(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }
}

/// The root of the work tree.
///
/// # Panics
/// Never: this package lies in a folder of the root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in a folder of the root")
}

/// Every text file of the work tree with one of these extensions, in order.
///
/// # Panics
/// If the work tree cannot be read.
pub fn files(extensions: &[&str]) -> Vec<SourceFile> {
    let mut paths = Vec::new();
    collect(root(), extensions, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let relative = path.strip_prefix(root()).expect("it was found below the root");
        SourceFile::read(&relative.to_string_lossy().replace('\\', "/"))
    };
    paths.into_iter().map(read).collect()
}

fn collect(folder: &Path, extensions: &[&str], paths: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if !NOT_OURS.iter().any(|other| name == *other) {
                collect(&path, extensions, paths);
            }
        } else if path.extension().is_some_and(|end| extensions.iter().any(|wanted| end == *wanted)) {
            paths.push(path);
        }
    }
}
