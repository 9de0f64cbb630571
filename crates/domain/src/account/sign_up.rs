//! Somebody joins.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Clock, PortFailure, Role, UserId};

use super::repository::Standing;
use super::{
    AccountRepository, AddAccountFailure, BirthDate, Caller, Email, NewAccount, Password, PasswordHasher, Phone,
    Sessions, SignedIn, Throttle, Throttled,
};

/// Opens accounts.
pub struct SignUp {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// Hashes the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Signs the new member in.
    pub sessions: Arc<Sessions>,
    /// Stops those who open accounts by the hundred.
    pub throttle: Arc<Throttle>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// What the sign-up form sends.
#[derive(Clone, Debug)]
pub struct SignUpCommand {
    /// 1 to 100 characters.
    pub name: String,
    /// Unique.
    pub email: Email,
    /// Meets the policy.
    pub password: Password,
    /// Unique.
    pub phone: Phone,
    /// A real day.
    pub birth_date: BirthDate,
    /// 1 to 500 characters.
    pub address: String,
    /// From where.
    pub caller: Caller,
}

/// Somebody who joined.
#[derive(Debug)]
pub struct NewMember {
    /// His account.
    pub user: UserId,
    /// His first session, if one could be had.
    pub session: Option<SignedIn>,
}

/// Why nobody joined.
#[derive(Debug, Error)]
pub enum SignUpError {
    /// The e-mail address has an account.
    #[error("the e-mail address has an account already")]
    EmailTaken,
    /// The telephone number has an account.
    #[error("the telephone number has an account already")]
    PhoneTaken,
    /// Too many sign-ups from there.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<AddAccountFailure> for SignUpError {
    fn from(failure: AddAccountFailure) -> Self {
        match failure {
            AddAccountFailure::EmailTaken => Self::EmailTaken,
            AddAccountFailure::PhoneTaken => Self::PhoneTaken,
            AddAccountFailure::Unavailable(failure) => Self::Unavailable(failure),
        }
    }
}

impl SignUp {
    /// Opens the account and signs its owner in: the front end goes on as a member. An account that was opened is an
    /// account, even where no session can be had at the moment; its owner signs in later.
    pub async fn run(&self, command: SignUpCommand) -> Result<NewMember, SignUpError> {
        self.throttle.sign_up(command.caller.address).await?;
        let account = NewAccount {
            password: Some(self.hasher.hash(command.password).await?),
            email: command.email,
            name: command.name,
            phone: Some(command.phone),
            birth_date: Some(command.birth_date),
            address: Some(command.address),
            role: Role::User,
            created_at: self.clock.now(),
        };
        let user = self.accounts.add(&account).await?;
        let session = self.sessions.begin_if_possible(user, Standing::of_new(Role::User), &command.caller.device).await;
        Ok(NewMember { user, session })
    }
}
