//! What a fact about a payment means for the payment and its order: the decision, without any IO.

use crate::order::{Decision, Order, OrderChange, OrderTransitionError, RefundRequest};
use crate::shared::{PaymentId, Timestamp, Version};

use super::{Approval, Decline, DeclineKind, IdempotencyKey, Payment, PaymentKey, PaymentState, RefundCause};

/// The code of a payment that turned out to be for another order.
const ANOTHER_ORDERS_PAYMENT: &str = "ANOTHER_ORDERS_PAYMENT";

/// A definite fact about a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentEvidence {
    /// The partner took the money.
    Approved(Approval),
    /// The partner issued a virtual account.
    DepositPending {
        /// Until when.
        due_at: Timestamp,
    },
    /// The partner did not take the money and will not.
    Declined(Decline),
    /// The virtual account is closed without a deposit.
    DepositClosed {
        /// The partner's status.
        code: String,
    },
    /// The money went back.
    Refunded,
    /// The partner will definitely not give the money back.
    RefundRefused {
        /// The partner's code.
        code: String,
    },
}

impl PaymentEvidence {
    /// The same fact, with a deposit due at `latest` at the latest.
    #[must_use]
    pub fn due_by(self, latest: Timestamp) -> Self {
        match self {
            Self::DepositPending { due_at } => Self::DepositPending { due_at: due_at.min(latest) },
            other => other,
        }
    }
}

/// The next state of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentChange {
    payment: PaymentId,
    key: PaymentKey,
    version: Version,
    next: PaymentState,
    check_at: Option<Timestamp>,
}

impl PaymentChange {
    /// The payment.
    pub fn payment(&self) -> PaymentId {
        self.payment
    }

    /// Its key.
    pub fn key(&self) -> &PaymentKey {
        &self.key
    }

    /// The version on which the change was decided: the guard of storing it.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Where the payment stands afterwards.
    pub fn next(&self) -> &PaymentState {
        &self.next
    }

    /// When reconciliation looks at it again; `None` once nothing is open.
    pub fn check_at(&self) -> Option<Timestamp> {
        self.check_at
    }
}

/// One fact about a payment: its own change, and its order's.
#[derive(Clone, Debug, PartialEq)]
pub struct Settlement {
    payment: PaymentChange,
    order: Option<OrderChange>,
}

impl Settlement {
    /// What becomes of the payment.
    pub fn payment(&self) -> &PaymentChange {
        &self.payment
    }

    /// What becomes of the order, if anything.
    pub fn order(&self) -> Option<&OrderChange> {
        self.order.as_ref()
    }
}

/// What the evidence means, or `None` if it tells nothing new.
///
/// Money that was taken always leads somewhere: to a paid order if the order can take it, else to a refund.
pub fn settle(
    payment: &Payment,
    order: &Order,
    evidence: &PaymentEvidence,
    now: Timestamp,
    refund_key: &IdempotencyKey,
) -> Option<Settlement> {
    match (&payment.state, evidence) {
        (PaymentState::Requested | PaymentState::AwaitingDeposit { .. }, PaymentEvidence::Approved(approval)) => {
            Some(approve(payment, order, approval, now, refund_key))
        }
        (PaymentState::Requested, PaymentEvidence::DepositPending { due_at }) => {
            let order = applied(order.await_deposit(&payment.key, *due_at).ok());
            Some(change(payment, PaymentState::AwaitingDeposit { due_at: *due_at }, Some(now), order))
        }
        (PaymentState::Requested, PaymentEvidence::Declined(decline)) => {
            let next =
                PaymentState::Declined { code: decline.code.clone(), repeatable: decline.kind != DeclineKind::Final };
            Some(change(payment, next, None, applied(order.decline(&payment.key).ok())))
        }
        (PaymentState::AwaitingDeposit { .. }, PaymentEvidence::DepositClosed { code }) => {
            let next = PaymentState::Declined { code: code.clone(), repeatable: false };
            Some(change(payment, next, None, applied(order.close_deposit(&payment.key, now).ok())))
        }
        (
            PaymentState::RefundDue { method, approved_at, .. } | PaymentState::Approved { method, approved_at },
            PaymentEvidence::Refunded,
        ) => {
            // An order that this payment never paid does not move.
            let next = PaymentState::Refunded { method: *method, approved_at: *approved_at, refunded_at: now };
            Some(change(payment, next, None, applied(order.refund(&payment.key, None, now).ok())))
        }
        (
            PaymentState::RefundDue { method, approved_at, cause: RefundCause::Requested, .. },
            PaymentEvidence::RefundRefused { .. },
        ) => {
            let next = PaymentState::Approved { method: *method, approved_at: *approved_at };
            Some(change(payment, next, None, applied(order.refuse_refund(&payment.key).ok())))
        }
        (PaymentState::Declined { .. }, PaymentEvidence::Approved(approval))
            if approval.order == Some(order.number) =>
        {
            // Nobody expects this money any more: its attempt was given up on evidence that turned out to be wrong.
            Some(refund(payment, approval, RefundCause::OrderGone, now, refund_key, None))
        }
        _ => None,
    }
}

/// Starts giving an order's money back: the intent, stored before the partner is asked. `None` if that is so already.
///
/// # Errors
/// [`OrderTransitionError`] where the order does not allow it.
pub fn open_refund(
    payment: &Payment,
    order: &Order,
    request: &RefundRequest,
    refund_key: &IdempotencyKey,
    check_at: Timestamp,
) -> Result<Option<Settlement>, OrderTransitionError> {
    let Decision::Apply(opened) = order.open_refund(request)? else { return Ok(None) };
    let PaymentState::Approved { method, approved_at } = payment.state else { return Ok(None) };
    let cause = RefundCause::Requested;
    let next = PaymentState::RefundDue { method, approved_at, cause, refund_key: refund_key.clone() };
    Ok(Some(change(payment, next, Some(check_at), Some(opened))))
}

fn approve(
    payment: &Payment,
    order: &Order,
    approval: &Approval,
    now: Timestamp,
    refund_key: &IdempotencyKey,
) -> Settlement {
    let freed = || applied(order.decline(&payment.key).ok());
    if approval.order != Some(payment.order_number) {
        // A confirm that names our order cannot have taken another order's money: this payment was never ours to take,
        // and is not ours to refund.
        let next = PaymentState::Declined { code: ANOTHER_ORDERS_PAYMENT.to_owned(), repeatable: false };
        return change(payment, next, None, freed());
    }
    if approval.amount != Some(payment.amount) {
        // The hold is freed for an honest payment; what was taken goes back.
        return refund(payment, approval, RefundCause::NotAsAgreed, now, refund_key, freed());
    }
    match order.approve(&payment.key, approval.approved_at) {
        Ok(Decision::Apply(order)) => approved(payment, approval, Some(order)),
        Ok(Decision::AlreadyDone) => approved(payment, approval, None),
        Err(_) => refund(payment, approval, RefundCause::OrderGone, now, refund_key, None),
    }
}

fn refund(
    payment: &Payment,
    approval: &Approval,
    cause: RefundCause,
    now: Timestamp,
    refund_key: &IdempotencyKey,
    order: Option<OrderChange>,
) -> Settlement {
    let Approval { method, approved_at, .. } = *approval;
    let next = PaymentState::RefundDue { method, approved_at, cause, refund_key: refund_key.clone() };
    change(payment, next, Some(now), order)
}

fn approved(payment: &Payment, approval: &Approval, order: Option<OrderChange>) -> Settlement {
    let Approval { method, approved_at, .. } = *approval;
    change(payment, PaymentState::Approved { method, approved_at }, None, order)
}

fn change(
    payment: &Payment,
    next: PaymentState,
    check_at: Option<Timestamp>,
    order: Option<OrderChange>,
) -> Settlement {
    let payment =
        PaymentChange { payment: payment.id, key: payment.key.clone(), version: payment.version, next, check_at };
    Settlement { payment, order }
}

fn applied(decision: Option<Decision>) -> Option<OrderChange> {
    decision.and_then(Decision::into_change)
}

#[cfg(test)]
#[path = "settlement_tests.rs"]
mod tests;
