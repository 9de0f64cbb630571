//! Starting and stopping: a thread of its own with its own runtime, so that any program can host the sandbox.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::sync::oneshot;

use crate::naver::{NaverApp, NaverSettings};
use crate::server::{Traffic, serve};
use crate::store::{Store, StoreError};
use crate::toss::{AmountMismatch, KeyPair, TossSettings, deliver_webhooks};
use crate::world::{Settings, World};

/// How long a stop waits for answers under way.
const DRAIN: Duration = Duration::from_secs(2);

/// How a sandbox is set up. `SandboxConfig::default()` listens on `127.0.0.1:9090` and remembers nothing.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Where it listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where its memory lives; `None` forgets everything at the end.
    pub data_dir: Option<PathBuf>,
    /// Where browsers reach it, if not at its listening address (behind a proxy, in a container).
    pub public_url: Option<String>,
    /// Where Toss's webhooks go until a control call says otherwise; `None` sends none.
    pub webhook_url: Option<String>,
    /// Key pairs beside Toss's published documentation keys and `test_ck_sandbox` / `test_sk_sandbox`.
    pub toss_keys: Vec<KeyPair>,
    /// The answer to a confirm with a wrong amount.
    pub amount_mismatch: AmountMismatch,
    /// Naver applications beside `sandboxclient` / `sandboxsecret`; one of the same id replaces it.
    pub naver_apps: Vec<NaverApp>,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9090)),
            data_dir: None,
            public_url: None,
            webhook_url: None,
            toss_keys: Vec::new(),
            amount_mismatch: AmountMismatch::default(),
            naver_apps: Vec::new(),
        }
    }
}

impl SandboxConfig {
    /// Any free port and no memory: what a test wants.
    pub fn for_tests() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), ..Self::default() }
    }
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The memory cannot be opened.
    #[error("cannot remember")]
    Store(#[from] StoreError),
    /// The thread or its runtime could not be started.
    #[error("cannot start the sandbox's thread")]
    Thread(#[source] std::io::Error),
    /// The thread ended before it was ready.
    #[error("the sandbox ended before it was ready")]
    Ended,
}

/// A running sandbox. Dropping it stops it without waiting; [`Sandbox::stop`] waits.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    public_url: String,
    server: ServerHandle,
    traffic: Arc<Traffic>,
    ended: Option<oneshot::Receiver<()>>,
}

struct Running {
    address: SocketAddr,
    public_url: String,
    server: ServerHandle,
    traffic: Arc<Traffic>,
}

impl Sandbox {
    /// Starts a sandbox and returns once it accepts connections.
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        let (ready, readiness) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let thread = std::thread::Builder::new().name("ef-sandbox".to_owned());
        let life = move || {
            match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime.block_on(live(config, ready)),
                Err(source) => drop(ready.send(Err(SandboxError::Thread(source)))),
            }
            let _ = end.send(());
        };
        thread.spawn(life).map_err(SandboxError::Thread)?;
        let Running { address, public_url, server, traffic } = readiness.await.map_err(|_| SandboxError::Ended)??;
        Ok(Self { address, public_url, server, traffic, ended: Some(ended) })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where programs on this machine reach it, such as `http://127.0.0.1:9090`.
    pub fn url(&self) -> String {
        local_url(self.address)
    }

    /// Where browsers reach it.
    pub fn public_url(&self) -> String {
        self.public_url.clone()
    }

    /// The base address of the Toss API: `{url}/toss`.
    pub fn toss_url(&self) -> String {
        format!("{}/toss", self.url())
    }

    /// The base address of Naver's both hosts: `{url}/naver`.
    pub fn naver_url(&self) -> String {
        format!("{}/naver", self.url())
    }

    /// Answers what is under way, writes what is left and stops.
    pub async fn stop(mut self) {
        let drained = async {
            while !self.traffic.is_quiet() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        // Whoever is still waiting for a delayed answer hears a broken connection, as with any stopped server.
        let _ = tokio::time::timeout(DRAIN, drained).await;
        self.server.stop(false).await;
        if let Some(ended) = self.ended.take() {
            let _ = ended.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if self.ended.is_some() {
            // The command is sent at once; only its completion would have to be awaited.
            drop(self.server.stop(false));
        }
    }
}

fn local_url(address: SocketAddr) -> String {
    let reachable = if address.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { address.ip() };
    format!("http://{}", SocketAddr::new(reachable, address.port()))
}

/// The thread's life: set up, tell, serve, close.
async fn live(config: SandboxConfig, ready: oneshot::Sender<Result<Running, SandboxError>>) {
    let traffic = Arc::new(Traffic::default());
    let (server, world, running) = match set_up(config, &traffic).await {
        Ok(ready) => ready,
        Err(error) => return drop(ready.send(Err(error))),
    };
    if ready.send(Ok(running)).is_ok()
        && let Err(error) = server.await
    {
        tracing::error!(%error, "the sandbox's server failed");
    }
    world.close().await;
}

async fn set_up(
    config: SandboxConfig,
    traffic: &Arc<Traffic>,
) -> Result<(actix_web::dev::Server, Arc<World>, Running), SandboxError> {
    let listen = |source| SandboxError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let public_url = config.public_url.unwrap_or_else(|| local_url(address)).trim_end_matches('/').to_owned();
    let toss = TossSettings {
        base: public_url.clone(),
        webhook_url: config.webhook_url,
        more_keys: config.toss_keys,
        amount_mismatch: config.amount_mismatch,
    };
    let naver = NaverSettings { base: public_url.clone(), apps: config.naver_apps };
    let settings = Settings { toss, naver };
    let (store, remembered) = Store::open(config.data_dir.as_deref()).await?;
    let world = Arc::new(World::new(settings, store, &remembered)?);
    drop(remembered);
    tokio::spawn(deliver_webhooks(Arc::clone(&world.toss)));
    let server = serve(listener, Arc::clone(&world), Arc::clone(traffic)).map_err(listen)?;
    let running = Running { address, public_url, server: server.handle(), traffic: Arc::clone(traffic) };
    Ok((server, world, running))
}
