//! The port to the payment partner.

use async_trait::async_trait;

use crate::order::OrderNumber;
use crate::shared::{PortFailure, Timestamp, Won};

use super::{Deposit, IdempotencyKey, PaymentKey, PaymentMethod, RefundAccount};

/// The partner's statuses of a payment whose money went back whole.
const BACK: [&str; 2] = ["CANCELED", "PARTIAL_CANCELED"];

/// Take the money of a payment that the buyer authorised in the partner's window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmRequest {
    /// The payment.
    pub key: PaymentKey,
    /// The order that it pays.
    pub order: OrderNumber,
    /// How much.
    pub amount: Won,
    /// The same for every repeat of this attempt.
    pub idempotency_key: IdempotencyKey,
}

/// What the partner says it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The order that the partner has the payment for.
    pub order: Option<OrderNumber>,
    /// How much; `None` if it is not an amount in won.
    pub amount: Option<Won>,
    /// How the buyer paid.
    pub method: PaymentMethod,
    /// When.
    pub approved_at: Timestamp,
}

/// Why the money was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    /// The partner's code.
    pub code: String,
    /// What follows from it.
    pub kind: DeclineKind,
}

/// What follows from a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclineKind {
    /// Final for this payment: the buyer must pay anew.
    Final,
    /// Nothing happened, and the same payment may be tried again.
    Repeatable,
    /// Nothing happened because of a fault of ours (keys, malformed request): somebody must look.
    OurFault,
}

/// The three definite outcomes of a confirm. The fourth, unknown, is the `Err` of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmOutcome {
    /// The money was taken.
    Approved(Approval),
    /// A virtual account was issued; no money yet.
    DepositPending(Deposit),
    /// The money was definitely not taken.
    Declined(Decline),
    /// The request never left: the partner could not be reached.
    NotSent,
}

/// What the partner knows of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookUp {
    /// No such payment (yet: right after a lost confirm it may still appear).
    NotFound,
    /// What it is.
    Found(PartnerView),
}

/// A payment as the partner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartnerView {
    /// The buyer authorised it and nobody confirmed it: the confirm never arrived.
    Unconfirmed,
    /// A virtual account waits.
    DepositPending(Deposit),
    /// The money was taken.
    Approved(Approval),
    /// It is over without money: aborted, expired or cancelled in full.
    Closed {
        /// The partner's status.
        code: String,
    },
    /// A status that this shop does not know what to make of.
    Unclear {
        /// The partner's status.
        code: String,
    },
}

impl PartnerView {
    /// Whether the money of a payment that was taken went back whole.
    pub fn went_back(&self) -> bool {
        matches!(self, Self::Closed { code } if BACK.contains(&code.as_str()))
    }
}

/// Give the money back, or close an account that waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancelRequest {
    /// The payment.
    pub key: PaymentKey,
    /// Why, for the partner's records; up to 200 characters.
    pub reason: String,
    /// The same for every repeat of this cancellation.
    pub idempotency_key: IdempotencyKey,
    /// Where a deposit's money goes back to.
    pub account: Option<RefundAccount>,
}

/// The definite outcomes of a cancellation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// The whole amount went back (or had gone back before).
    Cancelled,
    /// Refused.
    Refused(Decline),
}

/// The payment partner. Calls are bounded in time by the adapter; no caller holds a transaction across one.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Takes the money. `Err` means that nobody knows whether it was taken.
    async fn confirm(&self, request: &ConfirmRequest) -> Result<ConfirmOutcome, PortFailure>;

    /// Asks what became of a payment. Changes nothing.
    async fn look_up(&self, key: &PaymentKey) -> Result<LookUp, PortFailure>;

    /// Gives all of the money back. `Err` means that nobody knows whether it went.
    async fn cancel(&self, request: &CancelRequest) -> Result<CancelOutcome, PortFailure>;
}
