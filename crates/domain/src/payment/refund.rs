//! What a wish for a refund comes to: the decision, without any IO.

use crate::order::{Decision, Order, OrderTransitionError, RefundRequest};
use crate::shared::Timestamp;

use super::settlement::change;
use super::{IdempotencyKey, Payment, PaymentMethod, PaymentState, RefundCause, SealedAccount, Settlement};

/// What is stored before the partner is asked for the money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundIntent {
    /// What makes a repeated refund the same refund.
    pub refund_key: IdempotencyKey,
    /// Where a deposit's money goes back to.
    pub account: Option<SealedAccount>,
    /// When reconciliation looks at it if nobody settled it before.
    pub check_at: Timestamp,
}

/// What a wish for a refund comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum RefundStart {
    /// Store this, then ask the partner.
    Open(Box<Settlement>),
    /// The money is on its way back already.
    UnderWay,
    /// A deposit goes back to an account of the buyer's, which nobody knows.
    AccountNeeded,
    /// This payment took no money, or gave it back.
    NothingToRefund,
}

/// Starts giving an order's money back: the intent, stored before the partner is asked.
///
/// Money that was to go back by itself and could not, because nobody knew the account, goes on once there is one.
///
/// # Errors
/// [`OrderTransitionError`] where the order does not allow it.
pub fn start_refund(
    payment: &Payment,
    order: &Order,
    request: &RefundRequest,
    intent: RefundIntent,
) -> Result<RefundStart, OrderTransitionError> {
    match payment.state {
        PaymentState::Approved { method, approved_at } if order.payment() == Some(&payment.key) => {
            let Decision::Apply(opened) = order.open_refund(request)? else { return Ok(RefundStart::UnderWay) };
            let Ok(account) = destination(method, intent.account) else { return Ok(RefundStart::AccountNeeded) };
            let (cause, refund_key) = (RefundCause::Requested, intent.refund_key);
            let next = PaymentState::RefundDue { method, approved_at, cause, refund_key, account };
            Ok(RefundStart::Open(Box::new(change(payment, next, Some(intent.check_at), Some(opened)))))
        }
        PaymentState::RefundDue {
            method,
            approved_at,
            cause: cause @ (RefundCause::OrderGone | RefundCause::NotAsAgreed),
            account: None,
            ..
        } if method == PaymentMethod::VirtualAccount => {
            let Ok(account) = destination(method, intent.account) else { return Ok(RefundStart::AccountNeeded) };
            let refund_key = intent.refund_key;
            let next = PaymentState::RefundDue { method, approved_at, cause, refund_key, account };
            Ok(RefundStart::Open(Box::new(change(payment, next, Some(intent.check_at), None))))
        }
        PaymentState::RefundDue { .. } => Ok(RefundStart::UnderWay),
        PaymentState::Approved { .. }
        | PaymentState::Requested
        | PaymentState::AwaitingDeposit { .. }
        | PaymentState::Declined { .. }
        | PaymentState::Refunded { .. } => Ok(RefundStart::NothingToRefund),
    }
}

/// A deposit cannot go back where it came from, and nobody said where else.
struct AccountMissing;

/// Where the money goes: back where it came from (`None`), or, if it was a deposit, to the account that was given.
fn destination(method: PaymentMethod, account: Option<SealedAccount>) -> Result<Option<SealedAccount>, AccountMissing> {
    match method {
        PaymentMethod::VirtualAccount => account.ok_or(AccountMissing).map(Some),
        _ => Ok(None),
    }
}

#[cfg(test)]
#[path = "refund_tests.rs"]
mod tests;
