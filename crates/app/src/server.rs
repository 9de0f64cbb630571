//! From a configuration to a running server, and in good order back.
//!
//! Start: data folder, keys, database and schema, demo goods, then the socket, the sandbox and the jobs. The socket
//! opens only when everything behind it works, so that whoever gets a connection gets an answer. A stop ends requests and
//! jobs side by side, and then what they stand on.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer, web};
use ef_domain::account::PasswordHasher;
use ef_domain::shared::{Clock, Entropy, PortFailure, Vault};
use ef_sandbox::{KeyPair, NaverApp, Sandbox, SandboxConfig, SandboxError};
use ef_sql::{Database, DatabaseOptions};
use secrecy::ExposeSecret;
use thiserror::Error;
use tokio::net::TcpSocket;
use tokio::task::JoinHandle;

use crate::clock::SystemClock;
use crate::config::{Config, NaverSection, Profile, url_of};
use crate::demo::{self, CatalogueError, DemoAccounts, DemoError};
use crate::entropy::SystemEntropy;
use crate::http::dev::DevPage;
use crate::http::{self, HttpSettings};
use crate::jobs::Jobs;
use crate::keys::{KeyError, Keys};
use crate::passwords::{Argon2Hasher, CostError};
use crate::shop::Shop;
use crate::wiring::{self, Foundation};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;
/// How long a client may take to close a connection that is over.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a stop waits for the database to take leave. One that went away without a word never does.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// What a test puts in place of the machine's own.
#[derive(Clone, Default)]
pub struct Overrides {
    /// When it is.
    pub clock: Option<Arc<dyn Clock>>,
    /// Where random numbers come from.
    pub entropy: Option<Arc<dyn Entropy>>,
}

/// Why the server did not start. Nothing of it is left running.
#[derive(Debug, Error)]
pub enum StartError {
    /// The data folder cannot be created.
    #[error("cannot create the data folder {path}")]
    DataDir {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A signing key is missing.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Passwords cannot be hashed as configured.
    #[error(transparent)]
    Passwords(#[from] CostError),
    /// The database, or where sessions are kept, or the client of the payment partner.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
    /// The schema cannot be brought up to date.
    #[error("cannot bring the database to the current schema")]
    Schema(#[source] sea_orm::DbErr),
    /// The demo goods are not what they should be.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The demo accounts cannot be opened.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The address is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// The stand-ins of the partners do not start.
    #[error("the sandbox does not start")]
    Sandbox(#[from] SandboxError),
}

/// A server that accepts requests.
pub struct RunningServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// The stand-ins of the partners, if they run in this process.
    pub sandbox: Option<Sandbox>,
    /// The demo accounts, if this is a development server.
    pub demo: Option<DemoAccounts>,
    /// The use cases.
    pub shop: Arc<Shop>,
    handle: ServerHandle,
    serving: JoinHandle<io::Result<()>>,
    jobs: Jobs,
    database: Database,
}

impl fmt::Debug for RunningServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningServer").field("address", &self.address).finish_non_exhaustive()
    }
}

impl RunningServer {
    /// Returns when the server has ended by itself, which it does only when it cannot go on.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn wait(&mut self) -> io::Result<()> {
        (&mut self.serving).await.map_err(io::Error::other)?
    }

    /// Answers what is under way and lets the jobs finish their batches; then stops the sandbox and the database, which
    /// both of them may need.
    pub async fn stop(self) {
        // Streams have no end of their own for which a stop could wait.
        self.shop.live.streams.close();
        tokio::join!(self.handle.stop(true), self.jobs.stop());
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
        if tokio::time::timeout(CLOSE_TIMEOUT, self.database.close()).await.is_err() {
            tracing::warn!("the database does not answer, its connections are dropped");
        }
    }
}

/// Starts the server.
///
/// # Errors
/// [`StartError`].
pub async fn start(config: Config) -> Result<RunningServer, StartError> {
    start_with(config, Overrides::default()).await
}

/// Starts the server with something of the machine replaced.
///
/// # Errors
/// [`StartError`].
pub async fn start_with(config: Config, overrides: Overrides) -> Result<RunningServer, StartError> {
    let data_dir = &config.data_dir;
    let clock = overrides.clock.unwrap_or_else(|| Arc::new(SystemClock));
    let entropy = overrides.entropy.unwrap_or_else(|| Arc::new(SystemEntropy));
    let keys = open_data_dir(&config, entropy.as_ref())?;
    let vault = wiring::vault(&keys, Arc::clone(&entropy));
    let hasher: Arc<dyn PasswordHasher> = Arc::new(Argon2Hasher::try_new(&config.passwords, Arc::clone(&entropy))?);

    let (database, demo) = match config.profile {
        Profile::Production => (open_database(&config).await?, None),
        Profile::Development => {
            let (database, demo) =
                open_demo(&config, &vault, hasher.as_ref(), clock.as_ref(), entropy.as_ref()).await?;
            (database, Some(demo))
        }
    };
    let redis = wiring::redis(&config.redis)?;
    let session_store = wiring::session_store(redis.as_ref(), data_dir).await?;
    let rate_limiter = wiring::rate_limiter(redis.as_ref());
    let announcer = wiring::announcer(redis.as_ref());
    let images = wiring::image_store(&config.images, data_dir)?;

    let (listener, address) = listen(config.http.listen)?;
    let sandbox = start_sandbox(&config, address).await?;
    let sandbox_address = sandbox.as_ref().map_or(config.sandbox.listen, Sandbox::address);
    let gateway = wiring::gateway(&config.toss, config.toss.base_url(sandbox_address))?;
    let naver = wiring::naver(&config.naver, sandbox_address, &clock, &entropy)?;
    let mail = wiring::mail(&config, sandbox.as_ref(), &clock)?;
    let foundation = Foundation {
        database: database.clone(),
        session_store,
        rate_limiter,
        announcer,
        images,
        gateway,
        mail,
        naver,
        hasher,
        clock,
        entropy,
        keys,
        vault,
    };
    let shop = Arc::new(wiring::shop(&config, foundation));
    shop.live.feed.begin().await?;

    let dev_page = demo.as_ref().map(|demo| wiring::dev_page(&config, sandbox.as_ref(), demo, address));
    let settings = settings(&config, database.clone(), dev_page);
    let server = serve(&config, listener, &shop, settings).map_err(|source| StartError::Listen { address, source })?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    let jobs = Jobs::start(&shop, &config.jobs);
    Ok(RunningServer { address, sandbox, demo, shop, handle, serving, jobs, database })
}

/// What has to be there before anything else: a choice of TLS, the data folder, and the keys.
pub(crate) fn open_data_dir(config: &Config, entropy: &dyn Entropy) -> Result<Keys, StartError> {
    // Both of rustls's providers are in the dependency tree, so one must be chosen. A second server in this process
    // finds the choice made.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let path = &config.data_dir;
    create_private(path).map_err(|source| StartError::DataDir { path: path.clone(), source })?;
    Ok(Keys::load(&config.keys, path, entropy)?)
}

/// A new data folder is its owner's alone: it holds keys and password hashes. One that is there stays as it is.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The database with the current schema.
pub(crate) async fn open_database(config: &Config) -> Result<Database, StartError> {
    let options = DatabaseOptions {
        max_connections: config.database.max_connections,
        acquire_timeout: config.database.acquire_timeout,
        ..DatabaseOptions::new(config.database.url.clone())
    };
    let database = ef_sql::connect(&options).await?;
    ef_migrations::migrate(database.writer()).await.map_err(StartError::Schema)?;
    tracing::info!(database = database.version().await?, "the database is ready");
    Ok(database)
}

/// The database with the current schema, goods on the shelf and accounts to sign in to. Hashing the password is the
/// slowest part of it, so that goes on meanwhile.
async fn open_demo(
    config: &Config,
    vault: &Arc<dyn Vault>,
    hasher: &dyn PasswordHasher,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<(Database, DemoAccounts), StartError> {
    let password = demo::password(&config.demo, &config.data_dir, entropy)?;
    let goods = demo::catalogue()?;
    let opening = async {
        let database = open_database(config).await?;
        let seeded = ef_sql::seed_catalogue(&database, &goods, clock.now()).await?;
        if seeded > 0 {
            tracing::info!(seeded, "demo goods are on the shelf");
        }
        let reviews = demo::reviews(&goods, clock.now());
        let seeded = ef_sql::seed_reviews(&database, &demo::reviewers(), &reviews, clock.now()).await?;
        if seeded > 0 {
            tracing::info!(seeded, "demo goods are reviewed");
        }
        Ok::<_, StartError>(database)
    };
    let (hash, database) = tokio::join!(hasher.hash(password.clone()), opening);
    let (hash, database) = (hash?, database?);
    let accounts = wiring::accounts(&database, vault);
    let demo = demo::open_accounts(accounts.as_ref(), hasher, &password, &hash, clock.now()).await?;
    Ok((database, demo))
}

/// The socket, and where it is: with port 0 the system chooses.
fn listen(wanted: SocketAddr) -> Result<(std::net::TcpListener, SocketAddr), StartError> {
    let bind = || {
        let socket = if wanted.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        socket.bind(wanted)?;
        let listener = socket.listen(BACKLOG)?.into_std()?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bind().map_err(|source| StartError::Listen { address: wanted, source })
}

async fn start_sandbox(config: &Config, own: SocketAddr) -> Result<Option<Sandbox>, StartError> {
    if !config.sandbox.enabled {
        return Ok(None);
    }
    let configured = config.toss.client_key.as_ref();
    let toss_keys = configured.map(|client| KeyPair::new(client, config.toss.secret_key.expose_secret()));
    let sandbox = SandboxConfig {
        listen: config.sandbox.listen,
        smtp_listen: Some(config.sandbox.smtp_listen),
        data_dir: Some(config.data_dir.join("sandbox")),
        webhook_url: Some(format!("{}/api/webhooks/toss", url_of(own))),
        mail_notices_url: Some(format!("{}/api/webhooks/ses", url_of(own))),
        naver_apps: naver_app(&config.naver, own).into_iter().collect(),
        toss_keys: toss_keys.into_iter().collect(),
        ..SandboxConfig::default()
    };
    Ok(Some(Sandbox::start(sandbox).await?))
}

/// Our application as the sandbox knows it: it tells this server who cut his link.
fn naver_app(config: &NaverSection, own: SocketAddr) -> Option<NaverApp> {
    let app = config.app.as_ref()?;
    let disconnect_url = Some(format!("{}/api/webhooks/naver", url_of(own)));
    Some(NaverApp { disconnect_url, ..NaverApp::new(&app.client_id, app.client_secret.expose_secret()) })
}

fn serve(
    config: &Config,
    listener: std::net::TcpListener,
    shop: &Arc<Shop>,
    settings: HttpSettings,
) -> io::Result<Server> {
    let shop = web::Data::from(Arc::clone(shop));
    let settings = web::Data::new(settings);
    let mut server = HttpServer::new(move || {
        App::new().app_data(shop.clone()).app_data(settings.clone()).configure(http::configure)
    });
    if let Some(workers) = config.http.workers {
        server = server.workers(workers);
    }
    let server = server
        .keep_alive(config.http.keep_alive)
        .client_request_timeout(config.http.head_timeout)
        .client_disconnect_timeout(GOODBYE_TIMEOUT)
        .shutdown_timeout(config.http.drain.as_secs())
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

fn settings(config: &Config, database: Database, dev_page: Option<DevPage>) -> HttpSettings {
    HttpSettings {
        development: config.profile == Profile::Development,
        allowed_origins: config.http.allowed_origins.clone(),
        cookie_secure: config.http.cookie_secure,
        public_url: config.http.public_url.clone(),
        frontend_origin: if config.frontend.is_here { String::new() } else { config.frontend.origin.clone() },
        web_root: config.web.root.clone(),
        dev_page,
        proxies: config.http.proxies,
        totp_required: config.admin.totp_required,
        body_timeout: config.http.body_timeout,
        upload_timeout: config.images.upload_timeout,
        ready: Arc::new(move || {
            let database = database.clone();
            Box::pin(async move { database.ping().await })
        }),
    }
}
