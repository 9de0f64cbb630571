//! Somebody does not want an order any more whose virtual account waits for its deposit: intent, call, settle.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::order::{ApplyFailure, Asker, Order, OrderNumber, OrderRepository, Withdrawal};
use crate::shared::{Clock, Entropy, PortFailure};

use super::{
    CancelOutcome, CancelRequest, IdempotencyKey, LookUp, PartnerView, Payment, PaymentEvidence, PaymentGateway,
    PaymentRepository, PaymentState, SettlePayment,
};

/// The partner's name of an account that was closed on request.
pub(super) const CLOSED: &str = "CANCELED";
const TRIES: u8 = 3;
/// How long after the wish reconciliation closes the account, if nobody lived to do it.
const CARRY_ON: Duration = Duration::from_secs(5);
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
    /// When it is.
    pub clock: Arc<dyn Clock>,
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
    /// The partner refused; the account is open, and the wish stays: reconciliation asks again.
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
    /// Notes who wants it, closes the account at the partner, and then gives the stock back: in this order no deposit
    /// can come for an order that is over, and whoever hears of the closing first, a notice of the partner's say, ends
    /// the order in the right name. What a crash, a time-out or a failing partner leaves open reconciliation carries
    /// through.
    pub async fn run(&self, command: &CloseDepositCommand) -> Result<(), CloseDepositError> {
        let (payment, order) = self.intend(command).await?;
        let evidence = match self.close(&payment, &order).await {
            Ok(evidence) => evidence,
            Err(CloseDepositError::OutcomeUnknown) => return self.settled_meanwhile(&payment).await,
            Err(error) => return Err(error),
        };
        let payment = self.settle.run((payment, order), &evidence).await.map_err(|failure| {
            tracing::error!(order = %command.order, error = failure.chain(), "a closed account could not be stored, reconciliation will");
            CloseDepositError::OutcomeUnknown
        })?;
        outcome(&payment)
    }

    /// The order with its wish stored, and the payment that waits for the deposit.
    async fn intend(&self, command: &CloseDepositCommand) -> Result<(Payment, Order), CloseDepositError> {
        let wish = Withdrawal { by: command.asker.party(), reason: command.reason.clone() };
        for _ in 0..TRIES {
            let order = self.orders.find_by_number(command.order).await?.ok_or(CloseDepositError::NotFound)?;
            let order = command.asker.may_undo(order).ok_or(CloseDepositError::NotYours)?;
            let decision = order.withdraw(&wish).map_err(|_| CloseDepositError::Moved)?;
            let key = order.payment().ok_or(CloseDepositError::Moved)?;
            let payment = self.payments.find(key).await?.ok_or(CloseDepositError::Moved)?;
            if !matches!(payment.state, PaymentState::AwaitingDeposit(_)) {
                return Err(CloseDepositError::Moved);
            }
            let Some(change) = decision.into_change() else { return Ok((payment, order)) };
            match self.orders.apply(&change).await {
                Ok(()) => {
                    self.hasten(&payment, CARRY_ON).await;
                    return Ok((payment, change.applied_to(&order)));
                }
                // Somebody moved the order meanwhile, or it was this change and nobody heard so: look again.
                Err(ApplyFailure::Stale) => {}
                Err(ApplyFailure::Unavailable(failure)) => return Err(failure.into()),
            }
        }
        Err(CloseDepositError::Moved)
    }

    async fn close(&self, payment: &Payment, order: &Order) -> Result<PaymentEvidence, CloseDepositError> {
        let reason = order.withdrawal().and_then(|wish| wish.reason.as_deref());
        let request = CancelRequest {
            key: payment.key.clone(),
            reason: words_of(reason).to_owned(),
            idempotency_key: IdempotencyKey::draw(self.entropy.as_ref()),
            account: None,
        };
        match self.gateway.cancel(&request).await {
            Ok(CancelOutcome::Cancelled) => Ok(PaymentEvidence::DepositClosed { code: CLOSED.to_owned() }),
            // A deposit may have been faster: then its money is what there is to talk about.
            Ok(CancelOutcome::Refused(decline)) => match self.gateway.look_up(&payment.key).await {
                Ok(LookUp::Found(PartnerView::Approved(approval))) => Ok(PaymentEvidence::Approved(approval)),
                Ok(LookUp::Found(PartnerView::Closed { code })) => Ok(PaymentEvidence::DepositClosed { code }),
                Ok(_) => Err(CloseDepositError::Refused { code: decline.code }),
                Err(failure) => Err(unknown(payment, &failure)),
            },
            Err(failure) => Err(unknown(payment, &failure)),
        }
    }

    /// Reconciliation may have learned the outcome while the call hung; else it asks at once.
    async fn settled_meanwhile(&self, payment: &Payment) -> Result<(), CloseDepositError> {
        match self.payments.find(&payment.key).await {
            Ok(Some(Payment { state: PaymentState::AwaitingDeposit(_), .. }) | None) | Err(_) => {
                self.hasten(payment, Duration::ZERO).await;
                Err(CloseDepositError::OutcomeUnknown)
            }
            Ok(Some(payment)) => outcome(&payment),
        }
    }

    /// Makes the payment due for a check that soon. Where that fails the next regular check closes the account.
    async fn hasten(&self, payment: &Payment, pause: Duration) {
        if let Err(failure) = self.payments.hasten(payment.order_number, self.clock.now().after(pause)).await {
            tracing::warn!(payment = %payment.id, order = %payment.order_number, error = failure.chain(), "an account that is to be closed is looked at later than it should");
        }
    }
}

/// What the partner is told of a wish to end an order.
pub(super) fn words_of(reason: Option<&str>) -> &str {
    reason.unwrap_or(NO_REASON)
}

/// What the settled payment says to whoever wanted the account closed.
fn outcome(payment: &Payment) -> Result<(), CloseDepositError> {
    match payment.state {
        PaymentState::Declined { .. } => Ok(()),
        _ => Err(CloseDepositError::Moved),
    }
}

fn unknown(payment: &Payment, failure: &PortFailure) -> CloseDepositError {
    tracing::warn!(payment = %payment.id, order = %payment.order_number, error = failure.chain(), "nobody knows whether an account is closed, reconciliation will ask");
    CloseDepositError::OutcomeUnknown
}

#[cfg(test)]
#[path = "close_deposit_tests.rs"]
mod tests;
