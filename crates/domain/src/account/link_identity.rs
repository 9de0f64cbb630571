//! A member wants a partner's log-in to open his account as well.
//!
//! Whoever gets such a link through owns the account from then on, so the wish is bound to the session in which it was
//! uttered, and needs a proof of who that is that is not old: a browser that was left open is none.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use thiserror::Error;

use crate::notice::{Letter, NewMail};
use crate::shared::{ClientAddress, Clock, PortFailure, Timestamp, UserId};

use super::{
    AccountRepository, Arrival, IdentityRepository, LinkFailure, PartnerLogIn, PartnerLogInError, ProvePassword,
    ProvePasswordError, SessionId,
};

/// Links identities to accounts.
pub struct LinkIdentity {
    /// The partner.
    pub partner: Arc<dyn PartnerLogIn>,
    /// Which identity opens which account.
    pub identities: Arc<dyn IdentityRepository>,
    /// Where the owner's address is.
    pub accounts: Arc<dyn AccountRepository>,
    /// Asks for the password where the log-in is long ago.
    pub password: Arc<ProvePassword>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// How long a log-in proves who somebody is.
    pub fresh: Duration,
}

/// Who wants to link, and in which of his sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkIntent {
    /// The account.
    pub user: UserId,
    /// The account's epoch, which is that of the session.
    pub epoch: i64,
    /// The session.
    pub session: SessionId,
}

/// Why a link was not begun.
#[derive(Debug, Error)]
pub enum BeginLinkError {
    /// His log-in is long ago: he has to enter his password.
    #[error("the password is needed")]
    ProofNeeded,
    /// The password was not proven.
    #[error(transparent)]
    Proof(#[from] ProvePasswordError),
}

/// Why nothing was linked.
#[derive(Debug, Error)]
pub enum FinishLinkError {
    /// Nobody is signed in any more, or his sessions ended.
    #[error("the session is over")]
    SessionOver,
    /// Somebody else is signed in by now.
    #[error("another session is under way in that browser")]
    AnotherSession,
    /// The account has an identity of that partner.
    #[error("the account has an identity of that partner already")]
    AlreadyLinked,
    /// The identity opens another account.
    #[error("the identity opens another account")]
    AlreadyInUse,
    /// What the partner said cannot be used.
    #[error(transparent)]
    Partner(#[from] PartnerLogInError),
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<LinkFailure> for FinishLinkError {
    fn from(failure: LinkFailure) -> Self {
        match failure {
            LinkFailure::AlreadyLinked => Self::AlreadyLinked,
            LinkFailure::AlreadyInUse => Self::AlreadyInUse,
            LinkFailure::Stale => Self::SessionOver,
            LinkFailure::Unavailable(failure) => Self::Unavailable(failure),
        }
    }
}

impl LinkIdentity {
    /// Begins a link for somebody who is signed in, and who last proved who he is at that moment.
    pub fn begin(&self, intent: LinkIntent, proven_at: Timestamp) -> Result<LinkIntent, BeginLinkError> {
        if self.clock.now().since(proven_at) <= self.fresh { Ok(intent) } else { Err(BeginLinkError::ProofNeeded) }
    }

    /// Begins a link for somebody who enters his password.
    pub async fn begin_with_password(
        &self,
        intent: LinkIntent,
        password: SecretString,
        address: ClientAddress,
    ) -> Result<LinkIntent, BeginLinkError> {
        self.password.run(intent.user, password, address).await?;
        Ok(intent)
    }

    /// Links whoever the partner says it was, and tells the account's owner. `present` is the session that is under way
    /// in the browser now.
    pub async fn finish(
        &self,
        intent: &LinkIntent,
        present: Option<&SessionId>,
        arrival: &Arrival,
    ) -> Result<(), FinishLinkError> {
        match present {
            None => return Err(FinishLinkError::SessionOver),
            Some(session) if *session != intent.session => return Err(FinishLinkError::AnotherSession),
            Some(_) => {}
        }
        let Arrival { code, secrets, callback } = arrival;
        let profile = self.partner.arrive(code, secrets, callback).await?;
        let owner = self.accounts.credentials_of(intent.user).await?.ok_or(FinishLinkError::SessionOver)?;
        let at = self.clock.now();
        let letter = Letter::IdentityLinked { provider: profile.identity.provider, at };
        let mail = NewMail { to: owner.email, user: Some(intent.user), letter, lapses_at: None, queued_at: at };
        self.identities.link(intent.user, intent.epoch, &profile.identity, &mail).await?;
        tracing::info!(user = %intent.user, provider = profile.identity.provider.name(), "an identity was linked");
        Ok(())
    }
}

#[cfg(test)]
#[path = "link_identity_tests.rs"]
mod tests;
