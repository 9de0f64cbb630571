//! The shop as `cargo run` starts it, for tools that want to talk to one: in a folder of its own, on ports of its own,
//! gone when the value is dropped.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::shell::{Outcome, at, cargo, last_lines, must_run};
use crate::workspace;

/// How long the server may take until it says where it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// The password of the demo accounts while a tool runs: of a server that nobody else can reach and that keeps nothing.
pub const DEMO_PASSWORD: &str = "Almonds-4-tools!";

/// A running shop with its sandbox.
pub struct Shop {
    process: Child,
    folder: PathBuf,
    /// Where its API is.
    pub url: String,
    /// Where the partner is.
    pub sandbox_url: String,
}

impl Shop {
    /// Opens a shop, with these settings over the usual ones. [`build`] comes first.
    pub fn open(name: &str, settings: &[(&str, &str)]) -> Outcome<Self> {
        let folder = workspace::target().join("shops").join(name);
        if folder.exists() {
            at(&folder, fs::remove_dir_all(&folder))?;
        }
        at(&folder, fs::create_dir_all(&folder))?;
        let said = folder.join("server.log");
        let log = at(&said, File::create(&said))?;
        let process = Command::new(workspace::target().join("debug/energy-factory"))
            .current_dir(workspace::root())
            .env("EF__DATA_DIR", folder.join("data"))
            .env("EF__HTTP__LISTEN", "127.0.0.1:0")
            .env("EF__SANDBOX__LISTEN", "127.0.0.1:0")
            .env("EF__SANDBOX__SMTP_LISTEN", "127.0.0.1:0")
            .env("EF__DEMO__PASSWORD", DEMO_PASSWORD)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(at(&said, log.try_clone())?)
            .stderr(log)
            .spawn()
            .map_err(|error| format!("the server could not be started: {error}"))?;
        let mut shop = Self { process, folder, url: String::new(), sandbox_url: String::new() };
        shop.says("API ")?.trim_end_matches("/api/products").clone_into(&mut shop.url);
        shop.says("Sandbox ")?.trim_end_matches('/').clone_into(&mut shop.sandbox_url);
        Ok(shop)
    }

    /// Where it keeps everything, and where a tool may leave what it writes.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("server.log")).unwrap_or_default()
    }

    /// The word that follows `label` in what it says, once it does.
    fn says(&mut self, label: &str) -> Outcome<String> {
        let started = Instant::now();
        loop {
            let log = self.log();
            let word = log.lines().find_map(|line| line.trim_start().strip_prefix(label));
            if let Some(word) = word.and_then(|rest| rest.split_whitespace().next()) {
                return Ok(word.to_owned());
            }
            let ended = self.process.try_wait().is_ok_and(|status| status.is_some());
            if ended || started.elapsed() > PATIENCE {
                return Err(format!("the server has not said `{label}`:\n{}", last_lines(&log, 12)));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Builds the server.
pub fn build() -> Outcome {
    must_run(cargo().args(["build", "--quiet", "--package", "energy-factory"]))
}

impl Drop for Shop {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
