//! Asking the partner for a refund whose intent is stored. Shared by whoever asks first and by reconciliation.

use std::sync::Arc;

use crate::order::Order;
use crate::shared::{PortFailure, Vault};

use super::{
    CancelOutcome, CancelRequest, Decline, DeclineKind, IdempotencyKey, LookUp, PartnerView, Payment, PaymentEvidence,
    PaymentGateway, PaymentState, RefundCause,
};

/// Why money goes back that no order can keep, for the partner's record.
const AUTOMATIC: &str = "주문을 처리할 수 없어 자동으로 환불합니다.";

/// The code of a refund whose account cannot be read any more. It never reached the partner.
const ACCOUNT_UNREADABLE: &str = "REFUND_ACCOUNT_UNREADABLE";

/// Asks the partner to give money back.
#[derive(Clone)]
pub struct RefundCall {
    /// The payment partner.
    pub gateway: Arc<dyn PaymentGateway>,
    /// Opens the accounts that money goes back to.
    pub vault: Arc<dyn Vault>,
}

impl RefundCall {
    /// Asks once, or only looks where asking cannot lead anywhere. `None` if the partner refused for now, or because of a fault of ours: later it may not. `Err` means
    /// that nobody knows whether the money went.
    ///
    /// Whoever asks for the same check of the same payment asks with the same key, so that a crash between call and
    /// settlement is answered with what was done. Each further check has a key of its own: the partner repeats its
    /// answer to whoever comes with a key that it knows, refusals included, and giving everything back twice changes
    /// nothing.
    pub async fn run(&self, payment: &Payment, order: &Order) -> Result<Option<PaymentEvidence>, PortFailure> {
        let PaymentState::RefundDue { cause, refund_key, account: sealed, .. } = &payment.state else {
            return Ok(None);
        };
        if payment.lacks_account() {
            return self.look_without_account(payment).await;
        }
        let account = sealed.as_ref().map(|sealed| sealed.open(self.vault.as_ref()));
        if account == Some(None) {
            return self.give_up_account(payment, refund_key).await;
        }
        let request = CancelRequest {
            key: payment.key.clone(),
            reason: order.refund_request().map_or_else(|| AUTOMATIC.to_owned(), |request| request.reason.clone()),
            idempotency_key: IdempotencyKey::stored(format!("{}-{}", refund_key.as_str(), payment.checks)),
            account: account.flatten(),
        };
        let Decline { code, kind } = match self.gateway.cancel(&request).await? {
            CancelOutcome::Cancelled => return Ok(Some(PaymentEvidence::Refunded)),
            CancelOutcome::Refused(decline) => decline,
        };
        let on_request = *cause == RefundCause::Requested || sealed.is_some();
        match kind {
            DeclineKind::Final if on_request => {
                tracing::warn!(payment = %payment.id, order = %payment.order_number, %code, "the partner refused a refund");
                Ok(Some(PaymentEvidence::RefundRefused { code, refund_key: refund_key.clone() }))
            }
            DeclineKind::Repeatable => {
                tracing::warn!(payment = %payment.id, order = %payment.order_number, %code, "a refund must wait");
                Ok(None)
            }
            DeclineKind::Final | DeclineKind::OurFault => {
                tracing::error!(payment = %payment.id, order = %payment.order_number, %code, "a refund was refused and needs a human");
                Ok(None)
            }
        }
    }

    /// No key opens the account that the money goes to: it must be given anew, which the answer of a refusal leads to.
    /// Not before the partner said that the money is still there: a call that nobody heard the answer of may have gone
    /// through while the account could be read.
    async fn give_up_account(
        &self,
        payment: &Payment,
        refund_key: &IdempotencyKey,
    ) -> Result<Option<PaymentEvidence>, PortFailure> {
        tracing::error!(payment = %payment.id, order = %payment.order_number, "the account that a refund goes to cannot be opened: it must be given again");
        Ok(match self.gateway.look_up(&payment.key).await? {
            LookUp::Found(view) if view.went_back() => Some(PaymentEvidence::Refunded),
            LookUp::Found(PartnerView::Approved(_)) => {
                let code = ACCOUNT_UNREADABLE.to_owned();
                Some(PaymentEvidence::RefundRefused { code, refund_key: refund_key.clone() })
            }
            LookUp::Found(_) | LookUp::NotFound => None,
        })
    }

    /// A deposit that no order can keep goes nowhere before somebody says where to; at the partner's console somebody
    /// may have.
    async fn look_without_account(&self, payment: &Payment) -> Result<Option<PaymentEvidence>, PortFailure> {
        if let LookUp::Found(view) = self.gateway.look_up(&payment.key).await?
            && view.went_back()
        {
            return Ok(Some(PaymentEvidence::Refunded));
        }
        tracing::error!(payment = %payment.id, order = %payment.order_number, amount = payment.amount.get(), "a deposit that no order can keep waits for an account to go back to: this needs a human");
        Ok(None)
    }
}

#[cfg(test)]
#[path = "refund_call_tests.rs"]
mod tests;
