use std::time::Duration;

use super::*;
use crate::order::{MockOrderRepository, Order, OrderState, StockMove};
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
    order(OrderState::AwaitingDeposit { payment: key("pay-1"), due_at: at(900) })
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
        let close = CloseDeposit { orders, payments, gateway: Arc::new(self.gateway), settle, entropy };
        close.run(&CloseDepositCommand { asker, order: awaiting_payment().number, reason: None }).await
    }
}

fn refused() -> CancelOutcome {
    CancelOutcome::Refused(Decline { code: "INVALID_REFUND_ACCOUNT_INFO".to_owned(), kind: DeclineKind::Final })
}

#[tokio::test]
async fn the_account_is_closed_before_the_stock_is_released() {
    let mut world = World::with(held());
    let mut steps = mockall::Sequence::new();
    let cancelled = |_: &CancelRequest| Ok(CancelOutcome::Cancelled);
    world.gateway.expect_cancel().times(1).in_sequence(&mut steps).returning(cancelled);
    world.payments.expect_settle().times(1).in_sequence(&mut steps).returning(|settlement| {
        assert_eq!(settlement.order().unwrap().stock().direction(), StockMove::Release);
        Ok(())
    });
    assert!(world.close(Asker::Buyer(BUYER)).await.is_ok());
}

#[tokio::test]
async fn a_deposit_that_was_faster_is_taken() {
    let mut world = World::with(held());
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
    let mut world = World::with(held());
    world
        .gateway
        .expect_cancel()
        .returning(|_| Err(PortFailure::new(FailureKind::TimedOut, "cancelling a payment", "no answer")));
    assert!(matches!(world.close(Asker::Buyer(BUYER)).await, Err(CloseDepositError::OutcomeUnknown)));

    let mut world = World::with(held());
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
