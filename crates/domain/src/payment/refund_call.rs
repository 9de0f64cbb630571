//! Asking the partner for a refund whose intent is stored. Shared by whoever asks first and by reconciliation.

use std::sync::Arc;

use crate::order::Order;
use crate::shared::{PortFailure, Vault};

use super::{
    CancelOutcome, CancelRequest, Decline, DeclineKind, IdempotencyKey, Payment, PaymentEvidence, PaymentGateway,
    PaymentState, RefundAccount, RefundCause,
};

/// Why money goes back that no order can keep, for the partner's record.
const AUTOMATIC: &str = "주문을 처리할 수 없어 자동으로 환불합니다.";

/// Asks the partner to give money back.
#[derive(Clone)]
pub struct RefundCall {
    /// The payment partner.
    pub gateway: Arc<dyn PaymentGateway>,
    /// Opens the accounts that money goes back to.
    pub vault: Arc<dyn Vault>,
}

impl RefundCall {
    /// Asks once. `None` if the partner refused for now, or because of a fault of ours: later it may not. `Err` means
    /// that nobody knows whether the money went.
    ///
    /// Whoever asks for the same check of the same payment asks with the same key, so that a crash between call and
    /// settlement is answered with what was done. Each further check has a key of its own: the partner repeats its
    /// answer to whoever comes with a key that it knows, refusals included, and giving everything back twice changes
    /// nothing.
    pub async fn run(&self, payment: &Payment, order: &Order) -> Result<Option<PaymentEvidence>, PortFailure> {
        let PaymentState::RefundDue { cause, refund_key, account, .. } = &payment.state else { return Ok(None) };
        let request = CancelRequest {
            key: payment.key.clone(),
            reason: order.refund_request().map_or_else(|| AUTOMATIC.to_owned(), |request| request.reason.clone()),
            idempotency_key: IdempotencyKey::stored(format!("{}-{}", refund_key.as_str(), payment.checks)),
            account: account.as_ref().and_then(|sealed| self.open(payment, sealed)),
        };
        let Decline { code, kind } = match self.gateway.cancel(&request).await? {
            CancelOutcome::Cancelled => return Ok(Some(PaymentEvidence::Refunded)),
            CancelOutcome::Refused(decline) => decline,
        };
        let on_request = *cause == RefundCause::Requested || account.is_some();
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

    fn open(&self, payment: &Payment, sealed: &super::SealedAccount) -> Option<RefundAccount> {
        let account = sealed.open(self.vault.as_ref());
        if account.is_none() {
            tracing::error!(payment = %payment.id, order = %payment.order_number, "the account that a refund goes to cannot be opened: it must be given again");
        }
        account
    }
}
