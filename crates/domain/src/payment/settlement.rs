//! What a fact about a payment means for the payment and its order: the decision, without any IO.

use crate::order::{Decision, Order, OrderChange, OrderEvent, Party, Withdrawal};
use crate::shared::{AuditAction, AuditChanges, AuditEntry, AuditSubject, PaymentId, Timestamp, Version, WorkClaim};

use super::{Approval, Decline, DeclineKind, Deposit, IdempotencyKey, Payment, PaymentKey, PaymentState, RefundCause};

/// The code of a payment that turned out to be for another order.
const ANOTHER_ORDERS_PAYMENT: &str = "ANOTHER_ORDERS_PAYMENT";

/// A definite fact about a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentEvidence {
    /// The partner took the money.
    Approved(Approval),
    /// The partner issued a virtual account.
    DepositPending(Deposit),
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
        /// Of which refund. A refusal of an earlier one says nothing about a later one.
        refund_key: IdempotencyKey,
    },
}

impl PaymentEvidence {
    /// The same fact, with a deposit due at `latest` at the latest.
    #[must_use]
    pub fn due_by(self, latest: Timestamp) -> Self {
        match self {
            Self::DepositPending(deposit) => {
                Self::DepositPending(Deposit { due_at: deposit.due_at.min(latest), ..deposit })
            }
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
    audit: Option<AuditEntry>,
}

impl Settlement {
    /// The same fact, with what the audit trail says of it where an administrator wanted it. Money that is sent back for
    /// an order that it never paid moves no order, and is in the trail all the same.
    #[must_use]
    pub fn wanted(self, order: &Order, by: Party, reason: Option<&str>, now: Timestamp) -> Self {
        let Some(user) = by.administrator() else { return self };
        let reason = reason.map(str::to_owned);
        match &self.order {
            Some(change) => {
                let entry = order.audit_entry(change.next(), user, reason, now);
                Self { order: Some(change.clone().noted(entry)), ..self }
            }
            None if matches!(self.payment.next, PaymentState::RefundDue { .. }) => {
                let mut changes = AuditChanges::new();
                changes.note("refundedPayment", None::<i64>, self.payment.payment.get());
                let (action, subject) = (AuditAction::OrderRefunded, AuditSubject::Order(order.id));
                Self { audit: Some(AuditEntry { actor: user, action, subject, changes, reason, at: now }), ..self }
            }
            None => self,
        }
    }

    /// What the audit trail says of a payment that moves no order, if an administrator wanted it.
    pub fn audit(&self) -> Option<&AuditEntry> {
        self.audit.as_ref()
    }

    /// The payment and the order as they stand once this is stored.
    #[must_use]
    pub fn applied_to(&self, payment: &Payment, order: &Order) -> (Payment, Order) {
        let PaymentChange { next, version, .. } = &self.payment;
        let payment = Payment { state: next.clone(), version: version.next(), ..payment.clone() };
        let order = self.order.as_ref().map_or_else(|| order.clone(), |change| change.applied_to(order));
        (payment, order)
    }

    /// What becomes of the payment.
    pub fn payment(&self) -> &PaymentChange {
        &self.payment
    }

    /// The same settlement as the work of a claim. Only an order that is paid or refunded by it is what was asked for;
    /// everything else leaves the claim as it is. The payment's state does not tell: a refund that was refused leaves
    /// it as approved as a confirm does.
    #[must_use]
    pub fn under(self, claim: Option<&WorkClaim>) -> Self {
        let done = |change: &OrderChange| matches!(change.event(), Some(OrderEvent::Paid | OrderEvent::Refunded));
        let order = self.order.map(|change| {
            let claim = claim.filter(|_| done(&change)).cloned();
            change.under(claim)
        });
        Self { order, ..self }
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
        (PaymentState::Requested, PaymentEvidence::DepositPending(deposit)) => {
            let order = applied(order.await_deposit(&payment.key, deposit.due_at).ok());
            Some(change(payment, PaymentState::AwaitingDeposit(deposit.clone()), Some(now), order))
        }
        (PaymentState::Requested, PaymentEvidence::Declined(decline)) => {
            let next =
                PaymentState::Declined { code: decline.code.clone(), repeatable: decline.kind != DeclineKind::Final };
            Some(change(payment, next, None, applied(order.decline(&payment.key).ok())))
        }
        (PaymentState::AwaitingDeposit { .. }, PaymentEvidence::DepositClosed { code }) => {
            let next = PaymentState::Declined { code: code.clone(), repeatable: false };
            let closed = applied(order.close_deposit(&payment.key, now).ok());
            let settlement = change(payment, next, None, closed);
            Some(match order.withdrawal() {
                Some(Withdrawal { by, reason }) => settlement.wanted(order, *by, reason.as_deref(), now),
                None => settlement,
            })
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
            PaymentState::RefundDue { refund_key: open, .. },
            PaymentEvidence::RefundRefused { refund_key: refused, code },
        ) if open == refused => refuse_refund(payment, order, code, now),
        (PaymentState::Declined { .. }, PaymentEvidence::Approved(approval))
            if approval.order == Some(order.number) =>
        {
            // Nobody expects this money any more: its attempt was given up on evidence that turned out to be wrong.
            Some(refund(payment, approval, RefundCause::OrderGone, now, refund_key, None))
        }
        _ => None,
    }
}

/// A sale whose refund was refused stands as it stood. Money that no order can keep must go back all the same: only the
/// account is forgotten that it could not go to.
///
/// The trail says that an administrator gave the money back. Where that came to nothing it says so as well.
fn refuse_refund(payment: &Payment, order: &Order, code: &str, now: Timestamp) -> Option<Settlement> {
    match &payment.state {
        PaymentState::RefundDue { method, approved_at, cause: RefundCause::Requested, .. } => {
            let next = PaymentState::Approved { method: *method, approved_at: *approved_at };
            let settlement = change(payment, next, None, applied(order.refuse_refund(&payment.key).ok()));
            Some(match order.refund_request() {
                Some(request) => settlement.wanted(order, request.by, Some(code), now),
                None => settlement,
            })
        }
        PaymentState::RefundDue { method, approved_at, cause, refund_key, account: Some(_) } => {
            let (method, approved_at, cause) = (*method, *approved_at, *cause);
            let next =
                PaymentState::RefundDue { method, approved_at, cause, refund_key: refund_key.clone(), account: None };
            Some(change(payment, next, Some(now.after(payment.check_pause())), None))
        }
        _ => None,
    }
}

fn approve(
    payment: &Payment,
    order: &Order,
    approval: &Approval,
    now: Timestamp,
    refund_key: &IdempotencyKey,
) -> Settlement {
    let freed = || applied(released(payment, order, now));
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

/// The order without this payment: it waits for another one, or, where its hold lived by the virtual account alone, is
/// over as if the partner had closed it.
fn released(payment: &Payment, order: &Order, now: Timestamp) -> Option<Decision> {
    order.decline(&payment.key).or_else(|_| order.close_deposit(&payment.key, now)).ok()
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
    let next = PaymentState::RefundDue { method, approved_at, cause, refund_key: refund_key.clone(), account: None };
    change(payment, next, Some(now), order)
}

fn approved(payment: &Payment, approval: &Approval, order: Option<OrderChange>) -> Settlement {
    let Approval { method, approved_at, .. } = *approval;
    change(payment, PaymentState::Approved { method, approved_at }, None, order)
}

pub(super) fn change(
    payment: &Payment,
    next: PaymentState,
    check_at: Option<Timestamp>,
    order: Option<OrderChange>,
) -> Settlement {
    let payment =
        PaymentChange { payment: payment.id, key: payment.key.clone(), version: payment.version, next, check_at };
    Settlement { payment, order, audit: None }
}

fn applied(decision: Option<Decision>) -> Option<OrderChange> {
    decision.and_then(Decision::into_change)
}

#[cfg(test)]
#[path = "settlement_tests.rs"]
mod tests;
