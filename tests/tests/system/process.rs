//! A child process that never outlives its test, and whose last words are printed when the test fails.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a process may take until it says what it is asked for. Generous: the machine may be busy with builds.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of a log a failed test prints.
const LAST_LINES: usize = 40;

/// A running program.
pub struct Process {
    child: Child,
    output: PathBuf,
    started: Instant,
}

impl Process {
    /// Starts the program with these variables and no others; whatever it says goes to the file.
    pub fn start(program: &Path, arguments: &[&str], variables: &[(String, String)], output: PathBuf) -> Self {
        let file = File::create(&output).unwrap();
        let started = Instant::now();
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::from(file.try_clone().unwrap()))
            .stderr(Stdio::from(file))
            .spawn()
            .unwrap();
        Self { child, output, started }
    }

    /// When it was started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The word that follows `label` in what it says, once it does.
    pub async fn says(&mut self, label: &str) -> String {
        loop {
            let said = fs::read_to_string(&self.output).unwrap_or_default();
            let line =
                said.split_inclusive('\n').find(|line| line.trim_start().starts_with(label) && line.ends_with('\n'));
            if let Some(line) = line {
                return line.trim_start()[label.len()..].split_whitespace().next().unwrap_or_default().to_owned();
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("it ended with {status} instead of saying `{label}`:\n{said}");
            }
            assert!(self.started.elapsed() < PATIENCE, "it has not said `{label}`:\n{said}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Ends it as a power cut would: no signal handler, no clean-up, no goodbye.
    pub fn kill_9(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    #[expect(clippy::print_stderr, reason = "what a failed test says about its server")]
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let said = fs::read_to_string(&self.output).unwrap_or_default();
            let lines: Vec<&str> = said.lines().collect();
            let last = lines.len().saturating_sub(LAST_LINES);
            eprintln!("--- {} ---\n{}", self.output.display(), lines[last..].join("\n"));
        }
    }
}
