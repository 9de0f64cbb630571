//! Ends what we started, even when this process is killed.
//!
//! A small shell runs beside each server, in a process group of its own so that a ctrl-c in the terminal does not reach
//! it. It reads from a pipe whose other end only this process holds: when the pipe closes, by a drop or because this
//! process died in any way, the shell ends the server and removes its folder. No signal handler is needed.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::shell::{Outcome, at, last_lines};

/// `$1` is the server's folder, the rest its command line. `exited` tells us early that a server gave up.
const KEEP_PROCESS: &str = r#"
dir=$1; shift
( sh -c 'echo $$ >"$0/pid"; exec "$@"' "$dir" "$@" >"$dir/log" 2>&1; echo $? >"$dir/exited" ) &
cat >/dev/null
while [ ! -s "$dir/pid" ]; do sleep 0.05; done
kill -9 "$(cat "$dir/pid")"
wait
rm -rf "$dir"
"#;

/// `$1` is a container's name.
const KEEP_CONTAINER: &str = r#"
cat >/dev/null
docker rm --force --volumes "$1"
"#;

/// `$1` is the id of a process group.
const KEEP_GROUP: &str = r#"
cat >/dev/null
kill -s KILL -- "-$1"
"#;

/// Holds the pipe; dropping it ends the server.
pub struct Watchdog {
    shell: Child,
    folder: Option<PathBuf>,
}

impl Watchdog {
    /// Starts `command` with its output in `folder/log`; `folder` is removed at the end.
    pub fn over_process(folder: &Path, command: &[OsString]) -> Outcome<Self> {
        let mut shell = shell(KEEP_PROCESS);
        shell.arg(folder).args(command);
        Ok(Self { shell: spawn(shell)?, folder: Some(folder.to_path_buf()) })
    }

    /// Removes the container of this name at the end, whether or not it exists by then.
    pub fn over_container(name: &str) -> Outcome<Self> {
        let mut shell = shell(KEEP_CONTAINER);
        shell.arg(name);
        Ok(Self { shell: spawn(shell)?, folder: None })
    }

    /// Ends every process of a group that somebody else started.
    pub fn over_group(leader: &Child) -> Outcome<Self> {
        let mut shell = shell(KEEP_GROUP);
        shell.arg(leader.id().to_string());
        Ok(Self { shell: spawn(shell)?, folder: None })
    }

    /// Whether the server ended by itself.
    pub fn has_exited(&self) -> bool {
        self.folder.as_ref().is_some_and(|folder| folder.join("exited").exists())
    }

    /// The end of what the server wrote.
    pub fn log(&self) -> String {
        let text = self.folder.as_ref().and_then(|folder| std::fs::read_to_string(folder.join("log")).ok());
        last_lines(&text.unwrap_or_default(), 12)
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // An error here means that the shell is gone, which is what we want.
        let _ = self.shell.wait();
    }
}

/// A new folder for one server; its path is short, for a socket's path has at most 107 bytes.
pub fn private_folder(kind: &str) -> Outcome<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("ef-{kind}-{}-{number}", std::process::id()));
    if folder.exists() {
        at(&folder, std::fs::remove_dir_all(&folder))?;
    }
    at(&folder, std::fs::create_dir_all(&folder))?;
    Ok(folder)
}

fn shell(script: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "ef-watchdog"]);
    shell
}

fn spawn(mut shell: Command) -> Outcome<Child> {
    shell
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("`sh` could not be started: {error}"))
}
