//! Settling: evidence in, stored fact out. Shared by the buyer's confirm and by reconciliation.

use std::sync::Arc;

use crate::order::{ApplyFailure, Order, OrderRepository};
use crate::shared::{Clock, Entropy, FailureKind, PortFailure};

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
}

impl SettlePayment {
    /// Decides what the evidence means for the payment and its order and stores it. Returns the payment as it stands
    /// afterwards, whoever settled it.
    ///
    /// `known` is the pair as the caller last saw it; where it turns out to be stale, both are read again.
    pub async fn run(&self, known: (Payment, Order), evidence: &PaymentEvidence) -> Result<Payment, PortFailure> {
        let (mut payment, mut order) = known;
        for _ in 0..TRIES {
            let refund_key = IdempotencyKey::draw(self.entropy.as_ref());
            let Some(settlement) = settle(&payment, &order, evidence, self.clock.now(), &refund_key) else {
                return Ok(payment);
            };
            match self.payments.settle(&settlement).await {
                Ok(()) => {
                    let change = settlement.payment();
                    return Ok(Payment { state: change.next().clone(), version: change.version().next(), ..payment });
                }
                Err(ApplyFailure::Unavailable(failure)) => return Err(failure),
                Err(ApplyFailure::Stale) => (payment, order) = self.reload(&payment).await?,
            }
        }
        Err(PortFailure::new(FailureKind::TimedOut, "settling a payment", "it kept colliding with others"))
    }

    /// The payment and its order as they are now.
    pub async fn reload(&self, payment: &Payment) -> Result<(Payment, Order), PortFailure> {
        let missing = |what| PortFailure::new(FailureKind::Corrupt, "reloading a payment", what);
        let payment = self.payments.find(&payment.key).await?.ok_or_else(|| missing("the payment is gone"))?;
        let order = self.orders.find_by_number(payment.order_number).await?;
        Ok((payment, order.ok_or_else(|| missing("the payment's order is gone"))?))
    }
}
