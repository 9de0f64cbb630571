//! Starting and stopping: a thread of its own with its own runtime, so that any program can host the sandbox.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::sync::oneshot;

use crate::mail::{MailError, MailSettings, SmtpCredentials, TlsError, post_notices, relay};
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
    /// Where the mail relay listens, with STARTTLS; port 0 takes any free one. `None` is `127.0.0.1:2525`, or any free
    /// port if `listen` takes any, too.
    pub smtp_listen: Option<SocketAddr>,
    /// Where the relay listens for connections that are encrypted from the first byte; `None`: nowhere.
    pub smtps_listen: Option<SocketAddr>,
    /// Credentials beside [`SmtpCredentials::built_in`].
    pub smtp_credentials: Vec<SmtpCredentials>,
    /// Who is told of bounces and complaints until a control call says otherwise; `None`: nobody.
    pub mail_notices_url: Option<String>,
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
            smtp_listen: None,
            smtps_listen: None,
            smtp_credentials: Vec::new(),
            mail_notices_url: None,
        }
    }
}

/// Where the mail relay listens when nothing else is said.
const SMTP_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 2525);

impl SandboxConfig {
    fn relay_address(&self) -> SocketAddr {
        // Sandboxes that share a machine by taking free ports must not fight over the well-known one.
        let usual = if self.listen.port() == 0 { SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) } else { SMTP_LISTEN };
        self.smtp_listen.unwrap_or(usual)
    }

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
    /// The mail relay has no usable certificate.
    #[error("cannot encrypt mail")]
    Tls(#[from] TlsError),
    /// The thread or its runtime could not be started.
    #[error("cannot start the sandbox's thread")]
    Thread(#[source] std::io::Error),
    /// The thread ended before it was ready.
    #[error("the sandbox ended before it was ready")]
    Ended,
}

impl From<MailError> for SandboxError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Store(error) => Self::Store(error),
            MailError::Tls(error) => Self::Tls(error),
        }
    }
}

/// A running sandbox. Dropping it stops it without waiting; [`Sandbox::stop`] waits.
#[derive(Debug)]
pub struct Sandbox {
    running: Running,
    ended: Option<oneshot::Receiver<()>>,
}

#[derive(Debug)]
struct Running {
    address: SocketAddr,
    smtp_address: SocketAddr,
    smtps_address: Option<SocketAddr>,
    smtp_certificate_pem: String,
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
        let running = readiness.await.map_err(|_| SandboxError::Ended)??;
        Ok(Self { running, ended: Some(ended) })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// The address the mail relay listens on.
    pub fn smtp_address(&self) -> SocketAddr {
        self.running.smtp_address
    }

    /// The address of the relay that encrypts from the first byte, if there is one.
    pub fn smtps_address(&self) -> Option<SocketAddr> {
        self.running.smtps_address
    }

    /// What a mail client has to trust; also at `{url}/mail/certificate`.
    pub fn smtp_certificate_pem(&self) -> &str {
        &self.running.smtp_certificate_pem
    }

    /// Where programs on this machine reach it, such as `http://127.0.0.1:9090`.
    pub fn url(&self) -> String {
        local_url(self.running.address)
    }

    /// Where browsers reach it.
    pub fn public_url(&self) -> String {
        self.running.public_url.clone()
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
            while !self.running.traffic.is_quiet() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        // Whoever is still waiting for a delayed answer hears a broken connection, as with any stopped server.
        let _ = tokio::time::timeout(DRAIN, drained).await;
        self.running.server.stop(false).await;
        if let Some(ended) = self.ended.take() {
            let _ = ended.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if self.ended.is_some() {
            // The command is sent at once; only its completion would have to be awaited.
            drop(self.running.server.stop(false));
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

/// A listener and where it ended up.
fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), SandboxError> {
    let bound = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    bound.map_err(|source| SandboxError::Listen { address, source })
}

/// Lets the relay take connections on that listener.
fn open_relay(listener: TcpListener, world: &World, wrapped: bool) -> Result<(), SandboxError> {
    let listener = tokio::net::TcpListener::from_std(listener).map_err(SandboxError::Thread)?;
    tokio::spawn(relay(listener, Arc::clone(&world.mail), wrapped));
    Ok(())
}

async fn set_up(
    config: SandboxConfig,
    traffic: &Arc<Traffic>,
) -> Result<(actix_web::dev::Server, Arc<World>, Running), SandboxError> {
    let (listener, address) = bind(config.listen)?;
    let (smtp, smtp_address) = bind(config.relay_address())?;
    let smtps = config.smtps_listen.map(bind).transpose()?;
    let public_url = config.public_url.unwrap_or_else(|| local_url(address)).trim_end_matches('/').to_owned();
    let toss = TossSettings {
        base: public_url.clone(),
        webhook_url: config.webhook_url,
        more_keys: config.toss_keys,
        amount_mismatch: config.amount_mismatch,
    };
    let naver = NaverSettings { base: public_url.clone(), apps: config.naver_apps };
    let mail = MailSettings {
        base: public_url.clone(),
        credentials: config.smtp_credentials,
        notices_url: config.mail_notices_url,
    };
    let (store, remembered) = Store::open(config.data_dir.as_deref()).await?;
    let world = Arc::new(World::new(Settings { toss, naver, mail }, store, &remembered)?);
    drop(remembered);
    tokio::spawn(deliver_webhooks(Arc::clone(&world.toss)));
    tokio::spawn(post_notices(Arc::clone(&world.mail)));
    open_relay(smtp, &world, false)?;
    let smtps_address = smtps.as_ref().map(|(_, address)| *address);
    smtps.map(|(listener, _)| open_relay(listener, &world, true)).transpose()?;
    let server = serve(listener, Arc::clone(&world), Arc::clone(traffic))
        .map_err(|source| SandboxError::Listen { address, source })?;
    let running = Running {
        address,
        smtp_address,
        smtps_address,
        smtp_certificate_pem: world.mail.authority_pem().to_owned(),
        public_url,
        server: server.handle(),
        traffic: Arc::clone(traffic),
    };
    Ok((server, world, running))
}
