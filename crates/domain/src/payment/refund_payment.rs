//! An order's money goes back because somebody wants it so: intent, call, settle.

use std::sync::Arc;

use thiserror::Error;

use crate::order::{
    ApplyFailure, Asker, Goods, Order, OrderNumber, OrderRepository, OrderTransitionError, RefundRequest,
};
use crate::shared::{Clock, Entropy, PaymentId, PortFailure, Vault, Version, WorkClaim};

use super::{
    ConfirmTiming, IdempotencyKey, Payment, PaymentEvidence, PaymentRepository, PaymentState, RefundAccount,
    RefundCall, RefundIntent, RefundStart, SealedAccount, SettlePayment, start_refund,
};

const TRIES: u8 = 3;
/// What the partner's record says where nobody gave a reason.
const BY_THE_BUYER: &str = "구매자가 주문을 취소했습니다.";
const BY_THE_SHOP: &str = "판매자가 주문을 취소했습니다.";
/// What is said of a refusal whose code only another call heard.
const REFUSED: &str = "REFUND_REFUSED";

/// Gives an order's money back.
pub struct RefundPayment {
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// Where payments are kept.
    pub payments: Arc<dyn PaymentRepository>,
    /// Asks the partner.
    pub call: RefundCall,
    /// Stores what became of it.
    pub settle: SettlePayment,
    /// Seals the accounts that money goes back to.
    pub vault: Arc<dyn Vault>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// Where idempotency keys come from.
    pub entropy: Arc<dyn Entropy>,
    /// How long things may take.
    pub timing: ConfirmTiming,
}

/// Whose money is to go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundTarget {
    /// That which paid this order.
    Order(OrderNumber),
    /// That which this payment took.
    Payment(PaymentId),
}

/// Whose money goes back, and why.
#[derive(Clone, Debug)]
pub struct RefundPaymentCommand {
    /// Who asks. For an administrator the audit trail notes it.
    pub asker: Asker,
    /// For what.
    pub target: RefundTarget,
    /// Why, in his words; up to 200 characters.
    pub reason: Option<String>,
    /// What becomes of the goods. A buyer's go back on the shelf whatever this says: they have not left it.
    pub goods: Goods,
    /// Where a deposit's money goes back to.
    pub account: Option<RefundAccount>,
    /// The order as the asker saw it, if that is to matter.
    pub expected: Option<Version>,
    /// The claim under which it goes back, if that was asked under a key.
    pub claim: Option<WorkClaim>,
}

/// Why the money did not go back, or why that is not known.
#[derive(Debug, Error)]
pub enum RefundPaymentError {
    /// There is no such order or payment.
    #[error("there is no such order or payment")]
    NotFound,
    /// It is somebody else's.
    #[error("the order belongs to somebody else")]
    NotYours,
    /// The order is not any more as the asker saw it.
    #[error("the order was changed since it was looked at")]
    Changed,
    /// The order does not allow it: its parcel has left, say. Nothing went back.
    #[error(transparent)]
    NotRefundable(#[from] OrderTransitionError),
    /// No money was taken, or it went back before.
    #[error("there is nothing to give back")]
    NothingToRefund,
    /// A deposit goes back to an account of the buyer's, and none was given. Nothing went back.
    #[error("the account that the deposit goes back to is missing")]
    AccountNeeded,
    /// The partner refused; nothing went back, and everything stands as it stood.
    #[error("the refund was refused with {code}")]
    Refused {
        /// The partner's code.
        code: String,
    },
    /// Nobody knows yet whether the money went back; reconciliation carries it through.
    #[error("the outcome is not known yet")]
    OutcomeUnknown,
    /// The order kept moving.
    #[error("the order kept changing")]
    Conflict,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl RefundPayment {
    /// Gives the money back once, however many ask at the same time, and returns the payment as it stands then. Whoever
    /// asks while it is on its way hears what became of it.
    pub async fn run(&self, command: &RefundPaymentCommand) -> Result<Payment, RefundPaymentError> {
        let request = command.request();
        for _ in 0..TRIES {
            let (payment, order) = self.load(command, &request).await?;
            if command.expected.is_some_and(|expected| expected != order.version) {
                return Err(RefundPaymentError::Changed);
            }
            let opened = match start_refund(&payment, &order, &request, self.intent(command))? {
                RefundStart::Open(opened) => opened.wanted(&order, request.by, Some(&request.reason), self.clock.now()),
                RefundStart::UnderWay => return self.wait_for_outcome(&payment).await,
                RefundStart::AccountNeeded => return Err(RefundPaymentError::AccountNeeded),
                RefundStart::NothingToRefund => return command.found_nothing(payment),
            };
            match self.payments.settle(&opened).await {
                Ok(()) => {
                    let opened = opened.applied_to(&payment, &order);
                    return self.call_and_settle(opened, command.claim.as_ref()).await;
                }
                // Somebody moved the order or its payment meanwhile: look again.
                Err(ApplyFailure::Stale) => {}
                Err(ApplyFailure::Unavailable(failure)) => return Err(failure.into()),
            }
        }
        Err(RefundPaymentError::Conflict)
    }

    /// The payment and its order, if they are any business of the asker's.
    async fn load(
        &self,
        command: &RefundPaymentCommand,
        request: &RefundRequest,
    ) -> Result<(Payment, Order), RefundPaymentError> {
        let mine = |order| command.asker.may_undo(order).ok_or(RefundPaymentError::NotYours);
        match command.target {
            RefundTarget::Order(number) => {
                let order = self.orders.find_by_number(number).await?.ok_or(RefundPaymentError::NotFound)?;
                let order = mine(order)?;
                let Some(key) = order.payment() else {
                    order.open_refund(request)?;
                    return Err(RefundPaymentError::NothingToRefund);
                };
                let payment = self.payments.find(key).await?.ok_or(RefundPaymentError::Conflict)?;
                Ok((payment, order))
            }
            RefundTarget::Payment(id) => {
                let payment = self.payments.find_by_id(id).await?.ok_or(RefundPaymentError::NotFound)?;
                let order = mine(self.settle.order_of(&payment).await?)?;
                Ok((payment, order))
            }
        }
    }

    fn intent(&self, command: &RefundPaymentCommand) -> RefundIntent {
        RefundIntent {
            refund_key: IdempotencyKey::draw(self.entropy.as_ref()),
            account: command.account.as_ref().map(|account| SealedAccount::seal(self.vault.as_ref(), account)),
            check_at: self.clock.now().after(self.timing.check_after),
        }
    }

    /// The call, with nothing held, and transaction two: what became of it.
    async fn call_and_settle(
        &self,
        (payment, order): (Payment, Order),
        claim: Option<&WorkClaim>,
    ) -> Result<Payment, RefundPaymentError> {
        let evidence = match self.call.run(&payment, &order).await {
            Ok(Some(evidence)) => evidence,
            Ok(None) => return Err(RefundPaymentError::OutcomeUnknown),
            Err(failure) => {
                tracing::warn!(payment = %payment.id, order = %payment.order_number, error = failure.chain(), "refund outcome unknown, reconciliation will ask");
                return self.settled_meanwhile(&payment).await;
            }
        };
        match self.settle.run_under((payment.clone(), order), &evidence, claim).await {
            Ok(payment) => answer(payment, evidence),
            Err(failure) => {
                tracing::error!(payment = %payment.id, order = %payment.order_number, error = failure.chain(), "a refund's outcome could not be stored, reconciliation will");
                Err(RefundPaymentError::OutcomeUnknown)
            }
        }
    }

    /// Reconciliation may have learned the outcome while the call hung.
    async fn settled_meanwhile(&self, payment: &Payment) -> Result<Payment, RefundPaymentError> {
        match self.payments.find(&payment.key).await {
            Ok(Some(Payment { state: PaymentState::RefundDue { .. }, .. }) | None) | Err(_) => {
                Err(RefundPaymentError::OutcomeUnknown)
            }
            Ok(Some(payment)) => heard_later(payment),
        }
    }

    /// Somebody else's refund of the same payment is under way: waits for its outcome and gives the same answer.
    async fn wait_for_outcome(&self, payment: &Payment) -> Result<Payment, RefundPaymentError> {
        let deadline = self.clock.now().after(self.timing.wait);
        while self.clock.now() < deadline {
            self.clock.sleep(self.timing.poll).await;
            match self.payments.find(&payment.key).await? {
                Some(Payment { state: PaymentState::RefundDue { .. }, .. }) => {}
                Some(payment) => return heard_later(payment),
                None => return Err(RefundPaymentError::Conflict),
            }
        }
        Err(RefundPaymentError::OutcomeUnknown)
    }
}

impl RefundPaymentCommand {
    fn request(&self) -> RefundRequest {
        let (default, goods) = match self.asker {
            Asker::Buyer(_) => (BY_THE_BUYER, Goods::BackOnTheShelf),
            Asker::Administrator(_) => (BY_THE_SHOP, self.goods),
        };
        let reason = self.reason.clone().unwrap_or_else(|| default.to_owned());
        RefundRequest { by: self.asker.party(), reason, goods }
    }

    /// What went back before is an error, unless the same request did that and nobody heard its answer.
    fn found_nothing(&self, payment: Payment) -> Result<Payment, RefundPaymentError> {
        let again = self.claim.as_ref().is_some_and(|claim| claim.again);
        let went_back = matches!(payment.state, PaymentState::Refunded { .. });
        if again && went_back { Ok(payment) } else { Err(RefundPaymentError::NothingToRefund) }
    }
}

/// What the payment says to whoever asked the partner himself.
fn answer(payment: Payment, evidence: PaymentEvidence) -> Result<Payment, RefundPaymentError> {
    match (&payment.state, evidence) {
        (PaymentState::Refunded { .. }, _) => Ok(payment),
        (_, PaymentEvidence::RefundRefused { code, .. }) => Err(RefundPaymentError::Refused { code }),
        _ => Err(RefundPaymentError::OutcomeUnknown),
    }
}

/// What the payment says to whoever waited for somebody else's call.
fn heard_later(payment: Payment) -> Result<Payment, RefundPaymentError> {
    match payment.state {
        PaymentState::Refunded { .. } => Ok(payment),
        _ => Err(RefundPaymentError::Refused { code: REFUSED.to_owned() }),
    }
}

#[cfg(test)]
#[path = "refund_payment_tests.rs"]
mod tests;
