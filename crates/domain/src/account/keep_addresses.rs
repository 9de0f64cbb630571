//! A member keeps his addresses.

use std::sync::Arc;

use thiserror::Error;

use crate::order::Recipient;
use crate::shared::{Actor, AddressId, Clock, PortFailure};

use super::{AddAddressFailure, AddressBook, SavedAddress};

/// Keeps address books.
pub struct KeepAddresses {
    /// Where addresses are kept.
    pub book: Arc<dyn AddressBook>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Why a book stays as it is.
#[derive(Debug, Error)]
pub enum KeepAddressesError {
    /// The actor has no such address. Those of others are as unknown as those that never were.
    #[error("there is no such address")]
    NotFound,
    /// The book is full.
    #[error("the address book holds {} addresses at most", KeepAddresses::MOST)]
    Full,
    /// The account is gone.
    #[error("signed out meanwhile")]
    SignedOut,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<AddAddressFailure> for KeepAddressesError {
    fn from(failure: AddAddressFailure) -> Self {
        match failure {
            AddAddressFailure::Full => Self::Full,
            AddAddressFailure::Closed => Self::SignedOut,
            AddAddressFailure::Unavailable(failure) => Self::Unavailable(failure),
        }
    }
}

impl KeepAddresses {
    /// The most addresses of one book.
    pub const MOST: usize = 20;

    /// The actor's addresses, in the order in which they were added.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<SavedAddress>, PortFailure> {
        self.book.list(actor.user).await
    }

    /// Adds an address.
    pub async fn add(&self, actor: &Actor, recipient: &Recipient) -> Result<SavedAddress, KeepAddressesError> {
        Ok(self.book.add(actor.user, recipient, Self::MOST, self.clock.now()).await?)
    }

    /// Changes an address of the actor's.
    pub async fn change(
        &self,
        actor: &Actor,
        id: AddressId,
        recipient: &Recipient,
    ) -> Result<SavedAddress, KeepAddressesError> {
        let changed = self.book.change(actor.user, id, recipient, self.clock.now()).await?;
        changed.ok_or(KeepAddressesError::NotFound)
    }

    /// Removes an address of the actor's.
    pub async fn remove(&self, actor: &Actor, id: AddressId) -> Result<(), KeepAddressesError> {
        let is_removed = self.book.remove(actor.user, id, self.clock.now()).await?;
        is_removed.then_some(()).ok_or(KeepAddressesError::NotFound)
    }

    /// Makes an address of the actor's the default.
    pub async fn make_default(&self, actor: &Actor, id: AddressId) -> Result<SavedAddress, KeepAddressesError> {
        let changed = self.book.make_default(actor.user, id, self.clock.now()).await?;
        changed.ok_or(KeepAddressesError::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::MockAddressBook;
    use crate::shared::ManualClock;
    use crate::testing::{BUYER, at, recipient};

    fn keep(book: MockAddressBook) -> KeepAddresses {
        KeepAddresses { book: Arc::new(book), clock: Arc::new(ManualClock::at(at(0))) }
    }

    #[tokio::test]
    async fn an_address_that_the_actor_does_not_have_is_not_found() {
        let mut book = MockAddressBook::new();
        book.expect_change().returning(|_, _, _, _| Ok(None));
        book.expect_remove().returning(|_, _, _| Ok(false));
        book.expect_make_default().returning(|_, _, _| Ok(None));
        let (keep, id) = (keep(book), AddressId::new(3));
        assert!(matches!(keep.change(&BUYER, id, &recipient()).await, Err(KeepAddressesError::NotFound)));
        assert!(matches!(keep.remove(&BUYER, id).await, Err(KeepAddressesError::NotFound)));
        assert!(matches!(keep.make_default(&BUYER, id).await, Err(KeepAddressesError::NotFound)));
    }

    #[tokio::test]
    async fn a_full_book_and_a_closed_account_take_no_address() {
        let mut book = MockAddressBook::new();
        book.expect_add()
            .times(1)
            .withf(|_, _, most, _| *most == 20)
            .returning(|_, _, _, _| Err(AddAddressFailure::Full));
        book.expect_add().returning(|_, _, _, _| Err(AddAddressFailure::Closed));
        let keep = keep(book);
        assert!(matches!(keep.add(&BUYER, &recipient()).await, Err(KeepAddressesError::Full)));
        assert!(matches!(keep.add(&BUYER, &recipient()).await, Err(KeepAddressesError::SignedOut)));
    }
}
