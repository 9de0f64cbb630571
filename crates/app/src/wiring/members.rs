//! Everything about who somebody is, from its ports to its use cases.

use std::sync::Arc;

use ef_domain::account::{
    AccountRepository, ChangePassword, ChangeSecondFactor, CloseAccount, EditProfile, GuessQueue, IdentityRepository,
    JoinWithPartner, KeepAddresses, LogIn, PartnerLogIn, PasswordHasher, ProvePassword, RequestReset, ResetKeys,
    ResetLifetime, ResetPassword, ResetRepository, SecondFactors, SessionKeys, SessionLifetime, SessionStore, Sessions,
    SignUp, StorePulse, Throttle, UnlinkIdentity, VerifyResetCode,
};
use ef_domain::order::OrderRepository;
use ef_domain::shared::{Clock, Entropy, RateLimiter, Vault};
use ef_sql::{Database, SqlAddressBook, SqlIdentityRepository, SqlResetRepository};

use super::naver::{Staff, desk};
use crate::config::Config;
use crate::keys::Keys;
use crate::shop::{Members, NaverDesk, Resets};
use crate::totp::TotpCodes;
use crate::vault::derived_key;

/// What the key that hides reset codes is derived under. Never changes.
const RESET_LABEL: &str = "password-reset";

/// What the use cases of accounts stand on.
pub(super) struct Registry {
    database: Database,
    vault: Arc<dyn Vault>,
    hasher: Arc<dyn PasswordHasher>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    throttle: Arc<Throttle>,
    pub(super) accounts: Arc<dyn AccountRepository>,
    pub(super) sessions: Arc<Sessions>,
    second_factors: Arc<SecondFactors>,
    identities: Arc<dyn IdentityRepository>,
    /// One for all who compare passwords: a guess is a guess at whichever door.
    queue: Arc<GuessQueue>,
    proof: Arc<ProvePassword>,
    reset_keys: Arc<ResetKeys>,
}

/// What the machine gives to the registry.
pub(super) struct Outside<'a> {
    pub(super) database: &'a Database,
    pub(super) vault: &'a Arc<dyn Vault>,
    pub(super) hasher: &'a Arc<dyn PasswordHasher>,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) entropy: &'a Arc<dyn Entropy>,
    pub(super) session_store: Arc<dyn SessionStore>,
    pub(super) rate_limiter: Arc<dyn RateLimiter>,
    pub(super) keys: &'a Keys,
}

impl Registry {
    pub(super) fn new(config: &Config, outside: Outside<'_>) -> Self {
        let Outside { database, vault, hasher, clock, entropy, session_store, rate_limiter, keys } = outside;
        let accounts = super::accounts(database, vault);
        let throttle = Arc::new(Throttle { limiter: rate_limiter, clock: Arc::clone(clock), limits: config.limits });
        let queue = Arc::new(GuessQueue::default());
        Self {
            sessions: Arc::new(Sessions {
                store: session_store,
                accounts: Arc::clone(&accounts),
                clock: Arc::clone(clock),
                entropy: Arc::clone(entropy),
                keys: SessionKeys::new(keys.refresh.expose().to_vec()),
                lifetime: SessionLifetime { refresh: config.session.refresh, grace: config.session.grace },
                throttle: Arc::clone(&throttle),
                pulse: StorePulse::default(),
            }),
            second_factors: Arc::new(SecondFactors {
                repository: super::second_factors(database, vault),
                vault: Arc::clone(vault),
                codes: Arc::new(TotpCodes),
                throttle: Arc::clone(&throttle),
                clock: Arc::clone(clock),
            }),
            proof: Arc::new(ProvePassword {
                accounts: Arc::clone(&accounts),
                hasher: Arc::clone(hasher),
                throttle: Arc::clone(&throttle),
                queue: Arc::clone(&queue),
            }),
            identities: Arc::new(SqlIdentityRepository::new(database.clone(), Arc::clone(vault))),
            reset_keys: Arc::new(ResetKeys::new(derived_key(&keys.vault, RESET_LABEL))),
            database: database.clone(),
            vault: Arc::clone(vault),
            hasher: Arc::clone(hasher),
            clock: Arc::clone(clock),
            entropy: Arc::clone(entropy),
            throttle,
            accounts,
            queue,
        }
    }

    /// The use cases.
    pub(super) fn members(&self, config: &Config, orders: &Arc<dyn OrderRepository>) -> Members {
        Members {
            sign_up: SignUp {
                accounts: Arc::clone(&self.accounts),
                hasher: Arc::clone(&self.hasher),
                sessions: Arc::clone(&self.sessions),
                throttle: Arc::clone(&self.throttle),
                clock: Arc::clone(&self.clock),
            },
            log_in: LogIn {
                accounts: Arc::clone(&self.accounts),
                hasher: Arc::clone(&self.hasher),
                second_factors: Arc::clone(&self.second_factors),
                sessions: Arc::clone(&self.sessions),
                throttle: Arc::clone(&self.throttle),
                queue: Arc::clone(&self.queue),
            },
            change_password: ChangePassword {
                accounts: Arc::clone(&self.accounts),
                proof: Arc::clone(&self.proof),
                hasher: Arc::clone(&self.hasher),
                sessions: Arc::clone(&self.sessions),
                clock: Arc::clone(&self.clock),
            },
            edit_profile: EditProfile { accounts: Arc::clone(&self.accounts), clock: Arc::clone(&self.clock) },
            addresses: KeepAddresses {
                book: Arc::new(SqlAddressBook::new(self.database.clone())),
                clock: Arc::clone(&self.clock),
            },
            close_account: CloseAccount {
                accounts: Arc::clone(&self.accounts),
                orders: Arc::clone(orders),
                sessions: Arc::clone(&self.sessions),
                clock: Arc::clone(&self.clock),
            },
            change_second_factor: ChangeSecondFactor {
                password: Arc::clone(&self.proof),
                factors: Arc::clone(&self.second_factors),
                sessions: Arc::clone(&self.sessions),
                entropy: Arc::clone(&self.entropy),
            },
            join_with_partner: JoinWithPartner {
                identities: Arc::clone(&self.identities),
                sessions: Arc::clone(&self.sessions),
                throttle: Arc::clone(&self.throttle),
                clock: Arc::clone(&self.clock),
            },
            unlink_identity: UnlinkIdentity {
                identities: Arc::clone(&self.identities),
                accounts: Arc::clone(&self.accounts),
                password: Arc::clone(&self.proof),
                clock: Arc::clone(&self.clock),
            },
            resets: self.resets(config),
        }
    }

    fn resets(&self, config: &Config) -> Resets {
        let resets: Arc<dyn ResetRepository> =
            Arc::new(SqlResetRepository::new(self.database.clone(), Arc::clone(&self.vault)));
        let lifetime = ResetLifetime { code: config.reset.code, token: config.reset.token };
        Resets {
            request: RequestReset {
                accounts: Arc::clone(&self.accounts),
                resets: Arc::clone(&resets),
                throttle: Arc::clone(&self.throttle),
                clock: Arc::clone(&self.clock),
                entropy: Arc::clone(&self.entropy),
                keys: Arc::clone(&self.reset_keys),
                lifetime,
            },
            verify: VerifyResetCode {
                resets: Arc::clone(&resets),
                throttle: Arc::clone(&self.throttle),
                clock: Arc::clone(&self.clock),
                entropy: Arc::clone(&self.entropy),
                keys: Arc::clone(&self.reset_keys),
                lifetime,
            },
            finish: ResetPassword {
                resets,
                hasher: Arc::clone(&self.hasher),
                sessions: Arc::clone(&self.sessions),
                throttle: Arc::clone(&self.throttle),
                clock: Arc::clone(&self.clock),
            },
        }
    }

    /// The desk where people come from and go to that partner.
    pub(super) fn naver(&self, config: &Config, partner: Arc<dyn PartnerLogIn>) -> NaverDesk {
        let staff = Staff {
            identities: &self.identities,
            accounts: &self.accounts,
            sessions: &self.sessions,
            password: &self.proof,
            clock: &self.clock,
            fresh: config.account.fresh,
        };
        desk(partner, &staff)
    }
}
