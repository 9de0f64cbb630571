//! Starting and ending the programs that are measured.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

use crate::Outcome;
use crate::http::{self, Connection};
use crate::store::CONNECTIONS;

/// How long a start may take before it counts as failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the server runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Makes the schema, the demo goods and accounts.
    Development,
    /// What is measured.
    Production,
}

/// How to start the server.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Its program.
    pub program: PathBuf,
    /// Where it may write.
    pub data_dir: PathBuf,
    /// Its database.
    pub database: String,
    /// Its Redis, if it has one.
    pub redis: Option<String>,
}

/// A program that answers.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// How long it took from the start of the process to the first good answer.
    pub ready_after: Duration,
    child: Child,
}

impl Recipe {
    /// Starts the server and waits until it is ready.
    pub async fn start(&self, profile: Profile) -> Outcome<Running> {
        let address = free_address()?;
        let mut command = Command::new(&self.program);
        // Nothing of the environment that this tool runs in may configure what it measures.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("EF_") {
                command.env_remove(name);
            }
        }
        let profile = match profile {
            Profile::Development => "development",
            Profile::Production => "production",
        };
        command
            .env("EF__PROFILE", profile)
            .env("EF__DATA_DIR", &self.data_dir)
            .env("EF__HTTP__LISTEN", address.to_string())
            .env("EF__DATABASE__URL", &self.database)
            .env("EF__DATABASE__MAX_CONNECTIONS", CONNECTIONS.to_string())
            // What the load asks for by its Host header, so that pictures have the same addresses on both sides.
            .env("EF__HTTP__PUBLIC_URL", "http://127.0.0.1")
            .env("EF__FRONTEND__ORIGIN", "http://localhost:5173")
            // Production asks for keys that instances share; these protect nothing but a bench.
            .env("EF__KEYS__ACCESS", "a-key-for-the-bench-and-nobody-else-1")
            .env("EF__KEYS__REFRESH", "a-key-for-the-bench-and-nobody-else-2")
            .env("EF__KEYS__VAULT", "a-key-for-the-bench-and-nobody-else-3")
            .env("EF__SANDBOX__ENABLED", "false")
            // Nobody pays here; and if a bug did, it would not get far.
            .env("EF__TOSS__BASE_URL", "http://127.0.0.1:9")
            .env("EF__TOSS__SECRET_KEY", "test_sk_of_nobody")
            // Nor does anybody write to anybody.
            .env("EF__MAIL__HOST", "127.0.0.1")
            .env("EF__MAIL__PORT", "9")
            .env("EF__MAIL__FROM", "nobody@bench.example")
            .env("EF__MAIL__USERNAME", "nobody")
            .env("EF__MAIL__PASSWORD", "of-nobody")
            .env("EF__DEMO__PASSWORD", crate::shoppers::PASSWORD)
            .env("EF__LOG__FORMAT", "json")
            // Everybody here comes from one address, and in bulk.
            .env("EF__LIMITS__SIGN_UP_TIMES", "100000")
            // No session and no hold ends in the middle of a run.
            .env("EF__SESSION__ACCESS_SECONDS", "86400")
            .env("EF__ORDER__HOLD_SECONDS", "86400");
        if let Some(redis) = &self.redis {
            command.env("EF__REDIS__URL", redis);
        }
        Running::start(command, address, "/readyz", &self.data_dir.join("server.log")).await
    }
}

impl Running {
    /// Starts the ceiling of reading, which is this very program.
    pub async fn bare(database: &str, folder: &Path) -> Outcome<Self> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bare", database]).arg(address.to_string());
        Self::start(command, address, "/static", &folder.join("bare.log")).await
    }

    async fn start(mut command: Command, address: SocketAddr, path: &str, log: &Path) -> Outcome<Self> {
        let file = std::fs::File::options().create(true).append(true).open(log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).kill_on_drop(true);
        let began = Instant::now();
        let mut child = command.spawn()?;
        let request = http::get(path);
        while !answers(address, &request).await {
            if let Some(status) = child.try_wait()? {
                return Err(format!("the program ended ({status}), see {}", log.display()).into());
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("the program does not answer, see {}", log.display()).into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(Self { address, ready_after: began.elapsed(), child })
    }

    /// A line of the kernel's account of the process, in MB: `VmRSS`, `VmHWM`.
    pub fn memory_mb(&self, line: &str) -> Outcome<f64> {
        let process = self.child.id().ok_or("the program has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
        let value = value.and_then(|text| text.split_whitespace().next());
        let kib: u32 = value.ok_or("the kernel says nothing about the memory")?.parse()?;
        Ok(f64::from(kib) * 1024.0 / 1e6)
    }

    /// What the process has kept processors busy with so far, in seconds. The kernel counts in hundredths.
    pub fn processor_seconds(&self) -> Outcome<f64> {
        let process = self.child.id().ok_or("the program has ended")?;
        let account = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        // Behind the name, which may hold anything: its own time and the kernel's are the 12th and the 13th word.
        let (_, words) = account.rsplit_once(')').ok_or("the kernel says nothing about the process")?;
        let ticks: Result<Vec<u32>, _> = words.split_whitespace().skip(11).take(2).map(str::parse).collect();
        Ok(ticks?.into_iter().map(f64::from).sum::<f64>() / 100.0)
    }

    /// Asks the program to end, and makes it if it does not.
    pub async fn stop(mut self) -> Outcome {
        if let Some(process) = self.child.id() {
            Command::new("kill").arg(process.to_string()).status().await?;
        }
        match tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await {
            Ok(ended) => ended.map(drop)?,
            Err(_) => self.child.kill().await?,
        }
        Ok(())
    }
}

async fn answers(address: SocketAddr, request: &[u8]) -> bool {
    let asked = async { Connection::open(address).await?.exchange(request).await };
    matches!(asked.await, Ok(200))
}

fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
