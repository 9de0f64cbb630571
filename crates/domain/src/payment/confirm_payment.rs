//! A buyer returns from the payment window: intent, call, settle.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::order::{Decision, Order, OrderNumber, OrderRepository, OrderTransitionError};
use crate::shared::{Actor, Clock, Entropy, PortFailure, Won, WorkClaim};

use super::{
    ConfirmOutcome, ConfirmRequest, Decline, DeclineKind, Deposit, IdempotencyKey, NewPayment, OpenFailure, Payment,
    PaymentEvidence, PaymentGateway, PaymentKey, PaymentRepository, PaymentState, SettlePayment,
};

const TRIES: u8 = 3;

/// How long things may take. The front end gives up after 10 s, so everything together stays below that.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmTiming {
    /// How long after the intent reconciliation looks at a payment that nobody settled.
    pub check_after: Duration,
    /// How long a second confirm of the same payment waits for the first one's outcome.
    pub wait: Duration,
    /// How often it looks meanwhile.
    pub poll: Duration,
}

/// Takes an order's money.
pub struct ConfirmPayment {
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
    /// How long things may take.
    pub timing: ConfirmTiming,
}

/// What the payment window sent the buyer back with.
#[derive(Clone, Debug)]
pub struct ConfirmPaymentCommand {
    /// Who pays.
    pub actor: Actor,
    /// The order.
    pub order: OrderNumber,
    /// The payment that the buyer authorised.
    pub key: PaymentKey,
    /// The amount that the window showed. Only compared, never charged.
    pub quoted: Option<Won>,
    /// The claim under which the money is taken, if that was asked under a key.
    pub claim: Option<WorkClaim>,
}

/// Why the money was not taken, or why that is not known.
#[derive(Debug, Error)]
pub enum ConfirmPaymentError {
    /// There is no such order.
    #[error("the order does not exist")]
    OrderNotFound,
    /// It is somebody else's.
    #[error("the order belongs to somebody else")]
    NotYours,
    /// The window showed another amount.
    #[error("the order costs {0}")]
    AmountDiffers(Won),
    /// The order is paid by another payment, over, or its hold has ended. No money was taken.
    #[error(transparent)]
    NotPayable(#[from] OrderTransitionError),
    /// The payment key belongs to another order.
    #[error("the payment belongs to another order")]
    KeyOfAnotherOrder,
    /// The partner refused; no money was taken.
    #[error("the payment was declined with {code}")]
    Declined {
        /// The partner's code.
        code: String,
        /// Whether the same payment may be tried again.
        repeatable: bool,
    },
    /// The money was taken but the shop cannot keep it: it goes back.
    #[error("the payment is being refunded")]
    Refunding,
    /// A virtual account was issued: no money yet.
    #[error("the deposit is awaited until {}", .0.due_at)]
    DepositPending(Deposit),
    /// Nobody knows yet whether the money was taken; reconciliation will.
    #[error("the outcome is not known yet")]
    OutcomeUnknown,
    /// The partner cannot be reached; no money was taken and the same payment may be tried again.
    #[error("the payment partner cannot be reached")]
    PartnerUnreachable,
    /// The order kept moving.
    #[error("the order kept changing")]
    Conflict,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// What a look at the stored payment says about calling the partner.
enum Standing {
    /// It is settled: this is the answer.
    Settled(Payment),
    /// Somebody is on it.
    InFlight,
    /// The partner is to be called. The payment is the attempt that this one repeats.
    ToOpen(Option<Payment>),
}

impl ConfirmPayment {
    /// Takes the money once, however often and from however many tabs it is called, and answers every call alike.
    pub async fn run(&self, command: &ConfirmPaymentCommand) -> Result<Payment, ConfirmPaymentError> {
        for _ in 0..TRIES {
            let order = self.own_order(command).await?;
            match self.standing(command).await? {
                Standing::Settled(payment) => return answer(payment),
                Standing::InFlight => return self.wait_for_outcome(command).await,
                Standing::ToOpen(repeats) => {
                    if let Some((payment, order)) = self.open(command, &order, repeats).await? {
                        return self.call_and_settle(payment, order, command.claim.as_ref()).await;
                    }
                    // Somebody moved the order or took the key meanwhile: look again.
                }
            }
        }
        Err(ConfirmPaymentError::Conflict)
    }

    /// The payment as it stands, for whoever confirmed it before and asks for it once more.
    pub async fn recall(&self, command: &ConfirmPaymentCommand) -> Result<Payment, ConfirmPaymentError> {
        self.own_order(command).await?;
        let payment = self.payments.find(&command.key).await?.filter(|payment| payment.order_number == command.order);
        payment.ok_or(ConfirmPaymentError::OrderNotFound)
    }

    async fn own_order(&self, command: &ConfirmPaymentCommand) -> Result<Order, ConfirmPaymentError> {
        let order = self.orders.find_by_number(command.order).await?.ok_or(ConfirmPaymentError::OrderNotFound)?;
        let order = order.owned_by(&command.actor).ok_or(ConfirmPaymentError::NotYours)?;
        if command.quoted.is_some_and(|quoted| quoted != order.total) {
            return Err(ConfirmPaymentError::AmountDiffers(order.total));
        }
        Ok(order)
    }

    async fn standing(&self, command: &ConfirmPaymentCommand) -> Result<Standing, ConfirmPaymentError> {
        let Some(payment) = self.payments.find(&command.key).await? else {
            return Ok(Standing::ToOpen(None));
        };
        if payment.order_number != command.order {
            return Err(ConfirmPaymentError::KeyOfAnotherOrder);
        }
        Ok(match payment.state {
            PaymentState::Requested => Standing::InFlight,
            PaymentState::Declined { repeatable: true, .. } => Standing::ToOpen(Some(payment)),
            _ => Standing::Settled(payment),
        })
    }

    /// Transaction one: the intent. `None` if it must be decided again.
    async fn open(
        &self,
        command: &ConfirmPaymentCommand,
        order: &Order,
        repeats: Option<Payment>,
    ) -> Result<Option<(Payment, Order)>, ConfirmPaymentError> {
        let now = self.clock.now();
        let Decision::Apply(change) = order.open_payment(&command.key, now)? else {
            return Ok(None);
        };
        let intent = NewPayment {
            key: command.key.clone(),
            order: order.id,
            order_number: order.number,
            amount: order.total,
            idempotency_key: IdempotencyKey::draw(self.entropy.as_ref()),
            requested_at: now,
            check_at: now.after(self.timing.check_after),
            repeats: repeats.as_ref().map(|payment| (payment.id, payment.version)),
        };
        let id = match self.payments.open(&intent, &change).await {
            Ok(id) => id,
            Err(OpenFailure::Stale | OpenFailure::KeyTaken) => return Ok(None),
            Err(OpenFailure::Unavailable(failure)) => return Err(failure.into()),
        };
        let payment = Payment {
            id,
            key: intent.key,
            order: intent.order,
            order_number: intent.order_number,
            amount: intent.amount,
            idempotency_key: intent.idempotency_key,
            requested_at: now,
            state: PaymentState::Requested,
            checks: 0,
            version: repeats.map_or(crate::shared::Version::FIRST, |payment| payment.version.next()),
        };
        Ok(Some((payment, change.applied_to(order))))
    }

    /// The call, with nothing held, and transaction two: what became of it.
    async fn call_and_settle(
        &self,
        payment: Payment,
        order: Order,
        claim: Option<&WorkClaim>,
    ) -> Result<Payment, ConfirmPaymentError> {
        let request = ConfirmRequest {
            key: payment.key.clone(),
            order: payment.order_number,
            amount: payment.amount,
            idempotency_key: payment.idempotency_key.clone(),
        };
        let evidence = match self.gateway.confirm(&request).await {
            Ok(ConfirmOutcome::Approved(approval)) => PaymentEvidence::Approved(approval),
            Ok(ConfirmOutcome::DepositPending(deposit)) => PaymentEvidence::DepositPending(deposit),
            Ok(ConfirmOutcome::Declined(decline)) => PaymentEvidence::Declined(decline),
            Ok(ConfirmOutcome::NotSent) => PaymentEvidence::Declined(not_sent()),
            Err(failure) => {
                tracing::warn!(payment = %payment.id, order = %payment.order_number, error = failure.chain(), "payment outcome unknown, reconciliation will ask");
                return self.settled_meanwhile(&payment).await;
            }
        };
        match self.settle.run_under((payment.clone(), order), &evidence, claim).await {
            Ok(payment) => answer(payment),
            Err(failure) => {
                tracing::error!(payment = %payment.id, order = %payment.order_number, error = failure.chain(), "a payment's outcome could not be stored, reconciliation will");
                Err(ConfirmPaymentError::OutcomeUnknown)
            }
        }
    }

    /// Reconciliation may have learned the outcome while the call hung.
    async fn settled_meanwhile(&self, payment: &Payment) -> Result<Payment, ConfirmPaymentError> {
        match self.payments.find(&payment.key).await {
            Ok(Some(payment)) => answer(payment),
            Ok(None) | Err(_) => Err(ConfirmPaymentError::OutcomeUnknown),
        }
    }

    /// A second confirm of a payment in flight: waits for the first one's outcome and gives the same answer.
    async fn wait_for_outcome(&self, command: &ConfirmPaymentCommand) -> Result<Payment, ConfirmPaymentError> {
        let deadline = self.clock.now().after(self.timing.wait);
        while self.clock.now() < deadline {
            self.clock.sleep(self.timing.poll).await;
            match self.payments.find(&command.key).await? {
                Some(payment) if payment.state == PaymentState::Requested => {}
                Some(payment) => return answer(payment),
                None => return Err(ConfirmPaymentError::Conflict),
            }
        }
        Err(ConfirmPaymentError::OutcomeUnknown)
    }
}

const NOT_SENT: &str = "NOT_SENT";

fn not_sent() -> Decline {
    Decline { code: NOT_SENT.to_owned(), kind: DeclineKind::Repeatable }
}

/// What a payment's state means to the buyer who asks.
fn answer(payment: Payment) -> Result<Payment, ConfirmPaymentError> {
    match &payment.state {
        PaymentState::Approved { .. } => Ok(payment),
        PaymentState::Requested => Err(ConfirmPaymentError::OutcomeUnknown),
        PaymentState::AwaitingDeposit(deposit) => Err(ConfirmPaymentError::DepositPending(deposit.clone())),
        PaymentState::Declined { code, .. } if code == NOT_SENT => Err(ConfirmPaymentError::PartnerUnreachable),
        PaymentState::Declined { code, repeatable } => {
            Err(ConfirmPaymentError::Declined { code: code.clone(), repeatable: *repeatable })
        }
        PaymentState::RefundDue { .. } | PaymentState::Refunded { .. } => Err(ConfirmPaymentError::Refunding),
    }
}

#[cfg(test)]
#[path = "confirm_payment_tests.rs"]
mod tests;
