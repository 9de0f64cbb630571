//! Where accounts are kept.

use async_trait::async_trait;
use thiserror::Error;

use crate::notice::NewMail;
use crate::shared::{PortFailure, Role, Timestamp, UserId};

use super::{Account, BirthDate, Email, HashedPassword, NewAccount};

/// Why an account was not stored.
#[derive(Debug, Error)]
pub enum AddAccountFailure {
    /// The e-mail address has an account.
    #[error("the e-mail address has an account already")]
    EmailTaken,
    /// The telephone number has an account.
    #[error("the telephone number has an account already")]
    PhoneTaken,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// What decides, on every request, whether a signed-in person still is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the account may do now, whatever a token says.
    pub role: Role,
    /// Sessions that began under an earlier epoch are over.
    pub session_epoch: i64,
    /// Whether its log-in asks for a second factor.
    pub second_factor: bool,
}

impl Standing {
    /// The standing of an account that was just opened.
    pub const fn of_new(role: Role) -> Self {
        Self { role, session_epoch: 0, second_factor: false }
    }
}

/// What a log-in is checked against.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account.
    pub user: UserId,
    /// Its address.
    pub email: Email,
    /// Its password's hash; `None` where the account has no password.
    pub password: Option<HashedPassword>,
    /// Its standing.
    pub standing: Standing,
}

/// A new password, decided on what was read before.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// Whose.
    pub user: UserId,
    /// The epoch that the account had when its owner was asked for the old password.
    pub epoch: i64,
    /// The new one.
    pub password: HashedPassword,
    /// What its owner is told.
    pub mail: NewMail,
    /// Now.
    pub at: Timestamp,
}

/// Why a password was not changed.
#[derive(Debug, Error)]
pub enum ChangePasswordFailure {
    /// The account has another epoch by now, or is gone: whoever asked is signed out.
    #[error("the account has changed")]
    Stale,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Where accounts are kept. An account that was closed is found by nothing but its id's orders.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AccountRepository: Send + Sync {
    /// Stores the account. Of two calls at once with the same address or number, one gets the named refusal.
    async fn add(&self, account: &NewAccount) -> Result<UserId, AddAccountFailure>;

    /// What a log-in with that address is checked against.
    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, PortFailure>;

    /// What a second proof of somebody signed in is checked against.
    async fn credentials_of(&self, user: UserId) -> Result<Option<Credentials>, PortFailure>;

    /// The account's standing. One statement: every signed-in request asks.
    async fn standing(&self, user: UserId) -> Result<Option<Standing>, PortFailure>;

    /// The account as its owner sees it. One statement.
    async fn find(&self, user: UserId) -> Result<Option<Account>, PortFailure>;

    /// Puts another hash of the same password in place of `old`; does nothing if that is not the hash any more.
    async fn replace_hash(&self, user: UserId, old: &HashedPassword, new: &HashedPassword) -> Result<(), PortFailure>;

    /// Stores the new password, ends every session by raising the account's epoch and queues the mail, or does none of
    /// it; the new epoch.
    async fn change_password(&self, change: &PasswordChange) -> Result<i64, ChangePasswordFailure>;

    /// Stores date of birth and address; `false` where there is no such account.
    async fn complete(
        &self,
        user: UserId,
        birth_date: BirthDate,
        address: &str,
        now: Timestamp,
    ) -> Result<bool, PortFailure>;

    /// Gives the account another role, which ends every session; `false` where no account has that address.
    async fn change_role(&self, email: &Email, role: Role, now: Timestamp) -> Result<bool, PortFailure>;

    /// Closes the account: whatever tells who its owner was is removed from it, and so are its password, identities,
    /// second factor, addresses and cart; every session ends; the mail is queued. Orders and payments stay, with the
    /// recipients that the law wants kept. `false` where it was closed before.
    async fn close(&self, user: UserId, mail: &NewMail) -> Result<bool, PortFailure>;
}
