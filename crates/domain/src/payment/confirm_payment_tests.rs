use std::error::Error;

use mockall::Sequence;

use super::*;
use crate::order::{MockOrderRepository, OrderState};
use crate::payment::{Approval, MockPaymentGateway, MockPaymentRepository, PaymentMethod};
use crate::shared::{CountingEntropy, FailureKind, ManualClock, PaymentId};
use crate::testing::{BUYER, STRANGER, at, awaiting_payment, key, order, paying, payment, won};

#[derive(Default)]
struct World {
    orders: MockOrderRepository,
    payments: MockPaymentRepository,
    gateway: MockPaymentGateway,
}

impl World {
    /// An order as it is found every time.
    fn with_order(order: Order) -> Self {
        let mut world = Self::default();
        world.orders.expect_find_by_number().returning(move |_| Ok(Some(order.clone())));
        world
    }

    async fn confirm(self, actor: Actor, quoted: Option<Won>) -> Result<Payment, ConfirmPaymentError> {
        let (orders, payments) = (Arc::new(self.orders), Arc::new(self.payments));
        let clock = Arc::new(ManualClock::at(at(60)));
        let entropy = Arc::new(CountingEntropy::default());
        let settle = SettlePayment {
            orders: orders.clone(),
            payments: payments.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            deposit_hold: crate::payment::DepositHold(Duration::from_hours(24)),
        };
        let timing = ConfirmTiming {
            check_after: Duration::from_secs(4),
            wait: Duration::from_secs(8),
            poll: Duration::from_millis(100),
        };
        let gateway = Arc::new(self.gateway);
        let confirm = ConfirmPayment { orders, payments, gateway, settle, clock, entropy, timing };
        let command =
            ConfirmPaymentCommand { actor, order: awaiting_payment().number, key: key("pay-1"), quoted, claim: None };
        confirm.run(&command).await
    }
}

fn approved() -> ConfirmOutcome {
    ConfirmOutcome::Approved(Approval {
        order: Some(awaiting_payment().number),
        amount: Some(won(17_000)),
        method: PaymentMethod::CreditCard,
        approved_at: at(61),
    })
}

fn timed_out() -> PortFailure {
    let source: Box<dyn Error + Send + Sync> = "no answer".into();
    PortFailure::new(FailureKind::TimedOut, "confirming a payment", source)
}

#[tokio::test]
async fn the_intent_is_stored_before_the_partner_is_called_and_settled_after() {
    let mut world = World::with_order(awaiting_payment());
    let mut steps = Sequence::new();
    world.payments.expect_find().times(1).in_sequence(&mut steps).returning(|_| Ok(None));
    world.payments.expect_open().times(1).in_sequence(&mut steps).returning(|_, _| Ok(PaymentId::new(8)));
    world.gateway.expect_confirm().times(1).in_sequence(&mut steps).returning(|_| Ok(approved()));
    world.payments.expect_settle().times(1).in_sequence(&mut steps).returning(|_| Ok(()));
    let payment = world.confirm(BUYER, Some(won(17_000))).await.unwrap();
    assert!(matches!(payment.state, PaymentState::Approved { .. }));
}

#[tokio::test]
async fn nobody_elses_order_is_paid() {
    let outcome = World::with_order(awaiting_payment()).confirm(STRANGER, None).await;
    assert!(matches!(outcome, Err(ConfirmPaymentError::NotYours)));
}

#[tokio::test]
async fn another_amount_than_the_orders_never_reaches_the_partner() {
    let outcome = World::with_order(awaiting_payment()).confirm(BUYER, Some(won(100))).await;
    assert!(matches!(outcome, Err(ConfirmPaymentError::AmountDiffers(total)) if total == won(17_000)));
}

#[tokio::test]
async fn an_order_whose_hold_has_ended_is_refused_before_money_moves() {
    let mut world = World::with_order(order(OrderState::AwaitingPayment { expires_at: at(60) }));
    world.payments.expect_find().returning(|_| Ok(None));
    let outcome = world.confirm(BUYER, None).await;
    assert!(matches!(outcome, Err(ConfirmPaymentError::NotPayable(_))));
}

#[tokio::test]
async fn the_partner_is_never_called_when_the_order_keeps_moving() {
    let mut world = World::with_order(awaiting_payment());
    world.payments.expect_find().returning(|_| Ok(None));
    world.payments.expect_open().times(3).returning(|_, _| Err(OpenFailure::Stale));
    assert!(matches!(world.confirm(BUYER, None).await, Err(ConfirmPaymentError::Conflict)));
}

#[tokio::test]
async fn a_repeat_after_success_gives_the_same_answer_without_a_call() {
    let mut world = World::with_order(paying());
    let approved = PaymentState::Approved { method: PaymentMethod::CreditCard, approved_at: at(50) };
    world.payments.expect_find().returning(move |_| Ok(Some(payment(approved.clone()))));
    assert!(world.confirm(BUYER, None).await.is_ok());
}

#[tokio::test]
async fn a_second_confirm_in_flight_waits_for_the_first_ones_outcome() {
    let mut world = World::with_order(paying());
    let mut looks = 0;
    world.payments.expect_find().returning(move |_| {
        looks += 1;
        let state = if looks < 5 {
            PaymentState::Requested
        } else {
            PaymentState::Approved { method: PaymentMethod::CreditCard, approved_at: at(61) }
        };
        Ok(Some(payment(state)))
    });
    assert!(world.confirm(BUYER, None).await.is_ok());
}

#[tokio::test]
async fn a_second_confirm_gives_up_before_the_front_end_does() {
    let mut world = World::with_order(paying());
    world.payments.expect_find().times(1..=82).returning(|_| Ok(Some(payment(PaymentState::Requested))));
    assert!(matches!(world.confirm(BUYER, None).await, Err(ConfirmPaymentError::OutcomeUnknown)));
}

#[tokio::test]
async fn an_unknown_outcome_settles_nothing() {
    let mut world = World::with_order(awaiting_payment());
    let mut stored = None;
    world.payments.expect_find().returning(move |_| {
        let found = stored.replace(payment(PaymentState::Requested));
        Ok(found)
    });
    world.payments.expect_open().returning(|_, _| Ok(PaymentId::new(8)));
    world.gateway.expect_confirm().returning(|_| Err(timed_out()));
    assert!(matches!(world.confirm(BUYER, None).await, Err(ConfirmPaymentError::OutcomeUnknown)));
}

#[tokio::test]
async fn a_request_that_never_left_frees_the_order_and_may_be_repeated() {
    let mut world = World::with_order(awaiting_payment());
    world.payments.expect_find().returning(|_| Ok(None));
    world.payments.expect_open().returning(|_, _| Ok(PaymentId::new(8)));
    world.gateway.expect_confirm().returning(|_| Ok(ConfirmOutcome::NotSent));
    world.payments.expect_settle().times(1).returning(|settlement| {
        assert!(matches!(settlement.payment().next(), PaymentState::Declined { repeatable: true, .. }));
        Ok(())
    });
    assert!(matches!(world.confirm(BUYER, None).await, Err(ConfirmPaymentError::PartnerUnreachable)));
}

#[tokio::test]
async fn a_final_refusal_is_repeated_from_memory() {
    let mut world = World::with_order(awaiting_payment());
    let declined = PaymentState::Declined { code: "REJECT_CARD_COMPANY".to_owned(), repeatable: false };
    world.payments.expect_find().returning(move |_| Ok(Some(payment(declined.clone()))));
    let outcome = world.confirm(BUYER, None).await;
    assert!(
        matches!(outcome, Err(ConfirmPaymentError::Declined { code, repeatable: false }) if code == "REJECT_CARD_COMPANY")
    );
}

#[tokio::test]
async fn a_key_that_pays_another_order_pays_only_that() {
    let mut world = World::with_order(awaiting_payment());
    let other = Payment { order_number: OrderNumber::try_new(1).unwrap(), ..payment(PaymentState::Requested) };
    world.payments.expect_find().returning(move |_| Ok(Some(other.clone())));
    assert!(matches!(world.confirm(BUYER, None).await, Err(ConfirmPaymentError::KeyOfAnotherOrder)));
}
