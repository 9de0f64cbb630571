//! Due holds are given back.

use ef_domain::order::ExpireOrders;
use ef_domain::shared::PortFailure;

use super::Progress;

/// Gives back one batch of due holds.
pub(super) async fn batch(use_case: &ExpireOrders, size: u32) -> Result<Progress, PortFailure> {
    let report = use_case.run(size).await?;
    if report.released > 0 {
        tracing::info!(released = report.released, "unpaid orders expired");
    }
    // A full batch of which nothing could be given back would be the same batch again: that one pauses.
    let full = u32::try_from(report.due).is_ok_and(|due| due >= size);
    Ok(if full && report.released > 0 { Progress::More } else { Progress::Idle })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ef_domain::account::Phone;
    use ef_domain::order::{MockOrderRepository, Order, OrderNumber, OrderState, PostalCode, Recipient};
    use ef_domain::shared::{FailureKind, ManualClock, OrderId, Timestamp, UserId, Version, Won};

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).unwrap()
    }

    fn due_order(id: i64) -> Order {
        Order {
            id: OrderId::new(id),
            number: OrderNumber::try_new(id).unwrap(),
            buyer: UserId::new(1),
            recipient: Recipient {
                name: "김건강".to_owned(),
                phone: Phone::parse("010-1234-5678").unwrap(),
                postal_code: PostalCode::parse("04036").unwrap(),
                address_line1: "양화로 100".to_owned(),
                address_line2: None,
            },
            lines: Vec::new(),
            total: Won::ZERO,
            placed_at: now(),
            state: OrderState::AwaitingPayment { expires_at: now() },
            version: Version::FIRST,
        }
    }

    async fn batch_of(due: i64, released: usize) -> Progress {
        let mut orders = MockOrderRepository::new();
        orders.expect_due_holds().returning(move |_, _| Ok((1..=due).map(due_order).collect()));
        orders.expect_apply_each().returning(move |_| Ok(released));
        let use_case = ExpireOrders { orders: Arc::new(orders), clock: Arc::new(ManualClock::at(now())) };
        batch(&use_case, 3).await.unwrap()
    }

    #[tokio::test]
    async fn a_full_batch_asks_for_more() {
        assert_eq!(batch_of(3, 3).await, Progress::More);
        assert_eq!(batch_of(3, 1).await, Progress::More);
    }

    #[tokio::test]
    async fn a_batch_with_room_left_pauses() {
        assert_eq!(batch_of(2, 2).await, Progress::Idle);
        assert_eq!(batch_of(0, 0).await, Progress::Idle);
    }

    #[tokio::test]
    async fn a_full_batch_that_cannot_be_given_back_pauses() {
        assert_eq!(batch_of(3, 0).await, Progress::Idle);
    }

    #[tokio::test]
    async fn a_failing_store_fails_the_batch() {
        let mut orders = MockOrderRepository::new();
        let down = || PortFailure::new(FailureKind::Unreachable, "testing", "down");
        orders.expect_due_holds().returning(move |_, _| Err(down()));
        let use_case = ExpireOrders { orders: Arc::new(orders), clock: Arc::new(ManualClock::at(now())) };
        assert!(batch(&use_case, 3).await.is_err());
    }
}
