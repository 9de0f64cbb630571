//! A shop and its surroundings: data folder, stores, server process, and the partner.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Client;
use tempfile::TempDir;
use tokio::sync::{RwLock, RwLockReadGuard};

use crate::binaries;
use crate::process::Process;
use crate::sandbox::Sandbox;
use crate::shopper::Shopper;
use crate::stores::{Stores, Tables};

/// The password of the demo accounts, here and in no other place.
pub const DEMO_PASSWORD: &str = "Almonds-4-all!";

/// Taken for reading by every world; whoever measures time takes it for writing and is alone.
pub static QUIET: RwLock<()> = RwLock::const_new(());

/// Makes a test of each story on each kind of store.
macro_rules! on_every_store {
    ($($(#[$note:meta])* $story:ident)*) => {
        mod on_one_machine {
            $($(#[$note])* #[tokio::test]
            async fn $story() {
                super::$story($crate::world::World::on_one_machine().await).await;
            })*
        }
        mod on_mysql_and_redis {
            $($(#[$note])* #[tokio::test]
            async fn $story() {
                super::$story($crate::world::World::on_servers().await).await;
            })*
        }
    };
}
pub(crate) use on_every_store;

/// A shop that is not open yet.
pub struct World {
    // Fields are dropped in this order: processes end before their folder and their database go.
    server: Option<Process>,
    partner: Option<Sandbox>,
    stores: Stores,
    folder: TempDir,
    variables: Vec<(String, String)>,
    /// How often a server was started.
    starts: u32,
    /// Where the server listened when it was started first, and listens again.
    url: String,
    sandbox_url: String,
    client: Client,
    _quiet: RwLockReadGuard<'static, ()>,
}

impl World {
    /// Files in a folder and nothing else.
    pub async fn on_one_machine() -> Self {
        Self::new(Stores::Embedded).await
    }

    /// MySQL and Redis.
    pub async fn on_servers() -> Self {
        Self::new(Stores::servers().await).await
    }

    async fn new(stores: Stores) -> Self {
        let quiet = QUIET.read().await;
        let world = Self {
            server: None,
            partner: None,
            stores,
            folder: TempDir::new().unwrap(),
            variables: Vec::new(),
            starts: 0,
            url: "http://127.0.0.1:0".to_owned(),
            sandbox_url: "http://127.0.0.1:0".to_owned(),
            client: client(),
            _quiet: quiet,
        };
        // All worlds of all runs come from one address and count in one Redis.
        world.with("EF__DEMO__PASSWORD", DEMO_PASSWORD).with("EF__LIMITS__SIGN_UP_TIMES", "100000")
    }

    /// The same with one more setting.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with the partner in a process of its own, which outlives the server.
    pub async fn with_partner_outside(mut self) -> Self {
        let partner = Sandbox::start(&self.folder.path().join("partner"), self.client.clone()).await;
        self.sandbox_url.clone_from(&partner.url);
        let toss = format!("{}/toss", partner.url);
        self.partner = Some(partner);
        self.with("EF__SANDBOX__ENABLED", "false").with("EF__TOSS__BASE_URL", &toss)
    }

    /// Opens the shop and waits until it is ready. How long that took.
    pub async fn open(&mut self) -> Duration {
        let started = self.spawn().await;
        loop {
            let answer = self.client.get(format!("{}/readyz", self.url)).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return started.elapsed();
            }
            assert!(started.elapsed() < Duration::from_secs(30), "the shop is not ready");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn spawn(&mut self) -> Instant {
        self.starts += 1;
        let output = self.folder.path().join(format!("server-{}.log", self.starts));
        let mut variables = self.stores.variables();
        variables.extend(self.variables.iter().cloned());
        let mut set = |name: &str, value: &str| variables.push((name.to_owned(), value.to_owned()));
        set("EF__DATA_DIR", &self.data().to_string_lossy());
        set("EF__HTTP__LISTEN", address(&self.url));
        if self.partner.is_none() {
            set("EF__SANDBOX__LISTEN", address(&self.sandbox_url));
            set("EF__SANDBOX__SMTP_LISTEN", "127.0.0.1:0");
        }
        let mut server = Process::start(binaries::server(), &[], &variables, output);
        let started = server.started();
        server.says("API ").await.trim_end_matches("/api/products").clone_into(&mut self.url);
        if self.partner.is_none() {
            server.says("Sandbox ").await.trim_end_matches('/').clone_into(&mut self.sandbox_url);
        }
        self.server = Some(server);
        started
    }

    /// Cuts the server's power. Its partner, if it has a process of its own, lives on.
    pub fn kill_9(&mut self) {
        self.server.take().expect("the shop is open").kill_9();
    }

    /// Cuts the server's power and opens the shop again, at the same address.
    pub async fn kill_9_and_reopen(&mut self) {
        self.kill_9();
        self.open().await;
    }

    /// Where the shop is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The partner, to be told how to behave and to be asked for the truth.
    pub fn partner(&self) -> Sandbox {
        Sandbox::at(&self.sandbox_url, self.client.clone())
    }

    /// Somebody at the door.
    pub fn visitor(&self) -> Shopper {
        Shopper::new(&self.url, self.client.clone())
    }

    /// Somebody who just signed up.
    pub async fn shopper(&self) -> Shopper {
        let mut shopper = self.visitor();
        shopper.signs_up().await;
        shopper
    }

    /// Where Redis is, as `host:port`.
    pub fn redis_address(&self) -> String {
        self.stores.redis().to_owned()
    }

    /// The shop's tables, past the shop.
    pub async fn tables(&self) -> Tables {
        self.stores.open(&self.data()).await
    }

    /// The server's data folder.
    pub fn data(&self) -> std::path::PathBuf {
        Path::new(self.folder.path()).join("data")
    }
}

/// A client of the shop and of the partner.
pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(20))
        .no_proxy()
        .build()
        .unwrap()
}

fn address(url: &str) -> &str {
    url.trim_start_matches("http://")
}

/// Asks until the answer is yes.
pub async fn eventually(patience: Duration, what: &str, mut question: impl AsyncFnMut() -> bool) -> Duration {
    let started = Instant::now();
    while !question().await {
        assert!(started.elapsed() < patience, "after {patience:?} still not so: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    started.elapsed()
}
