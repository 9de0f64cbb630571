//! Running other programs, with errors that say what was run and what it answered.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::settings;
use crate::workspace;

/// How a command of this tool ends when it cannot do its work: a sentence for a person.
pub type Outcome<T = ()> = Result<T, String>;

/// Runs a quiet program and returns what it printed; its own error text becomes part of ours.
pub fn capture(command: &mut Command) -> Outcome<String> {
    let name = describe(command);
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("`{name}` could not be started: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{name}` failed ({}):\n{}", output.status, last_lines(&said, 12)))
}

/// Runs a program that talks to the terminal itself.
pub fn run(command: &mut Command) -> Outcome<ExitStatus> {
    let name = describe(command);
    command.status().map_err(|error| format!("`{name}` could not be started: {error}"))
}

/// Like [`run`], but a failure of the program is a failure of ours.
pub fn must_run(command: &mut Command) -> Outcome {
    let status = run(command)?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", describe(command))) }
}

/// The cargo that started this tool, in the repository's root.
///
/// `cargo run` describes this package to us in variables. Some build scripts (ring's, for one) watch those and would
/// compile anew whenever `cargo xtask test` follows `cargo test`, so they are not handed on.
pub fn cargo() -> Command {
    let mut command = Command::new(settings::read("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.current_dir(workspace::root());
    command
}

/// The program on the `PATH`, or in the folders for servers that an ordinary user's `PATH` leaves out.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = settings::read("PATH").unwrap_or_default();
    std::env::split_paths(OsStr::new(&path))
        .chain(["/usr/sbin", "/usr/local/sbin", "/usr/libexec"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

/// The end of a file or an answer, for an error message.
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.len().saturating_sub(count);
    lines.get(start..).unwrap_or_default().join("\n")
}

/// `std::fs` errors name no file; these do.
pub fn at<T>(path: &Path, result: std::io::Result<T>) -> Outcome<T> {
    result.map_err(|error| format!("{}: {error}", path.display()))
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    command.get_args().take(3).fold(program, |text, word| format!("{text} {}", word.to_string_lossy()))
}
