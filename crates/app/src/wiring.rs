//! The single composition root: adapters go into ports, ports into use cases, use cases into the shop.

mod desk;
mod dev;
mod images;
mod live;
mod mail;
mod members;
mod naver;
mod shelf;
mod trade;

use std::path::Path;
use std::sync::Arc;

use ef_domain::account::{AccountRepository, PartnerLogIn, PasswordHasher, SecondFactorRepository, SessionStore};
use ef_domain::announce::Announcer;
use ef_domain::cart::{ChangeCart, ShippingRule};
use ef_domain::catalogue::{BrowseProducts, ImageStore};
use ef_domain::order::OrderRepository;
use ef_domain::payment::PaymentGateway;
use ef_domain::shared::{Clock, Entropy, PortFailure, RateLimiter, Vault};
use ef_embedded::{EmbeddedRateLimiter, EmbeddedSessionStore};
use ef_redis::{RedisRateLimiter, RedisServer, RedisSessionStore, RedisTimeouts};
use ef_sql::{
    Database, SqlAccountRepository, SqlCartRepository, SqlCatalogueQueries, SqlOrderRepository,
    SqlSecondFactorRepository,
};
use ef_toss::{TossConfig, TossPaymentGateway};
use secrecy::ExposeSecret;

use crate::config::{Config, RedisConfig, TossSection};
use crate::keys::Keys;
use crate::shop::Shop;
use crate::tokens::AccessTokens;
use crate::vault::KeyedVault;

use members::{Outside, Registry};
use trade::Till;

pub use dev::dev_page;
pub use images::image_store;
pub use live::announcer;
pub use mail::{MailPartner, mail};
pub use naver::naver;

/// Where sessions are kept without Redis, below the data folder.
const SESSIONS_FILE: &str = "sessions.sqlite";

/// What the shop is built on.
pub struct Foundation {
    /// The database, migrated.
    pub database: Database,
    /// Where sessions are kept.
    pub session_store: Arc<dyn SessionStore>,
    /// Counts how often something is done.
    pub rate_limiter: Arc<dyn RateLimiter>,
    /// The bell for announcements.
    pub announcer: Arc<dyn Announcer>,
    /// Where pictures are kept.
    pub images: Arc<dyn ImageStore>,
    /// The payment partner.
    pub gateway: Arc<dyn PaymentGateway>,
    /// The mail partner.
    pub mail: MailPartner,
    /// Naver, if it is set up.
    pub naver: Option<Arc<dyn PartnerLogIn>>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// Where random numbers come from.
    pub entropy: Arc<dyn Entropy>,
    /// What tokens are signed with.
    pub keys: Keys,
    /// Seals what is kept in cookies and rows.
    pub vault: Arc<dyn Vault>,
}

/// The vault that opens with these keys.
pub fn vault(keys: &Keys, entropy: Arc<dyn Entropy>) -> Arc<dyn Vault> {
    Arc::new(KeyedVault::new(&keys.vault, keys.vault_previous.as_ref(), entropy))
}

/// Where accounts are kept.
pub fn accounts(database: &Database, vault: &Arc<dyn Vault>) -> Arc<dyn AccountRepository> {
    Arc::new(SqlAccountRepository::new(database.clone(), Arc::clone(vault)))
}

/// The Redis server, if there is one. It may be down now and up when it is needed.
///
/// # Errors
/// [`PortFailure`] where its address is none.
pub fn redis(config: &RedisConfig) -> Result<Option<RedisServer>, PortFailure> {
    let timeouts = RedisTimeouts { connect: config.connect_timeout, command: config.command_timeout };
    config.url.as_ref().map(|url| RedisServer::at(url.expose_secret(), timeouts)).transpose()
}

/// Where second factors are kept.
pub fn second_factors(database: &Database, vault: &Arc<dyn Vault>) -> Arc<dyn SecondFactorRepository> {
    Arc::new(SqlSecondFactorRepository::new(database.clone(), Arc::clone(vault)))
}

/// Where sessions are kept: in Redis if there is one, else in the data folder.
///
/// # Errors
/// [`PortFailure`] where the file cannot be opened.
pub async fn session_store(redis: Option<&RedisServer>, data_dir: &Path) -> Result<Arc<dyn SessionStore>, PortFailure> {
    Ok(match redis {
        Some(redis) => Arc::new(RedisSessionStore::new(redis.clone())),
        None => Arc::new(EmbeddedSessionStore::connect(&data_dir.join(SESSIONS_FILE)).await?),
    })
}

/// What counts how often something is done: Redis if there is one, else this process.
pub fn rate_limiter(redis: Option<&RedisServer>) -> Arc<dyn RateLimiter> {
    match redis {
        Some(redis) => Arc::new(RedisRateLimiter::new(redis.clone())),
        None => Arc::new(EmbeddedRateLimiter::new()),
    }
}

/// The payment partner at that address.
///
/// # Errors
/// [`PortFailure`] where no client can be built.
pub fn gateway(config: &TossSection, base_url: String) -> Result<Arc<dyn PaymentGateway>, PortFailure> {
    Ok(Arc::new(TossPaymentGateway::new(TossConfig {
        base_url,
        secret_key: config.secret_key.clone(),
        connect_timeout: config.connect_timeout,
        total_timeout: config.total_timeout,
    })?))
}

/// The shop.
pub fn shop(config: &Config, foundation: Foundation) -> Shop {
    let Foundation { database, session_store, rate_limiter, announcer, images, gateway, mail, naver, .. } = foundation;
    let Foundation { hasher, clock, entropy, keys, vault, .. } = foundation;
    let registry = Registry::new(
        config,
        Outside {
            database: &database,
            vault: &vault,
            hasher: &hasher,
            clock: &clock,
            entropy: &entropy,
            session_store,
            rate_limiter,
            keys: &keys,
        },
    );
    let orders: Arc<dyn OrderRepository> = Arc::new(SqlOrderRepository::new(database.clone(), Arc::clone(&clock)));
    let till = Till { database: &database, orders: &orders, clock: &clock, entropy: &entropy, vault: &vault };
    let payments = till.payments(config, gateway);
    let (once, forget_requests) = till.once(config);
    let (deliver_announcements, announcements, live) = live::live(config.live, &database, announcer, &vault, &clock);
    Shop {
        browse: BrowseProducts { products: Arc::new(SqlCatalogueQueries::new(database.clone())) },
        keeping: shelf::keeping(&database, &clock),
        reviews: shelf::reviews(&database, &clock),
        images: images::images(&config.images, images, &database, &clock, &entropy),
        carts: ChangeCart { carts: Arc::new(SqlCartRepository::new(database.clone(), Arc::clone(&clock))) },
        desk: desk::desk(&till, &payments),
        orders: till.orders(config, &payments),
        payments,
        once,
        forget_requests,
        members: registry.members(config, &orders),
        naver: naver.map(|partner| registry.naver(config, partner)),
        mail: mail::room(config, mail, &database, &vault, &clock),
        deliver_announcements,
        announcements,
        live,
        tokens: AccessTokens::new(&keys, config.session.access),
        sessions: registry.sessions,
        accounts: registry.accounts,
        shipping: ShippingRule { fee: config.shipping.fee, free_from: config.shipping.free_from },
        vault,
        clock,
    }
}
