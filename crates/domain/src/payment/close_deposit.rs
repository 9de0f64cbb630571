//! Somebody does not want an order any more whose virtual account waits for its deposit: call, settle.

use std::sync::Arc;

use thiserror::Error;

use crate::order::{Asker, OrderNumber, OrderRepository, Withdrawal};
use crate::shared::{Entropy, PortFailure};

use super::{
    CancelOutcome, CancelRequest, IdempotencyKey, LookUp, PartnerView, Payment, PaymentEvidence, PaymentGateway,
    PaymentRepository, PaymentState, SettlePayment,
};

/// The partner's name of an account that was closed on request.
const CLOSED: &str = "CANCELED";
/// What the partner's record says where nobody gave a reason.
const NO_REASON: &str = "입금 전에 주문을 취소했습니다.";

/// Closes virtual accounts before their time.
pub struct CloseDeposit {
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// Where payments are kept.
    pub payments: Arc<dyn PaymentRepository>,
    /// The payment partner.
    pub gateway: Arc<dyn PaymentGateway>,
    /// Stores what became of it.
    pub settle: SettlePayment,
    /// Where idempotency keys come from.
    pub entropy: Arc<dyn Entropy>,
}

/// Which order, and why.
#[derive(Clone, Debug)]
pub struct CloseDepositCommand {
    /// Who asks. For an administrator the audit trail notes it.
    pub asker: Asker,
    /// The order.
    pub order: OrderNumber,
    /// Why, in his words; up to 200 characters.
    pub reason: Option<String>,
}

/// Why an account was not closed, or why that is not known.
#[derive(Debug, Error)]
pub enum CloseDepositError {
    /// There is no such order.
    #[error("the order does not exist")]
    NotFound,
    /// It is somebody else's.
    #[error("the order belongs to somebody else")]
    NotYours,
    /// It does not wait for a deposit (any more): look at it again.
    #[error("the order does not await a deposit")]
    Moved,
    /// The partner refused; the account is open.
    #[error("closing the account was refused with {code}")]
    Refused {
        /// The partner's code.
        code: String,
    },
    /// Nobody knows yet whether the account is closed; reconciliation will.
    #[error("the outcome is not known yet")]
    OutcomeUnknown,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl CloseDeposit {
    /// Closes the account at the partner and then gives the stock back: in this order no deposit can come for an order
    /// that is over. No intent is stored, because closing twice changes nothing: after a crash reconciliation finds the
    /// account closed and ends the order by itself, in nobody's name.
    pub async fn run(&self, command: &CloseDepositCommand) -> Result<(), CloseDepositError> {
        let order = self.orders.find_by_number(command.order).await?.ok_or(CloseDepositError::NotFound)?;
        let order = command.asker.may_undo(order).ok_or(CloseDepositError::NotYours)?;
        let key = order.payment().ok_or(CloseDepositError::Moved)?;
        let payment = self.payments.find(key).await?.ok_or(CloseDepositError::Moved)?;
        if !matches!(payment.state, PaymentState::AwaitingDeposit(_)) {
            return Err(CloseDepositError::Moved);
        }
        let evidence = self.close(&payment, command).await?;
        let payment = self.settle.run((payment, order), &evidence).await.map_err(|failure| {
            tracing::error!(order = %command.order, error = failure.chain(), "a closed account could not be stored, reconciliation will");
            CloseDepositError::OutcomeUnknown
        })?;
        match payment.state {
            PaymentState::Declined { .. } => Ok(()),
            _ => Err(CloseDepositError::Moved),
        }
    }

    async fn close(
        &self,
        payment: &Payment,
        command: &CloseDepositCommand,
    ) -> Result<PaymentEvidence, CloseDepositError> {
        let request = CancelRequest {
            key: payment.key.clone(),
            reason: command.reason.clone().unwrap_or_else(|| NO_REASON.to_owned()),
            idempotency_key: IdempotencyKey::draw(self.entropy.as_ref()),
            account: None,
        };
        match self.gateway.cancel(&request).await {
            Ok(CancelOutcome::Cancelled) => {
                let withdrawal = Withdrawal { by: command.asker.party(), reason: command.reason.clone() };
                Ok(PaymentEvidence::DepositClosed { code: CLOSED.to_owned(), withdrawal: Some(withdrawal) })
            }
            // A deposit may have been faster: then its money is what there is to talk about.
            Ok(CancelOutcome::Refused(decline)) => match self.gateway.look_up(&payment.key).await {
                Ok(LookUp::Found(PartnerView::Approved(approval))) => Ok(PaymentEvidence::Approved(approval)),
                Ok(_) => Err(CloseDepositError::Refused { code: decline.code }),
                Err(failure) => Err(unknown(payment, &failure)),
            },
            Err(failure) => Err(unknown(payment, &failure)),
        }
    }
}

fn unknown(payment: &Payment, failure: &PortFailure) -> CloseDepositError {
    tracing::warn!(payment = %payment.id, order = %payment.order_number, error = failure.chain(), "nobody knows whether an account is closed, reconciliation will ask");
    CloseDepositError::OutcomeUnknown
}

#[cfg(test)]
#[path = "close_deposit_tests.rs"]
mod tests;
