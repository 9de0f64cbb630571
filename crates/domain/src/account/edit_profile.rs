//! A member looks at his account and completes it.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Actor, Clock, PortFailure};

use super::{Account, AccountRepository, BirthDate};

/// Shows and completes accounts.
pub struct EditProfile {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Why an account was neither shown nor completed.
#[derive(Debug, Error)]
pub enum EditProfileError {
    /// The account is gone.
    #[error("signed out meanwhile")]
    SignedOut,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl EditProfile {
    /// The actor's account.
    pub async fn show(&self, actor: &Actor) -> Result<Account, EditProfileError> {
        self.accounts.find(actor.user).await?.ok_or(EditProfileError::SignedOut)
    }

    /// Stores date of birth and address, of 1 to 500 characters; the account as it is then.
    pub async fn complete(
        &self,
        actor: &Actor,
        birth_date: BirthDate,
        address: &str,
    ) -> Result<Account, EditProfileError> {
        if !self.accounts.complete(actor.user, birth_date, address, self.clock.now()).await? {
            return Err(EditProfileError::SignedOut);
        }
        self.show(actor).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::MockAccountRepository;
    use crate::shared::ManualClock;
    use crate::testing::{BUYER, at};

    fn edit(accounts: MockAccountRepository) -> EditProfile {
        EditProfile { accounts: Arc::new(accounts), clock: Arc::new(ManualClock::at(at(0))) }
    }

    #[tokio::test]
    async fn an_account_that_is_gone_is_neither_shown_nor_completed() {
        let mut accounts = MockAccountRepository::new();
        accounts.expect_find().returning(|_| Ok(None));
        accounts.expect_complete().returning(|_, _, _, _| Ok(false));
        let edit = edit(accounts);
        let birth_date = BirthDate::parse("1991-03-04", at(0)).unwrap();
        assert!(matches!(edit.show(&BUYER).await, Err(EditProfileError::SignedOut)));
        assert!(matches!(edit.complete(&BUYER, birth_date, "서울").await, Err(EditProfileError::SignedOut)));
    }
}
