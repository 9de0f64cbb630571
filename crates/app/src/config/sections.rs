//! The sections of the configuration: one struct each, with a `read` that takes its keys and checks them.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use ef_domain::account::Password;
use ef_domain::shared::Won;
use secrecy::{ExposeSecret, SecretString};

use super::Profile;
use super::reader::Reader;

/// Serving requests.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// How many threads serve requests; `None` for one a CPU.
    pub workers: Option<usize>,
    /// How long an idle connection is kept for its next request.
    pub keep_alive: Duration,
    /// How long a client may take over the head of a request.
    pub head_timeout: Duration,
    /// How long it may then take over the body.
    pub body_timeout: Duration,
    /// How long a stop waits for requests under way.
    pub drain: Duration,
    /// Origins that may call across origins.
    pub allowed_origins: Vec<String>,
    /// Whether cookies travel over https only.
    pub cookie_secure: bool,
    /// Where browsers find this server, if requests do not say so themselves.
    pub public_url: Option<String>,
    /// How many proxies of our own stand in front.
    pub proxies: usize,
}

impl HttpConfig {
    pub(super) fn read(reader: &mut Reader, profile: Profile, warnings: &mut Vec<String>) -> Self {
        let allowed_origins = reader.list("http.allowed_origins").unwrap_or_default();
        for allowed in &allowed_origins {
            if origin(allowed).as_ref() != Some(allowed) {
                reader
                    .problem("http.allowed_origins", format!("{allowed:?} is no origin such as https://shop.example"));
            }
        }
        let public_url = optional_origin(reader, "http.public_url");
        if public_url.is_none() && profile == Profile::Production {
            reader.problem("http.public_url", "is missing: behind the proxy that ends TLS no request says what it is");
        }
        let cookie_secure = reader.flag("http.cookie_secure");
        if cookie_secure && public_url.as_deref().is_some_and(|url| url.starts_with("http://")) {
            warnings
                .push("http.public_url is plain http, over which http.cookie_secure lets nobody sign in".to_owned());
        }
        Self {
            listen: reader.address("http.listen"),
            workers: at_least_one(reader.number("http.workers", 0..=1024)),
            keep_alive: seconds(reader, "http.keep_alive_seconds", 1, 3600),
            head_timeout: seconds(reader, "http.head_timeout_seconds", 1, 600),
            body_timeout: seconds(reader, "http.body_timeout_seconds", 1, 600),
            drain: seconds(reader, "http.drain_seconds", 0, 3600),
            allowed_origins,
            cookie_secure,
            public_url,
            proxies: reader.number("http.proxies", 0..=16),
        }
    }
}

/// The database.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// `sqlite://...` or `mysql://...`; secret because it may hold a password.
    pub url: SecretString,
    /// How many connections at most.
    pub max_connections: u32,
    /// How long a request waits for a free one.
    pub acquire_timeout: Duration,
}

impl DatabaseConfig {
    pub(super) fn read(reader: &mut Reader, data_dir: &Path) -> Self {
        let url = reader.secret("database.url").unwrap_or_else(|| {
            SecretString::from(format!("sqlite://{}", data_dir.join("energy-factory.sqlite").display()))
        });
        if !["sqlite:", "mysql:"].iter().any(|scheme| url.expose_secret().starts_with(scheme)) {
            reader.problem("database.url", "must begin with sqlite:// or mysql://");
        }
        Self {
            url,
            max_connections: reader.number("database.max_connections", 1..=1000),
            acquire_timeout: millis(reader, "database.acquire_timeout_ms", 10, 60_000),
        }
    }
}

/// Redis, if there is one.
#[derive(Clone, Debug)]
pub struct RedisConfig {
    /// `redis://...`; secret because it may hold a password. `None`: sessions are kept in the data folder.
    pub url: Option<SecretString>,
    /// How long a call waits for a connection.
    pub connect_timeout: Duration,
    /// How long it then waits for the answer.
    pub command_timeout: Duration,
}

impl RedisConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let url = reader.secret("redis.url");
        match url.as_ref().map(ExposeSecret::expose_secret) {
            Some(url) if url.starts_with("rediss:") => {
                reader.problem("redis.url", "asks for TLS (rediss://), which this server does not support yet");
            }
            Some(url) if !url.starts_with("redis:") => reader.problem("redis.url", "must begin with redis://"),
            Some(_) | None => {}
        }
        Self {
            url,
            connect_timeout: millis(reader, "redis.connect_timeout_ms", 1, 60_000),
            command_timeout: millis(reader, "redis.command_timeout_ms", 1, 60_000),
        }
    }
}

/// Signing keys, as far as they are given; the others are generated once.
#[derive(Clone, Debug)]
pub struct KeysConfig {
    /// Signs access tokens.
    pub access: Option<SecretString>,
    /// Signed access tokens until a moment ago.
    pub access_previous: Option<SecretString>,
    /// Derives refresh tokens.
    pub refresh: Option<SecretString>,
    /// Seals what is kept in cookies and rows.
    pub vault: Option<SecretString>,
    /// Sealed until a while ago.
    pub vault_previous: Option<SecretString>,
}

impl KeysConfig {
    const LEAST_BYTES: usize = 32;

    pub(super) fn read(reader: &mut Reader, profile: Profile, redis: &RedisConfig) -> Self {
        // Where there is a Redis, there are several instances, and what one of them signs the others must know.
        let shared = profile == Profile::Production && redis.url.is_some();
        let mut key = |name, needed: bool| {
            let key = reader.secret(name);
            if key.is_none() && needed {
                reader.problem(name, "is missing: in production, instances that share a Redis share their keys");
            }
            if key.as_ref().is_some_and(|key| key.expose_secret().len() < Self::LEAST_BYTES) {
                reader.problem(name, format!("must have at least {} characters", Self::LEAST_BYTES));
            }
            key
        };
        Self {
            access: key("keys.access", shared),
            access_previous: key("keys.access_previous", false),
            refresh: key("keys.refresh", shared),
            vault: key("keys.vault", shared),
            vault_previous: key("keys.vault_previous", false),
        }
    }
}

/// Orders.
#[derive(Clone, Debug)]
pub struct OrderConfig {
    /// How long an unpaid order holds its stock.
    pub hold: Duration,
    /// The longest that an issued virtual account holds its stock.
    pub deposit_hold: Duration,
}

impl OrderConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            hold: seconds(reader, "order.hold_seconds", 1, 86_400),
            deposit_hold: Duration::from_hours(reader.number("order.deposit_hold_hours", 1..=720)),
        }
    }
}

/// Taking money.
#[derive(Clone, Debug)]
pub struct PaymentConfig {
    /// How long after its intent an attempt that nobody settled is asked about.
    pub check_after: Duration,
    /// How often a second confirm looks for the first one's outcome.
    pub poll: Duration,
}

impl PaymentConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            check_after: millis(reader, "payment.check_after_ms", 10, 600_000),
            poll: millis(reader, "payment.poll_ms", 10, 5000),
        }
    }
}

/// What delivery would cost.
#[derive(Clone, Debug)]
pub struct ShippingConfig {
    /// The fee.
    pub fee: Won,
    /// From which total on there is none.
    pub free_from: Won,
}

impl ShippingConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut won = |key| Won::try_new(reader.number(key, 0..=Won::MAX.get())).unwrap_or_default();
        Self { fee: won("shipping.fee"), free_from: won("shipping.free_from") }
    }
}

/// Staying signed in.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// How long an access token is good for.
    pub access: Duration,
    /// How long somebody stays signed in without coming back.
    pub refresh: Duration,
    /// How long a spent refresh token still yields its successor.
    pub grace: Duration,
}

impl SessionConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let session = Self {
            access: seconds(reader, "session.access_seconds", 1, 86_400),
            refresh: seconds(reader, "session.refresh_seconds", 1, 31_536_000),
            grace: seconds(reader, "session.grace_seconds", 0, 300),
        };
        if session.refresh < session.access {
            reader.problem("session.refresh_seconds", "must not be less than session.access_seconds");
        }
        session
    }
}

/// Choosing another password by mail.
#[derive(Clone, Debug)]
pub struct ResetConfig {
    /// How long a code is good for.
    pub code: Duration,
    /// How long the token is good for that it is traded for.
    pub token: Duration,
}

impl ResetConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            code: seconds(reader, "reset.code_seconds", 1, 3600),
            token: seconds(reader, "reset.token_seconds", 1, 3600),
        }
    }
}

/// Hashing passwords with Argon2id.
#[derive(Clone, Debug)]
pub struct PasswordsConfig {
    /// Memory for one hash.
    pub memory_kib: u32,
    /// Passes over it.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// How many passwords are hashed at once; `None` for one fewer than there are CPUs.
    pub concurrency: Option<usize>,
    /// How long somebody waits for a turn.
    pub queue: Duration,
}

impl PasswordsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let passwords = Self {
            memory_kib: reader.number("passwords.memory_kib", 8..=1_048_576),
            iterations: reader.number("passwords.iterations", 1..=64),
            parallelism: reader.number("passwords.parallelism", 1..=16),
            concurrency: at_least_one(reader.number("passwords.concurrency", 0..=1024)),
            queue: millis(reader, "passwords.queue_ms", 1, 60_000),
        };
        if passwords.memory_kib < 8 * passwords.parallelism {
            reader.problem("passwords.memory_kib", "must be at least eight times passwords.parallelism");
        }
        passwords
    }
}

/// Work beside requests.
#[derive(Clone, Debug)]
pub struct JobsConfig {
    /// How long one batch may take.
    pub batch_timeout: Duration,
    /// How long the expiry of holds pauses between two looks.
    pub expire_orders_pause: Duration,
    /// How many holds it gives back at a time.
    pub expire_orders_batch: u32,
    /// How long reconciliation pauses between two looks.
    pub reconcile_payments_pause: Duration,
    /// How many payments it asks for at a time.
    pub reconcile_payments_batch: u32,
}

impl JobsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            batch_timeout: millis(reader, "jobs.batch_timeout_ms", 100, 3_600_000),
            expire_orders_pause: millis(reader, "jobs.expire_orders_ms", 10, 3_600_000),
            expire_orders_batch: reader.number("jobs.expire_orders_batch", 1..=1000),
            reconcile_payments_pause: millis(reader, "jobs.reconcile_payments_ms", 10, 3_600_000),
            reconcile_payments_batch: reader.number("jobs.reconcile_payments_batch", 1..=1000),
        }
    }
}

/// The demo accounts.
#[derive(Clone, Debug)]
pub struct DemoConfig {
    /// Their password; `None` for one that is generated once.
    pub password: Option<SecretString>,
}

impl DemoConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let password = reader.secret("demo.password");
        if password.as_ref().is_some_and(|password| Password::parse(password.expose_secret()).is_err()) {
            reader.problem(
                "demo.password",
                "must have 8 to 200 characters, with a lower-case and an upper-case letter, a digit and a symbol",
            );
        }
        Self { password }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines: one JSON object a line.
    Json,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// How lines look.
    pub format: LogFormat,
    /// A level, or directives such as `info,energy_factory=debug`.
    pub level: String,
}

impl LogConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let format = reader.parsed("log.format", "pretty or json", |text| match text {
            "pretty" => Some(LogFormat::Pretty),
            "json" => Some(LogFormat::Json),
            _ => None,
        });
        let level = reader.parsed("log.level", "a level, or directives such as info,energy_factory=debug", |text| {
            tracing_subscriber::EnvFilter::try_new(text).is_ok().then(|| text.to_owned())
        });
        Self { format: format.unwrap_or(LogFormat::Json), level: level.unwrap_or_default() }
    }
}

fn seconds(reader: &mut Reader, key: &'static str, least: u64, most: u64) -> Duration {
    Duration::from_secs(reader.number(key, least..=most))
}

pub(super) fn millis(reader: &mut Reader, key: &'static str, least: u64, most: u64) -> Duration {
    Duration::from_millis(reader.number(key, least..=most))
}

fn at_least_one(number: usize) -> Option<usize> {
    (number > 0).then_some(number)
}

pub(super) fn http_rest(url: &str) -> Option<&str> {
    url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).filter(|rest| !rest.is_empty())
}

/// The origin that the text is, without a trailing slash; `None` where it is none.
fn origin(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/');
    let host = http_rest(text)?;
    let fits = host.chars().all(|c| !c.is_ascii_uppercase() && !c.is_whitespace() && !"/?#@*".contains(c));
    fits.then(|| text.to_owned())
}

pub(super) fn optional_origin(reader: &mut Reader, key: &'static str) -> Option<String> {
    let text = reader.optional_text(key)?;
    let origin = origin(&text);
    if origin.is_none() {
        reader.problem(key, format!("{text:?} is no origin such as https://shop.example"));
    }
    origin
}
