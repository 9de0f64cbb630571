//! A partner says that somebody cut the link to us over there, or closed his account.

use std::sync::Arc;

use thiserror::Error;

use crate::notice::{Letter, NewMail};
use crate::shared::{Clock, PortFailure};

use super::{AccountRepository, IdentityRepository, PartnerLogIn};

/// Believes partners' notices and does what they say.
pub struct EndLink {
    /// The partner.
    pub partner: Arc<dyn PartnerLogIn>,
    /// Which identity opens which account.
    pub identities: Arc<dyn IdentityRepository>,
    /// Where the owner's address is.
    pub accounts: Arc<dyn AccountRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Why a notice changed nothing.
#[derive(Debug, Error)]
pub enum EndLinkError {
    /// It is not the partner's, not for us, or stale.
    #[error("the notice is not to be believed")]
    NotGenuine,
    /// A dependency is down, and the partner does not say it again.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl EndLink {
    /// Removes the identity of the notice and tells the account's owner. An identity that opens nothing is removed as
    /// wished.
    pub async fn run(&self, notice: &[u8]) -> Result<(), EndLinkError> {
        let at = self.clock.now();
        let identity = self.partner.ended_link(notice, at).ok_or(EndLinkError::NotGenuine)?;
        let Some((user, _)) = self.identities.find(&identity).await? else { return Ok(()) };
        let Some(owner) = self.accounts.credentials_of(user).await? else { return Ok(()) };
        let letter = Letter::IdentityUnlinked { provider: identity.provider, at };
        let mail = NewMail { to: owner.email, user: Some(user), letter, lapses_at: None, queued_at: at };
        let forgotten = self.identities.forget(user, &identity, &mail).await?;
        tracing::info!(%user, forgotten, "a partner ended a link");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{MockAccountRepository, MockIdentityRepository, MockPartnerLogIn};
    use crate::shared::ManualClock;
    use crate::testing::at;

    #[tokio::test]
    async fn a_notice_that_is_not_the_partners_changes_nothing() {
        let mut partner = MockPartnerLogIn::new();
        partner.expect_ended_link().returning(|_, _| None);
        let use_case = EndLink {
            partner: Arc::new(partner),
            identities: Arc::new(MockIdentityRepository::new()),
            accounts: Arc::new(MockAccountRepository::new()),
            clock: Arc::new(ManualClock::at(at(0))),
        };
        assert!(matches!(use_case.run(b"clientId=x").await, Err(EndLinkError::NotGenuine)));
    }
}
