//! How often people may try: the limits of everything that proves who somebody is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::shared::{Allowance, ClientAddress, Clock, Limit, LimitKey, PortFailure, RateLimiter, UserId};

use super::{Email, SessionId};

/// The limits, all of them configuration.
#[derive(Clone, Copy, Debug)]
pub struct AccountLimits {
    /// Sign-ups from one address.
    pub sign_up: Limit,
    /// Failed log-ins to one account from one address: a guesser locks himself out and nobody else.
    pub log_in_failures: Limit,
    /// Failed log-ins from one address, to whatever account.
    pub log_in_failures_of_address: Limit,
    /// Refreshes of one session.
    pub refresh: Limit,
    /// Reset mails to one account, at short range.
    pub reset_mail: Limit,
    /// Reset mails to one account, at long range.
    pub reset_mail_long: Limit,
    /// Reset mails that one address asks for.
    pub reset_mail_of_address: Limit,
    /// Attempts from one address to enter a code or a reset token.
    pub verification_of_address: Limit,
}

/// Why somebody has to wait.
#[derive(Debug, Error)]
pub enum Throttled {
    /// He tried too often.
    #[error("tried too often")]
    TooMany {
        /// How long he has to wait.
        retry_after: Duration,
    },
    /// Nobody can count: then nobody may try.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Applies the limits.
pub struct Throttle {
    /// Counts.
    pub limiter: Arc<dyn RateLimiter>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// How much is too much.
    pub limits: AccountLimits,
}

impl Throttle {
    /// One more sign-up from there.
    pub async fn sign_up(&self, address: ClientAddress) -> Result<(), Throttled> {
        self.take(&LimitKey::new("sign-up", &[&address]), self.limits.sign_up).await
    }

    /// Whether a log-in may be tried. Only failures count, so this counts nothing.
    pub async fn may_log_in(
        &self,
        account: &(dyn fmt::Display + Sync),
        address: ClientAddress,
    ) -> Result<(), Throttled> {
        self.peek(&address_key(address), self.limits.log_in_failures_of_address).await?;
        self.peek(&account_key(account, address), self.limits.log_in_failures).await
    }

    /// One more failed log-in. Of guesses that were sent at once, those beyond a limit learn nothing but that: neither
    /// that they were wrong nor anything else.
    pub async fn log_in_failed(
        &self,
        account: &(dyn fmt::Display + Sync),
        address: ClientAddress,
    ) -> Result<(), Throttled> {
        self.take(&address_key(address), self.limits.log_in_failures_of_address).await?;
        self.take(&account_key(account, address), self.limits.log_in_failures).await
    }

    /// Somebody proved who he is: his earlier failures were typing errors.
    pub async fn log_in_succeeded(&self, account: &(dyn fmt::Display + Sync), address: ClientAddress) {
        self.forget(&account_key(account, address)).await;
    }

    /// One more refresh of that session.
    pub async fn refresh(&self, session: &SessionId) -> Result<(), Throttled> {
        self.take(&LimitKey::new("refresh", &[&session.as_str()]), self.limits.refresh).await
    }

    /// One more reset mail to that address, whether it has an account or not.
    pub async fn reset_mail(&self, email: &Email, address: ClientAddress) -> Result<(), Throttled> {
        let limits = self.limits;
        self.take(&LimitKey::new("reset-mail-of-address", &[&address]), limits.reset_mail_of_address).await?;
        self.take(&LimitKey::new("reset-mail", &[email]), limits.reset_mail).await?;
        self.take(&LimitKey::new("reset-mail-long", &[email]), limits.reset_mail_long).await
    }

    /// One more code or reset token from there.
    pub async fn verification(&self, address: ClientAddress) -> Result<(), Throttled> {
        self.take(&LimitKey::new("verification-of-address", &[&address]), self.limits.verification_of_address).await
    }

    /// One more attempt at that account's second factor, from wherever: as many as log-ins may fail. Nobody gets this far
    /// without its password, so nobody else can lock its owner out.
    pub async fn second_factor(&self, user: UserId) -> Result<(), Throttled> {
        self.take(&second_factor_key(user), self.limits.log_in_failures).await
    }

    /// The account's owner has its second factor: his earlier attempts were typing errors.
    pub async fn second_factor_succeeded(&self, user: UserId) {
        self.forget(&second_factor_key(user)).await;
    }

    /// What was proven stays proven though its typing errors go on counting until their time is over.
    async fn forget(&self, key: &LimitKey) {
        if let Err(failure) = self.limiter.forget(key).await {
            tracing::warn!(error = failure.chain(), "earlier failures of somebody who proved who he is still count");
        }
    }

    async fn take(&self, key: &LimitKey, limit: Limit) -> Result<(), Throttled> {
        allowed(self.limiter.take(key, limit, self.clock.now()).await?)
    }

    async fn peek(&self, key: &LimitKey, limit: Limit) -> Result<(), Throttled> {
        allowed(self.limiter.peek(key, limit, self.clock.now()).await?)
    }
}

fn allowed(allowance: Allowance) -> Result<(), Throttled> {
    match allowance {
        Allowance::Granted => Ok(()),
        Allowance::Refused { retry_after } => Err(Throttled::TooMany { retry_after }),
    }
}

fn address_key(address: ClientAddress) -> LimitKey {
    LimitKey::new("log-in-failures-of-address", &[&address])
}

fn second_factor_key(user: UserId) -> LimitKey {
    LimitKey::new("second-factor", &[&user])
}

fn account_key(account: &(dyn fmt::Display + Sync), address: ClientAddress) -> LimitKey {
    LimitKey::new("log-in-failures", &[account, &address])
}
