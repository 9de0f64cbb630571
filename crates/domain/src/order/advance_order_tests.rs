use std::time::Duration;

use super::*;
use crate::order::{CancelCause, Cancellation, Goods, MockOrderRepository, OrderState, Parcel, RefundRequest};
use crate::payment::{
    ConfirmTiming, DepositHold, MockPaymentGateway, MockPaymentRepository, RefundCall, SettlePayment,
};
use crate::shared::{CountingEntropy, ManualClock, MockVault, Role, UserId};
use crate::testing::{at, key, order};

const ADMIN: Actor = Actor { user: UserId::new(1), role: Role::Admin };

fn paid() -> OrderState {
    OrderState::Paid { payment: key("pay-1"), paid_at: at(500) }
}

fn shipped() -> OrderState {
    OrderState::Shipped { payment: key("pay-1"), paid_at: at(500), shipped_at: at(1000) }
}

fn version(order: Order, version: i64) -> Order {
    Order { version: Version::new(version), ..order }
}

/// Over those orders, and a partner whom nobody asks.
fn desk(orders: MockOrderRepository) -> AdvanceOrder {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(at(1000)));
    let orders: Arc<dyn OrderRepository> = Arc::new(orders);
    let payments = Arc::new(MockPaymentRepository::new());
    let gateway = Arc::new(MockPaymentGateway::new());
    let vault = Arc::new(MockVault::new());
    let settle = || SettlePayment {
        orders: Arc::clone(&orders),
        payments: payments.clone(),
        clock: Arc::clone(&clock),
        entropy: Arc::new(CountingEntropy::default()),
        deposit_hold: DepositHold(Duration::from_hours(1)),
    };
    let second = Duration::from_secs(1);
    let refunds = RefundPayment {
        orders: Arc::clone(&orders),
        payments: payments.clone(),
        call: RefundCall { gateway: gateway.clone(), vault: vault.clone() },
        settle: settle(),
        vault,
        clock: Arc::clone(&clock),
        entropy: Arc::new(CountingEntropy::default()),
        timing: ConfirmTiming { check_after: second, wait: second, poll: second },
    };
    let deposits = CloseDeposit {
        orders: Arc::clone(&orders),
        payments: payments.clone(),
        gateway,
        settle: settle(),
        clock: Arc::clone(&clock),
        entropy: Arc::new(CountingEntropy::default()),
    };
    AdvanceOrder { orders: Arc::clone(&orders), refunds: Arc::new(refunds), deposits: Arc::new(deposits), clock }
}

/// What is read, one after the other.
fn reading(found: impl IntoIterator<Item = Order>) -> MockOrderRepository {
    let mut orders = MockOrderRepository::new();
    let mut sequence = mockall::Sequence::new();
    for order in found {
        orders.expect_find().times(1).in_sequence(&mut sequence).return_once(move |_| Ok(Some(order)));
    }
    orders
}

fn wanting(to: OrderStatus, seen: Option<i64>) -> AdvanceOrderCommand {
    let target = OrderTarget { actor: ADMIN, order: OrderId::new(42), seen: seen.map(Version::new) };
    AdvanceOrderCommand { target, to, reason: None, restock: None }
}

#[tokio::test]
async fn a_paid_order_is_shipped_with_its_entry_in_the_trail() {
    let mut orders = reading([order(paid())]);
    orders.expect_apply().times(1).returning(|change| {
        assert_eq!((change.next(), change.audit().map(|entry| entry.actor)), (&shipped(), Some(ADMIN.user)));
        Ok(())
    });
    desk(orders).run(wanting(OrderStatus::Shipped, Some(3))).await.unwrap();
}

#[tokio::test]
async fn who_saw_a_version_hears_of_a_change_that_may_be_his_own() {
    let mut orders = reading([order(paid()), version(order(shipped()), 4)]);
    orders.expect_apply().times(1).returning(|_| Err(ApplyFailure::Stale));
    let outcome = desk(orders).run(wanting(OrderStatus::Shipped, Some(3))).await;
    assert!(matches!(outcome, Err(AdvanceOrderError::Outdated)), "{outcome:?}");
}

#[tokio::test]
async fn a_status_that_it_has_already_is_stored_by_nobody() {
    desk(reading([order(shipped())])).run(wanting(OrderStatus::Shipped, None)).await.unwrap();
}

#[tokio::test]
async fn whoever_looked_at_another_version_is_told_so_before_anything_is_decided() {
    let outcome = desk(reading([order(shipped())])).run(wanting(OrderStatus::Shipped, Some(2))).await;
    assert!(matches!(outcome, Err(AdvanceOrderError::Outdated)), "{outcome:?}");
}

#[tokio::test]
async fn whoever_names_his_version_hears_of_a_quicker_one_and_others_decide_anew() {
    let request = RefundRequest { by: Party::Buyer, reason: "변심".to_owned(), goods: Goods::BackOnTheShelf };
    let refunding =
        OrderState::Refunding { payment: key("pay-1"), paid_at: at(500), parcel: Parcel::AtTheShop, request };
    for (seen, wanted) in [(Some(3), "the order was changed since it was looked at"), (None, "refunding")] {
        let mut orders = reading([order(paid()), version(order(refunding.clone()), 4)]);
        orders.expect_apply().times(1).returning(|_| Err(ApplyFailure::Stale));
        let error = desk(orders).run(wanting(OrderStatus::Shipped, seen)).await.unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_recognised() {
    let mut orders = reading([order(paid()), version(order(shipped()), 4)]);
    orders.expect_apply().times(1).returning(|_| Err(ApplyFailure::Stale));
    desk(orders).run(wanting(OrderStatus::Shipped, None)).await.unwrap();
}

#[tokio::test]
async fn money_goes_back_for_a_reason_and_goods_that_left_for_somebody_who_saw_them() {
    let outcome = desk(reading([order(paid())])).run(wanting(OrderStatus::Cancelled, None)).await;
    assert!(matches!(outcome, Err(AdvanceOrderError::ReasonNeeded)), "{outcome:?}");
    let command = AdvanceOrderCommand { reason: Some("파손".to_owned()), ..wanting(OrderStatus::Cancelled, None) };
    let outcome = desk(reading([order(shipped())])).run(command).await;
    assert!(matches!(outcome, Err(AdvanceOrderError::RestockNeeded)), "{outcome:?}");
}

#[tokio::test]
async fn an_order_that_keeps_moving_is_given_up() {
    let mut orders = MockOrderRepository::new();
    orders.expect_find().times(usize::from(TRIES)).returning(|_| Ok(Some(order(paid()))));
    orders.expect_apply().times(usize::from(TRIES)).returning(|_| Err(ApplyFailure::Stale));
    let outcome = desk(orders).run(wanting(OrderStatus::Shipped, None)).await;
    assert!(matches!(outcome, Err(AdvanceOrderError::Conflict)), "{outcome:?}");
}

#[tokio::test]
async fn what_does_not_exist_and_what_is_over_is_left_alone() {
    let mut orders = MockOrderRepository::new();
    orders.expect_find().returning(|_| Ok(None));
    let outcome = desk(orders).run(wanting(OrderStatus::Shipped, None)).await;
    assert!(matches!(outcome, Err(AdvanceOrderError::NotFound)), "{outcome:?}");
    let over = Cancellation { at: at(600), cause: CancelCause::Expired, by: Party::Shop, reason: None };
    let outcome = desk(reading([order(OrderState::Cancelled(over))])).run(wanting(OrderStatus::Shipped, None)).await;
    assert!(matches!(outcome, Err(AdvanceOrderError::NotReachable(_))), "{outcome:?}");
}
