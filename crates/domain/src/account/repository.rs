//! Where accounts are kept.

use async_trait::async_trait;
use thiserror::Error;

use crate::shared::{PortFailure, Role, UserId};

use super::{Account, Email, HashedPassword, NewAccount};

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
}

/// What a log-in is checked against.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account.
    pub user: UserId,
    /// Its password's hash; `None` where the account has no password.
    pub password: Option<HashedPassword>,
    /// Its standing.
    pub standing: Standing,
}

/// Where accounts are kept.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AccountRepository: Send + Sync {
    /// Stores the account. Of two calls at once with the same address or number, one gets the named refusal.
    async fn add(&self, account: &NewAccount) -> Result<UserId, AddAccountFailure>;

    /// What a log-in with that address is checked against.
    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, PortFailure>;

    /// The account's standing. One statement: every signed-in request asks.
    async fn standing(&self, user: UserId) -> Result<Option<Standing>, PortFailure>;

    /// The account as its owner sees it.
    async fn find(&self, user: UserId) -> Result<Option<Account>, PortFailure>;
}
