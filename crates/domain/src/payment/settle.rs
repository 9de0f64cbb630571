//! Settling: evidence in, stored fact out. Shared by the buyer's confirm and by reconciliation.

use std::sync::Arc;
use std::time::Duration;

use crate::order::{ApplyFailure, Order, OrderRepository};
use crate::shared::{Clock, Entropy, FailureKind, PortFailure, WorkClaim};

use super::{IdempotencyKey, Payment, PaymentEvidence, PaymentRepository, settle};

const TRIES: u8 = 3;

/// Stores what became of payments.
pub struct SettlePayment {
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// Where payments are kept.
    pub payments: Arc<dyn PaymentRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// Where refund keys come from.
    pub entropy: Arc<dyn Entropy>,
    /// The longest that an issued virtual account holds its stock, whatever its own due date says.
    pub deposit_hold: DepositHold,
}

/// The longest that an issued virtual account holds its stock.
#[derive(Clone, Copy, Debug)]
pub struct DepositHold(pub Duration);

impl SettlePayment {
    /// Decides what the evidence means for the payment and its order and stores it. Returns the payment as it stands
    /// afterwards, whoever settled it.
    ///
    /// `known` is the pair as the caller last saw it; where it turns out to be stale, both are read again.
    pub async fn run(&self, known: (Payment, Order), evidence: &PaymentEvidence) -> Result<Payment, PortFailure> {
        self.run_under(known, evidence, None).await
    }

    /// The same as the work of a claim, which is marked as done by the transaction that stores an approval
    /// or a refund.
    pub async fn run_under(
        &self,
        known: (Payment, Order),
        evidence: &PaymentEvidence,
        claim: Option<&WorkClaim>,
    ) -> Result<Payment, PortFailure> {
        let (mut payment, mut order) = known;
        let evidence = &evidence.clone().due_by(self.clock.now().after(self.deposit_hold.0));
        let attempt = payment.idempotency_key.clone();
        for _ in 0..TRIES {
            let refund_key = IdempotencyKey::draw(self.entropy.as_ref());
            let Some(settlement) = settle(&payment, &order, evidence, self.clock.now(), &refund_key) else {
                return Ok(payment);
            };
            let settlement = settlement.under(claim);
            match self.payments.settle(&settlement).await {
                Ok(()) => {
                    let change = settlement.payment();
                    return Ok(Payment { state: change.next().clone(), version: change.version().next(), ..payment });
                }
                Err(ApplyFailure::Unavailable(failure)) => return Err(failure),
                Err(ApplyFailure::Stale) => (payment, order) = self.reload(&payment).await?,
            }
            // A refusal of an earlier attempt says nothing about a later one under the same payment key. Money that was
            // taken is money, whichever attempt took it.
            if payment.idempotency_key != attempt && !matches!(evidence, PaymentEvidence::Approved(_)) {
                return Ok(payment);
            }
        }
        Err(PortFailure::new(FailureKind::TimedOut, "settling a payment", "it kept colliding with others"))
    }

    /// The order that a payment is for.
    pub async fn order_of(&self, payment: &Payment) -> Result<Order, PortFailure> {
        let order = self.orders.find_by_number(payment.order_number).await?;
        order.ok_or_else(|| PortFailure::new(FailureKind::Corrupt, "reading a payment's order", "it is gone"))
    }

    async fn reload(&self, payment: &Payment) -> Result<(Payment, Order), PortFailure> {
        let found = self.payments.find(&payment.key).await?;
        let payment = found.ok_or_else(|| PortFailure::new(FailureKind::Corrupt, "reading a payment", "it is gone"))?;
        let order = self.order_of(&payment).await?;
        Ok((payment, order))
    }
}
