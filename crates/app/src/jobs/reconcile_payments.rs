//! Payments whose outcome is open are asked for.

use ef_domain::payment::ReconcilePayments;
use ef_domain::shared::PortFailure;

use super::Progress;

/// Asks for one batch of open payments.
pub(super) async fn batch(use_case: &ReconcilePayments, size: u32) -> Result<Progress, PortFailure> {
    let report = use_case.run(size).await?;
    // A full batch of which nothing was settled means that the partner is in trouble: hurrying would not help it.
    let full = u32::try_from(report.due).is_ok_and(|due| due >= size);
    Ok(if full && report.settled > 0 { Progress::More } else { Progress::Idle })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use ef_domain::order::{MockOrderRepository, OrderNumber};
    use ef_domain::payment::{
        DepositHold, IdempotencyKey, LookUp, MockPaymentGateway, MockPaymentRepository, Payment, PaymentGateway,
        PaymentKey, PaymentState, RefundCall, SettlePayment,
    };
    use ef_domain::shared::{CountingEntropy, ManualClock, MockVault, OrderId, PaymentId, Timestamp, Version, Won};

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).unwrap()
    }

    fn open_payment(id: i64) -> Payment {
        Payment {
            id: PaymentId::new(id),
            key: PaymentKey::parse(&format!("key-{id}")).unwrap(),
            order: OrderId::new(id),
            order_number: OrderNumber::try_new(id).unwrap(),
            amount: Won::ZERO,
            idempotency_key: IdempotencyKey::stored("once".to_owned()),
            requested_at: now(),
            state: PaymentState::Requested,
            checks: 0,
            version: Version::FIRST,
        }
    }

    /// A batch of payments that the partner does not know (yet).
    async fn batch_of(due: i64) -> Progress {
        let mut payments = MockPaymentRepository::new();
        payments.expect_due_checks().returning(move |_, _| Ok((1..=due).map(open_payment).collect()));
        payments.expect_claim().returning(|_, _| Ok(true));
        let mut gateway = MockPaymentGateway::new();
        gateway.expect_look_up().returning(|_| Ok(LookUp::NotFound));
        let (payments, clock) = (Arc::new(payments), Arc::new(ManualClock::at(now())));
        let settle = SettlePayment {
            orders: Arc::new(MockOrderRepository::new()),
            payments: payments.clone(),
            clock: clock.clone(),
            entropy: Arc::new(CountingEntropy::default()),
            deposit_hold: DepositHold(Duration::from_hours(24)),
        };
        let gateway: Arc<dyn PaymentGateway> = Arc::new(gateway);
        let refund = RefundCall { gateway: Arc::clone(&gateway), vault: Arc::new(MockVault::new()) };
        batch(&ReconcilePayments { payments, gateway, settle, refund, clock }, 3).await.unwrap()
    }

    #[tokio::test]
    async fn a_full_batch_of_which_nothing_is_settled_pauses() {
        assert_eq!(batch_of(3).await, Progress::Idle);
    }

    #[tokio::test]
    async fn nothing_due_pauses() {
        assert_eq!(batch_of(0).await, Progress::Idle);
    }
}
