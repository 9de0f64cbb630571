//! What a crash or a time-out left open is settled by asking the partner.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;

use crate::order::OrderNumber;
use crate::shared::{Clock, PortFailure, Timestamp};

use super::close_deposit::{CLOSED, words_of};
use super::{
    CancelOutcome, CancelRequest, ConfirmOutcome, ConfirmRequest, Decline, DeclineKind, IdempotencyKey, LookUp,
    PartnerView, Payment, PaymentEvidence, PaymentGateway, PaymentRepository, PaymentState, RefundCall, SettlePayment,
};

/// How long after the buyer's authorisation the partner still accepts a confirm (Toss: 10 minutes), and a little more:
/// after that, a payment that the partner does not know cannot come into being any more.
const PARTNER_WINDOW: Duration = Duration::from_mins(11);
/// How long after its due date an unpaid virtual account is closed: a deposit of the last second is still on its way.
const DEPOSIT_SLACK: Duration = Duration::from_mins(1);
/// Why an account is closed that nobody transferred to, for the partner's record.
const DEPOSIT_OVERDUE: &str = "입금 기한 만료";
/// How long after a notice a settled payment is looked at: however many notices come, one look follows.
const LOOK_PAUSE: Duration = Duration::from_secs(5);
/// How many payments are checked at a time.
const LANES: usize = 4;

/// Settles open payments.
pub struct ReconcilePayments {
    /// Where payments are kept.
    pub payments: Arc<dyn PaymentRepository>,
    /// The payment partner.
    pub gateway: Arc<dyn PaymentGateway>,
    /// Stores what became of them.
    pub settle: SettlePayment,
    /// Asks for refunds.
    pub refund: RefundCall,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// What one batch came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReconcileReport {
    /// Open payments that were looked at.
    pub due: usize,
    /// Of them, settled now.
    pub settled: usize,
}

impl ReconcilePayments {
    /// Looks at up to `batch` open payments, the longest waiting first, several at a time. Safe beside any number of
    /// other instances and beside the buyer's own confirm: a check is claimed, the partner knows a repeated confirm by
    /// its idempotency key, and settling is guarded by versions.
    pub async fn run(&self, batch: u32) -> Result<ReconcileReport, PortFailure> {
        let due = self.payments.due_checks(self.clock.now(), batch).await?;
        let mut report = ReconcileReport { due: due.len(), settled: 0 };
        let mut checks = futures::stream::iter(due)
            .map(|payment| async move { (payment.id, self.check(payment).await) })
            .buffer_unordered(LANES);
        while let Some((id, outcome)) = checks.next().await {
            match outcome {
                Ok(true) => report.settled += 1,
                Ok(false) => {}
                Err(failure) => {
                    tracing::warn!(payment = %id, error = failure.chain(), "payment could not be reconciled, will try again");
                }
            }
        }
        Ok(report)
    }

    /// The partner says that something became of an order's payment. Its word is not taken for it: the open payments of
    /// the order are asked about now rather than later.
    pub async fn hasten(&self, order: OrderNumber) -> Result<(), PortFailure> {
        self.payments.hasten(order, self.clock.now()).await
    }

    /// The partner says that the money of an order may have gone back. Its word is not taken for it either: the partner
    /// is asked, also about a payment that was settled.
    pub async fn doubt(&self, order: OrderNumber) -> Result<(), PortFailure> {
        self.payments.hasten(order, self.clock.now()).await?;
        self.payments.look_again(order, self.clock.now().after(LOOK_PAUSE)).await
    }

    /// One payment; whether it is settled now.
    async fn check(&self, payment: Payment) -> Result<bool, PortFailure> {
        if !self.payments.claim(&payment, self.clock.now().after(payment.check_pause())).await? {
            return Ok(false);
        }
        let evidence = match &payment.state {
            PaymentState::Requested => self.ask(&payment).await?,
            PaymentState::AwaitingDeposit(deposit) => self.ask_for_deposit(&payment, deposit.due_at).await?,
            PaymentState::RefundDue { .. } => self.refund.run(&payment, &self.settle.order_of(&payment).await?).await?,
            PaymentState::Approved { .. } => self.ask_whether_it_stayed(&payment).await?,
            PaymentState::Declined { .. } | PaymentState::Refunded { .. } => None,
        };
        let Some(evidence) = evidence else { return Ok(false) };
        let order = self.settle.order_of(&payment).await?;
        let before = payment.state.name();
        let payment = self.settle.run((payment, order), &evidence).await?;
        tracing::info!(payment = %payment.id, order = %payment.order_number, before, state = payment.state.name(), "payment reconciled");
        Ok(true)
    }

    /// A confirm whose outcome is unknown. Only a definite answer closes it.
    async fn ask(&self, payment: &Payment) -> Result<Option<PaymentEvidence>, PortFailure> {
        match self.gateway.look_up(&payment.key).await? {
            LookUp::Found(PartnerView::Approved(approval)) => Ok(Some(PaymentEvidence::Approved(approval))),
            LookUp::Found(PartnerView::DepositPending(deposit)) => Ok(Some(PaymentEvidence::DepositPending(deposit))),
            LookUp::Found(PartnerView::Closed { code }) => Ok(Some(declined(code))),
            LookUp::Found(PartnerView::Unconfirmed) => self.repeat(payment).await,
            LookUp::Found(PartnerView::Unclear { code }) => {
                tracing::error!(payment = %payment.id, order = %payment.order_number, status = %code, "the partner's status of this payment needs a human");
                Ok(None)
            }
            LookUp::NotFound if self.clock.now().since(payment.requested_at) > PARTNER_WINDOW => {
                Ok(Some(declined("NOT_FOUND_PAYMENT".to_owned())))
            }
            LookUp::NotFound => Ok(None),
        }
    }

    /// The confirm never arrived: once more, with the same idempotency key.
    async fn repeat(&self, payment: &Payment) -> Result<Option<PaymentEvidence>, PortFailure> {
        let request = ConfirmRequest {
            key: payment.key.clone(),
            order: payment.order_number,
            amount: payment.amount,
            idempotency_key: payment.idempotency_key.clone(),
        };
        Ok(match self.gateway.confirm(&request).await? {
            ConfirmOutcome::Approved(approval) => Some(PaymentEvidence::Approved(approval)),
            ConfirmOutcome::DepositPending(deposit) => Some(PaymentEvidence::DepositPending(deposit)),
            ConfirmOutcome::Declined(decline) if decline.kind == DeclineKind::OurFault => {
                tracing::error!(payment = %payment.id, order = %payment.order_number, code = %decline.code, "a confirm cannot be repeated because of a fault of ours");
                None
            }
            ConfirmOutcome::Declined(decline) => Some(PaymentEvidence::Declined(decline)),
            ConfirmOutcome::NotSent => None,
        })
    }

    async fn ask_for_deposit(
        &self,
        payment: &Payment,
        due_at: Timestamp,
    ) -> Result<Option<PaymentEvidence>, PortFailure> {
        match self.gateway.look_up(&payment.key).await? {
            LookUp::Found(PartnerView::Approved(approval)) => Ok(Some(PaymentEvidence::Approved(approval))),
            LookUp::Found(PartnerView::Closed { code }) => Ok(Some(PaymentEvidence::DepositClosed { code })),
            LookUp::Found(PartnerView::DepositPending(_)) => {
                let order = self.settle.order_of(payment).await?;
                match order.withdrawal() {
                    Some(wish) => self.close_account(payment, words_of(wish.reason.as_deref())).await,
                    None if due_at.after(DEPOSIT_SLACK) <= self.clock.now() => {
                        self.close_account(payment, DEPOSIT_OVERDUE).await
                    }
                    None => Ok(None),
                }
            }
            LookUp::Found(_) | LookUp::NotFound => Ok(None),
        }
    }

    /// The account is closed at the partner before the stock is given back: no deposit may come for an order that is
    /// over. Refused means that a deposit was faster; the next look-up tells. Each check has a key of its own, because
    /// a partner repeats its refusal to whoever comes with the same one, and closing twice changes nothing.
    async fn close_account(&self, payment: &Payment, reason: &str) -> Result<Option<PaymentEvidence>, PortFailure> {
        let request = CancelRequest {
            key: payment.key.clone(),
            reason: reason.to_owned(),
            idempotency_key: IdempotencyKey::stored(format!(
                "{}-close-{}",
                payment.idempotency_key.as_str(),
                payment.checks
            )),
            account: None,
        };
        Ok(match self.gateway.cancel(&request).await? {
            CancelOutcome::Cancelled => Some(PaymentEvidence::DepositClosed { code: CLOSED.to_owned() }),
            CancelOutcome::Refused(_) => None,
        })
    }

    /// Money that was taken, and of which somebody heard that it may have gone back: at the partner's console, or because
    /// a bank took a deposit back. A part of it is for a human to look after, as orders are paid or not.
    async fn ask_whether_it_stayed(&self, payment: &Payment) -> Result<Option<PaymentEvidence>, PortFailure> {
        let seen = match self.gateway.look_up(&payment.key).await? {
            LookUp::Found(view) if view.went_back() => return Ok(Some(PaymentEvidence::Refunded)),
            LookUp::Found(PartnerView::Approved(_)) => None,
            LookUp::Found(PartnerView::Closed { code } | PartnerView::Unclear { code }) => Some(code),
            LookUp::Found(PartnerView::DepositPending(_)) => Some("a deposit that was taken back".to_owned()),
            LookUp::Found(PartnerView::Unconfirmed) => Some("not confirmed".to_owned()),
            LookUp::NotFound => Some("not found".to_owned()),
        };
        if let Some(status) = seen {
            tracing::error!(payment = %payment.id, order = %payment.order_number, %status, "the partner does not have the money of a paid order whole: this needs a human");
        }
        self.payments.leave(payment).await?;
        Ok(None)
    }
}

fn declined(code: String) -> PaymentEvidence {
    PaymentEvidence::Declined(Decline { code, kind: DeclineKind::Final })
}

#[cfg(test)]
#[path = "reconcile_payments_tests.rs"]
mod tests;
