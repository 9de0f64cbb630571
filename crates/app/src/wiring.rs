//! The single composition root: adapters go into ports, ports into use cases, use cases into the shop.

mod live;
mod mail;
mod naver;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ef_domain::account::{
    AccountRepository, ChangePassword, ChangeSecondFactor, CloseAccount, EditProfile, GuessQueue, IdentityRepository,
    JoinWithPartner, KeepAddresses, LogIn, PartnerLogIn, PasswordHasher, ProvePassword, RequestReset, ResetKeys,
    ResetLifetime, ResetPassword, ResetRepository, SecondFactorRepository, SecondFactors, SessionKeys, SessionLifetime,
    SessionStore, Sessions, SignUp, StorePulse, Throttle, UnlinkIdentity, VerifyResetCode,
};
use ef_domain::announce::Announcer;
use ef_domain::cart::{ChangeCart, ShippingRule};
use ef_domain::catalogue::BrowseProducts;
use ef_domain::order::{CancelOrder, ExpireOrders, HoldTime, OrderRepository, PlaceOrder, TrackOrders};
use ef_domain::payment::{
    ConfirmPayment, ConfirmTiming, DepositHold, PaymentGateway, PaymentRepository, ReconcilePayments, SettlePayment,
};
use ef_domain::shared::{Clock, Entropy, PortFailure, RateLimiter, Vault};
use ef_embedded::{EmbeddedRateLimiter, EmbeddedSessionStore};
use ef_redis::{RedisRateLimiter, RedisServer, RedisSessionStore, RedisTimeouts};
use ef_sql::{
    Database, SqlAccountRepository, SqlAddressBook, SqlCartRepository, SqlCatalogueQueries, SqlIdentityRepository,
    SqlOfferQueries, SqlOrderQueries, SqlOrderRepository, SqlPaymentRepository, SqlResetRepository,
    SqlSecondFactorRepository,
};
use ef_toss::{TossConfig, TossPaymentGateway};
use secrecy::ExposeSecret;

use crate::config::{Config, PaymentConfig, RedisConfig, TossSection};
use crate::keys::Keys;
use crate::shop::Shop;
use crate::tokens::AccessTokens;
use crate::totp::TotpCodes;
pub use live::announcer;
pub use mail::{MailPartner, mail};
pub use naver::naver;

use crate::vault::{KeyedVault, derived_key};

/// Where sessions are kept without Redis, below the data folder.
const SESSIONS_FILE: &str = "sessions.sqlite";
/// What the key that hides reset codes is derived under. Never changes.
const RESET_LABEL: &str = "password-reset";
/// What settling may take after the partner has answered. Together with the partner's time it stays below the 10 s
/// after which the front end gives up.
const SETTLING: Duration = Duration::from_secs(1);

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
    let Foundation { database, session_store, rate_limiter, announcer, gateway, mail: mail_partner, naver: partner, hasher, clock, entropy, keys, vault } = foundation;
    let accounts = accounts(&database, &vault);
    let orders: Arc<dyn OrderRepository> = Arc::new(SqlOrderRepository::new(database.clone(), Arc::clone(&clock)));
    let payments: Arc<dyn PaymentRepository> =
        Arc::new(SqlPaymentRepository::new(database.clone(), Arc::clone(&clock)));
    let tokens = AccessTokens::new(&keys, config.session.access);
    let throttle = Arc::new(Throttle { limiter: rate_limiter, clock: Arc::clone(&clock), limits: config.limits });
    let sessions = Arc::new(Sessions {
        store: session_store,
        accounts: Arc::clone(&accounts),
        clock: Arc::clone(&clock),
        entropy: Arc::clone(&entropy),
        keys: SessionKeys::new(keys.refresh.expose().to_vec()),
        lifetime: SessionLifetime { refresh: config.session.refresh, grace: config.session.grace },
        throttle: Arc::clone(&throttle),
        pulse: StorePulse::default(),
    });
    let second_factors = Arc::new(SecondFactors {
        repository: second_factors(&database, &vault),
        vault: Arc::clone(&vault),
        codes: Arc::new(TotpCodes),
        throttle: Arc::clone(&throttle),
        clock: Arc::clone(&clock),
    });
    let prove_password = || ProvePassword {
        accounts: Arc::clone(&accounts),
        hasher: Arc::clone(&hasher),
        throttle: Arc::clone(&throttle),
        queue: GuessQueue::default(),
    };
    let change_second_factor = ChangeSecondFactor {
        password: prove_password(),
        factors: Arc::clone(&second_factors),
        sessions: Arc::clone(&sessions),
        entropy: Arc::clone(&entropy),
    };
    let change_password = ChangePassword {
        accounts: Arc::clone(&accounts),
        proof: prove_password(),
        hasher: Arc::clone(&hasher),
        sessions: Arc::clone(&sessions),
        clock: Arc::clone(&clock),
    };
    let close_account = CloseAccount {
        accounts: Arc::clone(&accounts),
        orders: Arc::clone(&orders),
        sessions: Arc::clone(&sessions),
        clock: Arc::clone(&clock),
    };
    let identities: Arc<dyn IdentityRepository> =
        Arc::new(SqlIdentityRepository::new(database.clone(), Arc::clone(&vault)));
    let password = Arc::new(prove_password());
    let staff = naver::Staff {
        identities: &identities,
        accounts: &accounts,
        sessions: &sessions,
        password: &password,
        clock: &clock,
        fresh: config.account.fresh,
    };
    let naver = partner.map(|partner| naver::desk(partner, &staff));
    let resets: Arc<dyn ResetRepository> = Arc::new(SqlResetRepository::new(database.clone(), Arc::clone(&vault)));
    let reset_keys = Arc::new(ResetKeys::new(derived_key(&keys.vault, RESET_LABEL)));
    let reset_lifetime = ResetLifetime { code: config.reset.code, token: config.reset.token };
    let settle = || SettlePayment {
        orders: Arc::clone(&orders),
        payments: Arc::clone(&payments),
        clock: Arc::clone(&clock),
        entropy: Arc::clone(&entropy),
        deposit_hold: DepositHold(config.order.deposit_hold),
    };
    let (deliver_announcements, announcements, live) = live::live(config.live, &database, announcer, &clock);
    let mail = mail::room(config, mail_partner, &database, &vault, &clock);
    Shop {
        mail,
        deliver_announcements,
        announcements,
        live,
        browse: BrowseProducts { products: Arc::new(SqlCatalogueQueries::new(database.clone())) },
        carts: ChangeCart { carts: Arc::new(SqlCartRepository::new(database.clone(), Arc::clone(&clock))) },
        place_order: PlaceOrder {
            offers: Arc::new(SqlOfferQueries::new(database.clone())),
            orders: Arc::clone(&orders),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            hold: HoldTime(config.order.hold),
        },
        cancel_order: CancelOrder { orders: Arc::clone(&orders), clock: Arc::clone(&clock) },
        track_orders: TrackOrders { orders: Arc::new(SqlOrderQueries::new(database.clone())) },
        expire_orders: ExpireOrders { orders: Arc::clone(&orders), clock: Arc::clone(&clock) },
        confirm_payment: ConfirmPayment {
            orders: Arc::clone(&orders),
            payments: Arc::clone(&payments),
            gateway: Arc::clone(&gateway),
            settle: settle(),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            timing: timing(config),
        },
        reconcile_payments: ReconcilePayments {
            payments: Arc::clone(&payments),
            gateway,
            settle: settle(),
            clock: Arc::clone(&clock),
        },
        sign_up: SignUp {
            accounts: Arc::clone(&accounts),
            hasher: Arc::clone(&hasher),
            sessions: Arc::clone(&sessions),
            throttle: Arc::clone(&throttle),
            clock: Arc::clone(&clock),
        },
        request_reset: RequestReset {
            accounts: Arc::clone(&accounts),
            resets: Arc::clone(&resets),
            throttle: Arc::clone(&throttle),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            keys: Arc::clone(&reset_keys),
            lifetime: reset_lifetime,
        },
        verify_reset_code: VerifyResetCode {
            resets: Arc::clone(&resets),
            throttle: Arc::clone(&throttle),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            keys: reset_keys,
            lifetime: reset_lifetime,
        },
        reset_password: ResetPassword {
            resets,
            hasher: Arc::clone(&hasher),
            sessions: Arc::clone(&sessions),
            throttle: Arc::clone(&throttle),
            clock: Arc::clone(&clock),
        },
        log_in: LogIn {
            accounts: Arc::clone(&accounts),
            hasher,
            second_factors,
            sessions: Arc::clone(&sessions),
            throttle: Arc::clone(&throttle),
            queue: GuessQueue::default(),
        },
        change_second_factor,
        change_password,
        edit_profile: EditProfile { accounts: Arc::clone(&accounts), clock: Arc::clone(&clock) },
        addresses: KeepAddresses { book: Arc::new(SqlAddressBook::new(database.clone())), clock: Arc::clone(&clock) },
        close_account,
        naver,
        join_with_partner: JoinWithPartner {
            identities: Arc::clone(&identities),
            sessions: Arc::clone(&sessions),
            throttle,
            clock: Arc::clone(&clock),
        },
        unlink_identity: UnlinkIdentity {
            identities,
            accounts: Arc::clone(&accounts),
            password: Arc::clone(&password),
            clock: Arc::clone(&clock),
        },
        vault,
        sessions,
        accounts,
        tokens,
        shipping: ShippingRule { fee: config.shipping.fee, free_from: config.shipping.free_from },
        clock,
    }
}

fn timing(config: &Config) -> ConfirmTiming {
    let PaymentConfig { check_after, poll } = config.payment;
    ConfirmTiming { check_after, wait: config.toss.total_timeout.saturating_add(SETTLING), poll }
}
