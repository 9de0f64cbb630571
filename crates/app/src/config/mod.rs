//! The configuration: the only reader of the environment.
//!
//! Sources, each overriding the one before: the defaults in `config/base.toml`, the profile's file beside it (both are
//! part of the binary), the file that `EF_CONFIG_FILE` names, and the environment, where `http.listen` is
//! `EF__HTTP__LISTEN`. There is one struct for each section, with a `read` that takes its keys and notes every problem;
//! a start-up reports them all at once and exits with code 2.
//!
//! To add a key: a field in its section's struct, a line in that section's `read`, a line in `config/base.toml`.

mod admin;
mod images;
mod limits;
mod live;
mod mail;
mod naver;
mod once;
mod pages;
mod partners;
mod reader;
mod sections;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;

use config::{Environment, File, FileFormat};
use ef_domain::account::AccountLimits;

pub use admin::AdminConfig;
pub use images::{BucketConfig, BucketKeysConfig, ImagesConfig};
pub use live::LiveConfig;
pub use mail::{MailCredentials, MailSandbox, MailSection};
pub use naver::{AccountConfig, NaverClient, NaverProtocol, NaverSection};
pub use once::OnceConfig;
pub use pages::{FrontendConfig, WebConfig};
pub(crate) use partners::url_of;
pub use partners::{SandboxSection, TossSection};
pub use reader::Problem;
pub use sections::{
    DatabaseConfig, DemoConfig, HttpConfig, JobsConfig, KeysConfig, LogConfig, LogFormat, OrderConfig, PasswordsConfig,
    PaymentConfig, RedisConfig, ResetConfig, SessionConfig, ShippingConfig,
};

use reader::Reader;

/// The variable that names a configuration file.
const FILE_VARIABLE: &str = "EF_CONFIG_FILE";
/// Keys that other programs of the shop read, or later versions will. They may be given and change nothing here.
const RESERVED: [&str; 1] = ["metrics.listen"];

/// What the server runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// On a developer's machine: stand-ins for the partners, demo goods and accounts.
    Development,
    /// For real money.
    Production,
}

impl Profile {
    const fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    const fn defaults(self) -> &'static str {
        match self {
            Self::Development => include_str!("../../../../config/development.toml"),
            Self::Production => include_str!("../../../../config/production.toml"),
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Development, Self::Production].into_iter().find(|profile| profile.name() == name)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Everything that can be set, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the server runs as.
    pub profile: Profile,
    /// Where it keeps what it writes.
    pub data_dir: PathBuf,
    /// Serving requests.
    pub http: HttpConfig,
    /// The database.
    pub database: DatabaseConfig,
    /// Redis, if there is one.
    pub redis: RedisConfig,
    /// Signing keys, if they are given.
    pub keys: KeysConfig,
    /// Orders.
    pub order: OrderConfig,
    /// Taking money.
    pub payment: PaymentConfig,
    /// What delivery would cost.
    pub shipping: ShippingConfig,
    /// The payment partner.
    pub toss: TossSection,
    /// Log-ins at Naver.
    pub naver: NaverSection,
    /// What members do with their accounts.
    pub account: AccountConfig,
    /// The mail partner.
    pub mail: MailSection,
    /// Pictures of products.
    pub images: ImagesConfig,
    /// Staying signed in.
    pub session: SessionConfig,
    /// Hashing passwords.
    pub passwords: PasswordsConfig,
    /// Choosing another password by mail.
    pub reset: ResetConfig,
    /// How often people may try to prove who they are.
    pub limits: AccountLimits,
    /// The pages.
    pub frontend: FrontendConfig,
    /// Serving the pages.
    pub web: WebConfig,
    /// The stand-ins of the partners.
    pub sandbox: SandboxSection,
    /// Telling shoppers live.
    pub live: LiveConfig,
    /// Requests that come under a key.
    pub once: OnceConfig,
    /// Work beside requests.
    pub jobs: JobsConfig,
    /// Administrators.
    pub admin: AdminConfig,
    /// The demo accounts.
    pub demo: DemoConfig,
    /// What is logged, and how.
    pub log: LogConfig,
    /// What is allowed but should not go unnoticed. To be logged at start.
    pub warnings: Vec<String>,
}

/// The configuration cannot be used. Prints every problem, one a line.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Every problem, by key.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    fn single(key: &str, what: impl fmt::Display) -> Self {
        Self { problems: vec![Problem { key: key.to_owned(), what: what.to_string() }] }
    }
}

impl Config {
    /// The configuration of this process.
    ///
    /// # Errors
    /// [`ConfigError`] with all that is wrong.
    pub fn load() -> Result<Self, ConfigError> {
        Self::from_variables(std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            Some((name, value.into_string().ok()?))
        }))
    }

    /// The configuration of a process with these environment variables.
    ///
    /// # Errors
    /// [`ConfigError`] with all that is wrong.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let variables: HashMap<String, String> = variables.into_iter().collect();
        let file = variables.get(FILE_VARIABLE).filter(|path| !path.is_empty());
        let file = file.map(|path| read_file(path)).transpose()?;
        let environment = Environment::with_prefix("EF").separator("__").ignore_empty(true);
        let environment = environment.source(Some(variables));

        let profile = profile(file.as_deref(), &environment)?;
        let mut sources = config::Config::builder()
            .add_source(File::from_str(include_str!("../../../../config/base.toml"), FileFormat::Toml))
            .add_source(File::from_str(profile.defaults(), FileFormat::Toml));
        if let Some(file) = &file {
            sources = sources.add_source(File::from_str(file, FileFormat::Toml));
        }
        let values =
            sources.add_source(environment).build().map_err(|error| ConfigError::single(FILE_VARIABLE, error))?;
        Self::read(profile, Reader::new(values))
    }

    fn read(profile: Profile, mut reader: Reader) -> Result<Self, ConfigError> {
        let r = &mut reader;
        r.optional_text("profile"); // decided already; asked for here so that it counts as known
        let data_dir = PathBuf::from(r.text("data_dir"));
        let mut warnings = reserved_keys_given(r);
        let (http, sandbox) = (HttpConfig::read(r, profile, &mut warnings), SandboxSection::read(r, profile));
        let (web, redis) = (WebConfig::read(r), RedisConfig::read(r));
        let config = Self {
            frontend: FrontendConfig::read(r, profile, &web, &http),
            database: DatabaseConfig::read(r, &data_dir),
            keys: KeysConfig::read(r, profile, &redis),
            order: OrderConfig::read(r),
            payment: PaymentConfig::read(r),
            shipping: ShippingConfig::read(r),
            naver: NaverSection::read(r, profile, &sandbox, &mut warnings),
            account: AccountConfig::read(r),
            toss: TossSection::read(r, profile, &sandbox, &mut warnings),
            mail: MailSection::read(r, profile, &sandbox, &mut warnings),
            images: ImagesConfig::read(r, profile, &mut warnings),
            session: SessionConfig::read(r),
            passwords: PasswordsConfig::read(r),
            reset: ResetConfig::read(r),
            limits: limits::read(r),
            live: LiveConfig::read(r),
            once: OnceConfig::read(r),
            jobs: JobsConfig::read(r),
            admin: AdminConfig::read(r),
            demo: DemoConfig::read(r),
            log: LogConfig::read(r),
            profile,
            data_dir,
            http,
            redis,
            web,
            sandbox,
            warnings,
        };
        config.mail.check_patience(config.jobs.batch_timeout, &mut reader);
        let problems = reader.finish(&RESERVED);
        if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
    }
}

/// The profile comes first because it chooses a source.
fn profile(file: Option<&str>, environment: &Environment) -> Result<Profile, ConfigError> {
    let mut sources = config::Config::builder();
    if let Some(file) = file {
        sources = sources.add_source(File::from_str(file, FileFormat::Toml));
    }
    let values =
        sources.add_source(environment.clone()).build().map_err(|error| ConfigError::single(FILE_VARIABLE, error))?;
    let Ok(name) = values.get_string("profile") else {
        return Ok(Profile::Development);
    };
    Profile::parse(name.trim())
        .ok_or_else(|| ConfigError::single("profile", format!("is {name:?}, but must be development or production")))
}

fn read_file(path: &str) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError {
        problems: vec![Problem { key: FILE_VARIABLE.to_owned(), what: format!("cannot read {path}: {error}") }],
    })
}

fn reserved_keys_given(reader: &Reader) -> Vec<String> {
    let given = RESERVED.into_iter().filter(|key| reader.is_given(key));
    given.map(|key| format!("{key} has no effect on this version of the server")).collect()
}

#[cfg(test)]
mod tests;
