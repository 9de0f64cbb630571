//! Where a member's addresses are kept.

use async_trait::async_trait;
use thiserror::Error;

use crate::order::Recipient;
use crate::shared::{AddressId, PortFailure, Timestamp, UserId};

/// An address in somebody's book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedAddress {
    /// The address.
    pub id: AddressId,
    /// Who gets a parcel there, and where it is.
    pub recipient: Recipient,
    /// Whether an order goes there unless its buyer says otherwise.
    pub is_default: bool,
}

/// Why an address was not added.
#[derive(Debug, Error)]
pub enum AddAddressFailure {
    /// The book is full.
    #[error("the address book is full")]
    Full,
    /// The account is closed.
    #[error("the account is closed")]
    Closed,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Where addresses are kept. A book that is not empty has exactly one default, whatever happens to it at once.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AddressBook: Send + Sync {
    /// The user's addresses, in the order in which they were added. One statement.
    async fn list(&self, user: UserId) -> Result<Vec<SavedAddress>, PortFailure>;

    /// Adds an address unless the book holds `most` already; the first one of a book is its default.
    async fn add(
        &self,
        user: UserId,
        recipient: &Recipient,
        most: usize,
        now: Timestamp,
    ) -> Result<SavedAddress, AddAddressFailure>;

    /// Changes an address of the user's; as it is then, or `None` if he has no such address.
    async fn change(
        &self,
        user: UserId,
        id: AddressId,
        recipient: &Recipient,
        now: Timestamp,
    ) -> Result<Option<SavedAddress>, PortFailure>;

    /// Removes an address of the user's; `false` if he has no such address. After the default one, the oldest that is
    /// left is the default.
    async fn remove(&self, user: UserId, id: AddressId, now: Timestamp) -> Result<bool, PortFailure>;

    /// Makes an address of the user's the default; as it is then, or `None` if he has no such address.
    async fn make_default(
        &self,
        user: UserId,
        id: AddressId,
        now: Timestamp,
    ) -> Result<Option<SavedAddress>, PortFailure>;
}
