//! A member does not want a partner's log-in to open his account any more.

use std::sync::Arc;

use secrecy::SecretString;
use thiserror::Error;

use crate::notice::{Letter, NewMail};
use crate::shared::{Actor, ClientAddress, Clock, PortFailure};

use super::{
    AccountRepository, IdentityProvider, IdentityRepository, ProvePassword, ProvePasswordError, UnlinkFailure,
};

/// Removes identities from accounts.
pub struct UnlinkIdentity {
    /// Which identity opens which account.
    pub identities: Arc<dyn IdentityRepository>,
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// Asks for the password.
    pub password: Arc<ProvePassword>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// What the page sends.
#[derive(Clone, Debug)]
pub struct UnlinkIdentityCommand {
    /// Who.
    pub actor: Actor,
    /// Whose log-in.
    pub provider: IdentityProvider,
    /// His password, which will be all that opens the account.
    pub password: SecretString,
    /// From where.
    pub address: ClientAddress,
}

/// Why nothing was removed.
#[derive(Debug, Error)]
pub enum UnlinkIdentityError {
    /// The password was not proven.
    #[error(transparent)]
    Proof(#[from] ProvePasswordError),
    /// The account has no such identity.
    #[error("the account has no such identity")]
    NotLinked,
    /// Nothing else opens the account: its owner sets a password first, by a mail to its address.
    #[error("nothing else opens the account")]
    LastWayIn,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<UnlinkFailure> for UnlinkIdentityError {
    fn from(failure: UnlinkFailure) -> Self {
        match failure {
            UnlinkFailure::NotLinked => Self::NotLinked,
            UnlinkFailure::LastWayIn => Self::LastWayIn,
            UnlinkFailure::Unavailable(failure) => Self::Unavailable(failure),
        }
    }
}

impl UnlinkIdentity {
    /// Removes the identity and tells the owner.
    pub async fn run(&self, command: UnlinkIdentityCommand) -> Result<(), UnlinkIdentityError> {
        let UnlinkIdentityCommand { actor, provider, password, address } = command;
        let known = self.accounts.credentials_of(actor.user).await?.ok_or(UnlinkIdentityError::NotLinked)?;
        if known.password.is_none() {
            return Err(UnlinkIdentityError::LastWayIn);
        }
        self.password.check(&known, password, address).await?;
        let at = self.clock.now();
        let letter = Letter::IdentityUnlinked { provider, at };
        let mail = NewMail { to: known.email, user: Some(actor.user), letter, lapses_at: None, queued_at: at };
        self.identities.unlink(actor.user, provider, &mail).await?;
        tracing::info!(user = %actor.user, provider = provider.name(), "an identity was unlinked");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::fixtures::{caller, throttle};
    use crate::account::{
        Credentials, Email, HashedPassword, MockAccountRepository, MockIdentityRepository, MockPasswordHasher, Standing,
    };
    use crate::shared::{Allowance, ManualClock, MockRateLimiter, Role, UserId};
    use crate::testing::at;

    fn use_case(password: Option<&'static str>, right: bool, unlinked: usize) -> UnlinkIdentity {
        let mut accounts = MockAccountRepository::new();
        accounts.expect_credentials_of().returning(move |user| {
            Ok(Some(Credentials {
                user,
                email: Email::parse("member@energy-factory.kr").unwrap(),
                password: password.map(|hash| HashedPassword::new(hash.to_owned())),
                standing: Standing::of_new(Role::User),
            }))
        });
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_verify().returning(move |_, _| Ok(right));
        let mut limiter = MockRateLimiter::new();
        limiter.expect_peek().returning(|_, _, _| Ok(Allowance::Granted));
        limiter.expect_take().returning(|_, _, _| Ok(Allowance::Granted));
        let mut identities = MockIdentityRepository::new();
        identities
            .expect_unlink()
            .times(unlinked)
            .withf(|_, _, mail| mail.letter.kind() == "IDENTITY_UNLINKED")
            .returning(|_, _, _| Ok(()));
        let accounts: Arc<dyn AccountRepository> = Arc::new(accounts);
        UnlinkIdentity {
            identities: Arc::new(identities),
            accounts: Arc::clone(&accounts),
            password: Arc::new(ProvePassword {
                accounts,
                hasher: Arc::new(hasher),
                throttle: throttle(limiter),
                queue: Arc::default(),
            }),
            clock: Arc::new(ManualClock::at(at(0))),
        }
    }

    async fn outcome(use_case: UnlinkIdentity) -> Result<(), UnlinkIdentityError> {
        let command = UnlinkIdentityCommand {
            actor: Actor { user: UserId::new(7), role: Role::User },
            provider: IdentityProvider::Naver,
            password: "typed".into(),
            address: caller().address,
        };
        use_case.run(command).await
    }

    #[tokio::test]
    async fn the_password_unlinks_and_a_guess_does_not() {
        outcome(use_case(Some("hash"), true, 1)).await.unwrap();
        let guessed = outcome(use_case(Some("hash"), false, 0)).await;
        assert!(matches!(guessed, Err(UnlinkIdentityError::Proof(ProvePasswordError::WrongPassword))), "{guessed:?}");
    }

    #[tokio::test]
    async fn an_account_without_a_password_keeps_its_last_way_in() {
        let outcome = outcome(use_case(None, false, 0)).await;
        assert!(matches!(outcome, Err(UnlinkIdentityError::LastWayIn)), "{outcome:?}");
    }
}
