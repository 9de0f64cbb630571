//! An operator decides who runs the shop. Nobody becomes an administrator over the web.

use std::sync::Arc;

use thiserror::Error;

use crate::notice::{Letter, NewMail};
use crate::shared::{Clock, PortFailure, Role, UserId};

use super::{
    AccountRepository, AddAccountFailure, Credentials, Email, NewAccount, Password, PasswordHasher,
    SecondFactorRepository,
};

/// Opens administrators' accounts, and gives and takes the role. Whoever loses or gets it is signed out everywhere: the
/// stores raise the account's epoch. So nothing here needs the store of sessions.
pub struct AppointAdministrators {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// Hashes the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Where second factors are kept.
    pub second_factors: Arc<dyn SecondFactorRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// An administrator who has no account yet.
#[derive(Clone, Debug)]
pub struct NewAdministrator {
    /// With what he signs in.
    pub email: Email,
    /// And with this.
    pub password: Password,
    /// What pages call him; 1 to 100 characters.
    pub name: String,
}

/// Whether something had to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appointed {
    /// It was done. Every session of the account is over.
    Done,
    /// It was so already.
    AlreadySo,
}

/// Why nobody was appointed or dismissed.
#[derive(Debug, Error)]
pub enum AppointError {
    /// The address has an account: that one can be given the role.
    #[error("the e-mail address has an account already")]
    EmailTaken,
    /// Nobody has that address.
    #[error("no account has that e-mail address")]
    NoAccount,
    /// The account is opened by a partner's log-in alone, where a second factor has no place.
    #[error("the account has no password")]
    NoPassword,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<AddAccountFailure> for AppointError {
    fn from(failure: AddAccountFailure) -> Self {
        match failure {
            // A new administrator has no number that could be taken.
            AddAccountFailure::EmailTaken | AddAccountFailure::PhoneTaken => Self::EmailTaken,
            AddAccountFailure::Unavailable(failure) => Self::Unavailable(failure),
        }
    }
}

impl AppointAdministrators {
    /// Opens an administrator's account.
    pub async fn create(&self, administrator: NewAdministrator) -> Result<UserId, AppointError> {
        let NewAdministrator { email, password, name } = administrator;
        let account = NewAccount {
            email,
            password: Some(self.hasher.hash(password).await?),
            name,
            phone: None,
            birth_date: None,
            address: None,
            role: Role::Admin,
            created_at: self.clock.now(),
        };
        Ok(self.accounts.add(&account).await?)
    }

    /// Gives an account the role.
    pub async fn grant(&self, email: &Email) -> Result<Appointed, AppointError> {
        let known = self.known(email).await?;
        if known.password.is_none() {
            return Err(AppointError::NoPassword);
        }
        self.change_role(known, Role::Admin).await
    }

    /// Takes the role away. A second factor stays, and is still asked for.
    pub async fn revoke(&self, email: &Email) -> Result<Appointed, AppointError> {
        let known = self.known(email).await?;
        self.change_role(known, Role::User).await
    }

    /// Removes the second factor of somebody who lost it and his recovery codes too.
    pub async fn reset_second_factor(&self, email: &Email) -> Result<Appointed, AppointError> {
        let known = self.known(email).await?;
        let at = self.clock.now();
        let mail = NewMail {
            to: known.email,
            user: Some(known.user),
            letter: Letter::SecondFactorRemoved { at },
            lapses_at: None,
            queued_at: at,
        };
        let removed = self.second_factors.remove(known.user, &mail).await?;
        Ok(if removed.is_some() { Appointed::Done } else { Appointed::AlreadySo })
    }

    async fn known(&self, email: &Email) -> Result<Credentials, AppointError> {
        self.accounts.credentials(email).await?.ok_or(AppointError::NoAccount)
    }

    async fn change_role(&self, known: Credentials, role: Role) -> Result<Appointed, AppointError> {
        if known.standing.role == role {
            return Ok(Appointed::AlreadySo);
        }
        if !self.accounts.change_role(&known.email, role, self.clock.now()).await? {
            return Err(AppointError::NoAccount);
        }
        Ok(Appointed::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{
        HashedPassword, MockAccountRepository, MockPasswordHasher, MockSecondFactorRepository, Standing,
    };
    use crate::shared::ManualClock;
    use crate::testing::at;

    fn email() -> Email {
        Email::parse("admin@energy-factory.kr").unwrap()
    }

    fn credentials(role: Role, password: Option<&str>) -> Credentials {
        Credentials {
            user: UserId::new(7),
            email: email(),
            password: password.map(|hash| HashedPassword::new(hash.to_owned())),
            standing: Standing::of_new(role),
        }
    }

    fn knows(known: Option<Credentials>) -> MockAccountRepository {
        let mut accounts = MockAccountRepository::new();
        accounts.expect_credentials().returning(move |_| Ok(known.clone()));
        accounts
    }

    fn use_case(accounts: MockAccountRepository, second_factors: MockSecondFactorRepository) -> AppointAdministrators {
        AppointAdministrators {
            accounts: Arc::new(accounts),
            hasher: Arc::new(MockPasswordHasher::new()),
            second_factors: Arc::new(second_factors),
            clock: Arc::new(ManualClock::at(at(0))),
        }
    }

    #[tokio::test]
    async fn a_role_that_is_there_already_ends_no_session() {
        // The repository expects no change of role.
        let accounts = knows(Some(credentials(Role::Admin, Some("hash"))));
        let outcome = use_case(accounts, MockSecondFactorRepository::new()).grant(&email()).await;
        assert_eq!(outcome.unwrap(), Appointed::AlreadySo);
        let accounts = knows(Some(credentials(Role::User, Some("hash"))));
        let outcome = use_case(accounts, MockSecondFactorRepository::new()).revoke(&email()).await;
        assert_eq!(outcome.unwrap(), Appointed::AlreadySo);
    }

    #[tokio::test]
    async fn an_account_without_a_password_is_not_given_the_role() {
        let accounts = knows(Some(credentials(Role::User, None)));
        let outcome = use_case(accounts, MockSecondFactorRepository::new()).grant(&email()).await;
        assert!(matches!(outcome, Err(AppointError::NoPassword)), "{outcome:?}");
    }

    #[tokio::test]
    async fn an_address_that_nobody_has_is_named() {
        let use_case = use_case(knows(None), MockSecondFactorRepository::new());
        for outcome in [
            use_case.grant(&email()).await,
            use_case.revoke(&email()).await,
            use_case.reset_second_factor(&email()).await,
        ] {
            assert!(matches!(outcome, Err(AppointError::NoAccount)), "{outcome:?}");
        }
    }

    #[tokio::test]
    async fn a_lost_factor_is_removed_once() {
        for (epoch, expected) in [(Some(1), Appointed::Done), (None, Appointed::AlreadySo)] {
            let mut second_factors = MockSecondFactorRepository::new();
            second_factors.expect_remove().returning(move |_, _| Ok(epoch));
            let accounts = knows(Some(credentials(Role::Admin, Some("hash"))));
            let outcome = use_case(accounts, second_factors).reset_second_factor(&email()).await;
            assert_eq!(outcome.unwrap(), expected);
        }
    }
}
