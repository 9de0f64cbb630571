//! Somebody who is signed in shows his password once more, before something that a borrowed browser must not do.

use std::sync::Arc;

use secrecy::SecretString;
use thiserror::Error;

use crate::shared::{ClientAddress, PortFailure, UserId};

use super::{AccountRepository, Credentials, GuessQueue, PasswordHasher, Throttle, Throttled};

/// Asks for the password of an account that is signed in. A wrong one counts as a failed log-in: what a guesser is
/// refused at the door he is refused inside as well.
pub struct ProvePassword {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// Compares the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Stops guessers.
    pub throttle: Arc<Throttle>,
    /// One guess after the other.
    pub queue: Arc<GuessQueue>,
}

/// Why nothing was proven.
#[derive(Debug, Error)]
pub enum ProvePasswordError {
    /// It is not the account's password, or the account has none.
    #[error("wrong password")]
    WrongPassword,
    /// Too many failures.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl ProvePassword {
    /// The account, if this is its password.
    pub async fn run(
        &self,
        user: UserId,
        password: SecretString,
        address: ClientAddress,
    ) -> Result<Credentials, ProvePasswordError> {
        let known = self.accounts.credentials_of(user).await?.ok_or(ProvePasswordError::WrongPassword)?;
        self.check(&known, password, address).await?;
        Ok(known)
    }

    /// Whether this is the password of an account whose credentials were just read.
    pub async fn check(
        &self,
        known: &Credentials,
        password: SecretString,
        address: ClientAddress,
    ) -> Result<(), ProvePasswordError> {
        let _turn = self.queue.turn(known.email.as_str(), address).await;
        self.throttle.may_log_in(&known.email, address).await?;
        if self.hasher.verify(password, known.password.clone()).await? {
            return Ok(());
        }
        self.throttle.log_in_failed(&known.email, address).await?;
        Err(ProvePasswordError::WrongPassword)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::account::fixtures::throttle;
    use crate::account::{Email, HashedPassword, MockAccountRepository, MockPasswordHasher, Standing};
    use crate::shared::{Allowance, MockRateLimiter, Role};

    fn credentials() -> Credentials {
        Credentials {
            user: UserId::new(7),
            email: Email::parse("admin@energy-factory.kr").unwrap(),
            password: Some(HashedPassword::new("hash".to_owned())),
            standing: Standing::of_new(Role::Admin),
        }
    }

    fn use_case(hasher: MockPasswordHasher, limiter: MockRateLimiter) -> ProvePassword {
        let mut accounts = MockAccountRepository::new();
        accounts.expect_credentials_of().returning(|_| Ok(Some(credentials())));
        ProvePassword {
            accounts: Arc::new(accounts),
            hasher: Arc::new(hasher),
            throttle: throttle(limiter),
            queue: Arc::default(),
        }
    }

    async fn outcome(use_case: &ProvePassword) -> Result<Credentials, ProvePasswordError> {
        let address = ClientAddress::new([127, 0, 0, 1].into());
        use_case.run(UserId::new(7), SecretString::from("guess"), address).await
    }

    #[tokio::test]
    async fn a_wrong_password_counts_as_a_failed_log_in() {
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_verify().returning(|_, _| Ok(false));
        let mut limiter = MockRateLimiter::new();
        limiter.expect_peek().returning(|_, _, _| Ok(Allowance::Granted));
        limiter.expect_take().times(2).returning(|_, _, _| Ok(Allowance::Granted));
        let outcome = outcome(&use_case(hasher, limiter)).await;
        assert!(matches!(outcome, Err(ProvePasswordError::WrongPassword)), "{outcome:?}");
    }

    #[tokio::test]
    async fn nobody_guesses_beyond_the_limit() {
        let mut limiter = MockRateLimiter::new();
        let retry_after = Duration::from_secs(9);
        limiter.expect_peek().returning(move |_, _, _| Ok(Allowance::Refused { retry_after }));
        // The hasher expects no call.
        let outcome = outcome(&use_case(MockPasswordHasher::new(), limiter)).await;
        assert!(matches!(outcome, Err(ProvePasswordError::Throttled(Throttled::TooMany { .. }))), "{outcome:?}");
    }

    #[tokio::test]
    async fn the_right_password_counts_nothing() {
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_verify().returning(|_, _| Ok(true));
        let mut limiter = MockRateLimiter::new();
        limiter.expect_peek().returning(|_, _, _| Ok(Allowance::Granted));
        assert_eq!(outcome(&use_case(hasher, limiter)).await.unwrap().user, UserId::new(7));
    }
}
