//! Where payments are kept.

use async_trait::async_trait;
use thiserror::Error;

use crate::order::{ApplyFailure, OrderChange, OrderNumber};
use crate::shared::{PaymentId, PortFailure, Timestamp};

use super::{NewPayment, Payment, PaymentKey, Settlement};

/// Why an intent was not stored. Nothing was.
#[derive(Debug, Error)]
pub enum OpenFailure {
    /// The order, or the attempt to be repeated, moved since it was read.
    #[error("the order has changed")]
    Stale,
    /// A payment with this key exists.
    #[error("the payment key is known already")]
    KeyTaken,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Where payments are kept. Every write is one short transaction that carries its own guard.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait PaymentRepository: Send + Sync {
    /// The payment of that key.
    async fn find(&self, key: &PaymentKey) -> Result<Option<Payment>, PortFailure>;

    /// The payment of that number.
    async fn find_by_id(&self, id: PaymentId) -> Result<Option<Payment>, PortFailure>;

    /// Stores the intent and moves the order to paying, or does neither.
    async fn open(&self, payment: &NewPayment, order: &OrderChange) -> Result<PaymentId, OpenFailure>;

    /// Stores what became of a payment and of its order as one fact: payment, order, stock, ledger, outbox, and for
    /// a paid order its lines leave the buyer's cart. [`ApplyFailure::Stale`] if either moved since it was read.
    async fn settle(&self, settlement: &Settlement) -> Result<(), ApplyFailure>;

    /// Payments that are to be checked at or before `now`, because their outcome is open (requested, awaiting a deposit,
    /// refund due) or because of [`Self::look_again`]: the longest waiting first, at most `limit`.
    async fn due_checks(&self, now: Timestamp, limit: u32) -> Result<Vec<Payment>, PortFailure>;

    /// Makes the open payments of an order due for a check now: somebody heard that their outcome is known. One
    /// statement; does nothing where nothing is open.
    async fn hasten(&self, order: OrderNumber, now: Timestamp) -> Result<(), PortFailure>;

    /// Makes the approved payment of an order due for a look at `check_at`, unless it is due earlier: somebody heard that
    /// its money went back. Does nothing where there is none. However often it is called, one look follows.
    async fn look_again(&self, order: OrderNumber, check_at: Timestamp) -> Result<(), PortFailure>;

    /// Nothing is open about this payment: it is not due for any further check. `payment` is as it was read before it
    /// was claimed; where somebody made it due anew since the claim, it stays due.
    async fn leave(&self, payment: &Payment) -> Result<(), PortFailure>;

    /// Claims a due payment for one check, and makes it due again at `check_at`; whether the claim succeeded. It fails
    /// if the payment was settled, opened anew or claimed by somebody else since it was read: of any number of
    /// instances with the same list, one checks.
    async fn claim(&self, payment: &Payment, check_at: Timestamp) -> Result<bool, PortFailure>;
}
