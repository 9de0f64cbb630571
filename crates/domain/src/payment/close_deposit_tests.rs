use std::time::Duration;

use super::*;
use crate::order::{CancelCause, MockOrderRepository, OrderState, Party, StockMove};
use crate::payment::{
    Approval, Decline, DeclineKind, Deposit, DepositHold, MockPaymentGateway, MockPaymentRepository, PaymentMethod,
};
use crate::shared::{CountingEntropy, FailureKind, ManualClock};
use crate::testing::{BUYER, STRANGER, at, awaiting_payment, key, order, paying, payment, won};

#[derive(Default)]
struct World {
    orders: MockOrderRepository,
    payments: MockPaymentRepository,
    gateway: MockPaymentGateway,
}

fn held() -> Order {
    order(OrderState::AwaitingDeposit { payment: key("pay-1"), due_at: at(900), withdrawal: None })
}

impl World {
    fn with(order: Order) -> Self {
        let mut world = Self::default();
        world.orders.expect_find_by_number().returning(move |_| Ok(Some(order.clone())));
        let waiting = PaymentState::AwaitingDeposit(Deposit { due_at: at(900), account: None });
        world.payments.expect_find().returning(move |_| Ok(Some(payment(waiting.clone()))));
        world
    }

    async fn close(self, asker: Asker) -> Result<(), CloseDepositError> {
        let (orders, payments) = (Arc::new(self.orders), Arc::new(self.payments));
        let (clock, entropy) = (Arc::new(ManualClock::at(at(70))), Arc::new(CountingEntropy::default()));
        let settle = SettlePayment {
            orders: orders.clone(),
            payments: payments.clone(),
            clock,
            entropy: entropy.clone(),
            deposit_hold: DepositHold(Duration::from_hours(24)),
        };
        let clock = settle.clock.clone();
        let close = CloseDeposit { orders, payments, gateway: Arc::new(self.gateway), settle, clock, entropy };
        let reason = Some("잘못 주문".to_owned());
        close.run(&CloseDepositCommand { asker, order: awaiting_payment().number, reason }).await
    }
}

/// The same, and its buyer does not want it any more.
fn withdrawn() -> Order {
    let withdrawal = Some(Withdrawal { by: Party::Buyer, reason: Some("잘못 주문".to_owned()) });
    order(OrderState::AwaitingDeposit { payment: key("pay-1"), due_at: at(900), withdrawal })
}

fn silence() -> PortFailure {
    PortFailure::new(FailureKind::TimedOut, "cancelling a payment", "no answer")
}

fn refused() -> CancelOutcome {
    CancelOutcome::Refused(Decline { code: "INVALID_REFUND_ACCOUNT_INFO".to_owned(), kind: DeclineKind::Final })
}

#[tokio::test]
async fn the_wish_is_stored_before_the_account_is_closed_and_that_before_the_stock_is_released() {
    let mut world = World::with(held());
    let mut steps = mockall::Sequence::new();
    world.orders.expect_apply().times(1).in_sequence(&mut steps).returning(|change| {
        assert_eq!(*change.next(), withdrawn().state);
        assert_eq!((change.stock().direction(), change.event()), (StockMove::None, None));
        Ok(())
    });
    let soon = |_: &_, when: &_| *when == at(75);
    world.payments.expect_hasten().times(1).withf(soon).in_sequence(&mut steps).returning(|_, _| Ok(()));
    world.gateway.expect_cancel().times(1).in_sequence(&mut steps).returning(|request| {
        assert_eq!(request.reason, "잘못 주문");
        Ok(CancelOutcome::Cancelled)
    });
    world.payments.expect_settle().times(1).in_sequence(&mut steps).returning(|settlement| {
        let change = settlement.order().unwrap();
        assert_eq!((change.version(), change.stock().direction()), (held().version.next(), StockMove::Release));
        let OrderState::Cancelled(end) = change.next() else { panic!("{change:?}") };
        assert_eq!(
            (&end.cause, end.by, end.reason.as_deref()),
            (&CancelCause::ByBuyer, Party::Buyer, Some("잘못 주문"))
        );
        Ok(())
    });
    assert!(world.close(Asker::Buyer(BUYER)).await.is_ok());
}

#[tokio::test]
async fn a_second_wish_stores_nothing_and_is_answered_like_the_first() {
    let mut world = World::with(withdrawn());
    world.gateway.expect_cancel().times(1).returning(|_| Ok(CancelOutcome::Cancelled));
    world.payments.expect_settle().times(1).returning(|_| Ok(()));
    assert!(world.close(Asker::Buyer(BUYER)).await.is_ok());
}

#[tokio::test]
async fn a_wish_that_could_not_be_stored_reaches_no_partner() {
    let mut world = World::with(held());
    world.orders.expect_apply().returning(|_| {
        Err(ApplyFailure::Unavailable(PortFailure::new(FailureKind::TimedOut, "changing an order", "no answer")))
    });
    assert!(matches!(world.close(Asker::Buyer(BUYER)).await, Err(CloseDepositError::Unavailable(_))));
}

#[tokio::test]
async fn what_reconciliation_settled_while_the_call_hung_is_the_answer() {
    for (state, is_closed) in [
        (PaymentState::Declined { code: "CANCELED".to_owned(), repeatable: false }, true),
        (PaymentState::Approved { method: PaymentMethod::VirtualAccount, approved_at: at(69) }, false),
    ] {
        let mut world = World::default();
        world.orders.expect_find_by_number().returning(|_| Ok(Some(withdrawn())));
        let mut looks = mockall::Sequence::new();
        let waiting = PaymentState::AwaitingDeposit(Deposit { due_at: at(900), account: None });
        for state in [waiting, state] {
            let found = payment(state);
            world.payments.expect_find().times(1).in_sequence(&mut looks).returning(move |_| Ok(Some(found.clone())));
        }
        world.gateway.expect_cancel().returning(|_| Err(silence()));
        let outcome = world.close(Asker::Buyer(BUYER)).await;
        assert_eq!(outcome.is_ok(), is_closed, "{outcome:?}");
        assert!(is_closed || matches!(outcome, Err(CloseDepositError::Moved)), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_deposit_that_was_faster_is_taken() {
    let mut world = World::with(withdrawn());
    world.gateway.expect_cancel().returning(|_| Ok(refused()));
    world.gateway.expect_look_up().returning(|_| {
        Ok(LookUp::Found(PartnerView::Approved(Approval {
            order: Some(paying().number),
            amount: Some(won(17_000)),
            method: PaymentMethod::VirtualAccount,
            approved_at: at(69),
        })))
    });
    world.payments.expect_settle().times(1).returning(|settlement| {
        assert!(matches!(settlement.payment().next(), PaymentState::Approved { .. }));
        Ok(())
    });
    assert!(matches!(world.close(Asker::Buyer(BUYER)).await, Err(CloseDepositError::Moved)));
}

#[tokio::test]
async fn nothing_is_released_while_the_account_may_be_open() {
    let mut world = World::with(withdrawn());
    world.gateway.expect_cancel().returning(|_| Err(silence()));
    // Reconciliation asks at once.
    world.payments.expect_hasten().times(1).withf(|_, when| *when == at(70)).returning(|_, _| Ok(()));
    assert!(matches!(world.close(Asker::Buyer(BUYER)).await, Err(CloseDepositError::OutcomeUnknown)));

    let mut world = World::with(withdrawn());
    world.gateway.expect_cancel().returning(|_| Ok(refused()));
    world.gateway.expect_look_up().returning(|_| Ok(LookUp::NotFound));
    assert!(matches!(world.close(Asker::Buyer(BUYER)).await, Err(CloseDepositError::Refused { .. })));
}

#[tokio::test]
async fn nobody_closes_anothers_account() {
    assert!(matches!(World::with(held()).close(Asker::Buyer(STRANGER)).await, Err(CloseDepositError::NotYours)));
}

#[tokio::test]
async fn an_order_without_an_account_has_none_to_close() {
    let outcome = World::with(awaiting_payment()).close(Asker::Buyer(BUYER)).await;
    assert!(matches!(outcome, Err(CloseDepositError::Moved)));
}
