use std::time::Duration;

use mockall::Sequence;

use super::*;
use crate::order::{MockOrderRepository, OrderState, Parcel, Party};
use crate::payment::{
    CancelOutcome, Decline, DeclineKind, DepositHold, MockPaymentGateway, MockPaymentRepository, PaymentMethod,
    RefundCause,
};
use crate::shared::{CountingEntropy, FailureKind, ManualClock, MockVault, UserId};
use crate::testing::{BUYER, STRANGER, at, awaiting_payment, key, order, payment};

#[derive(Default)]
struct World {
    orders: MockOrderRepository,
    payments: MockPaymentRepository,
    gateway: MockPaymentGateway,
}

impl World {
    fn with_order(order: Order) -> Self {
        let mut world = Self::default();
        world.orders.expect_find_by_number().returning(move |_| Ok(Some(order.clone())));
        world
    }

    /// A paid order and the payment that paid it, as they are found every time.
    fn paid_by(method: PaymentMethod) -> Self {
        let mut world = Self::with_order(paid());
        let approved = payment(PaymentState::Approved { method, approved_at: at(50) });
        world.payments.expect_find().returning(move |_| Ok(Some(approved.clone())));
        world
    }

    async fn refund(self, asker: Asker) -> Result<Payment, RefundPaymentError> {
        self.refund_by(&command(asker)).await
    }

    async fn refund_by(self, command: &RefundPaymentCommand) -> Result<Payment, RefundPaymentError> {
        let (orders, payments) = (Arc::new(self.orders), Arc::new(self.payments));
        let clock = Arc::new(ManualClock::at(at(60)));
        let entropy = Arc::new(CountingEntropy::default());
        let mut vault = MockVault::new();
        vault.expect_seal().returning(|_, plain| String::from_utf8(plain.to_vec()).unwrap());
        vault.expect_open().returning(|_, sealed| Some(sealed.as_bytes().to_vec()));
        let vault: Arc<dyn Vault> = Arc::new(vault);
        let settle = SettlePayment {
            orders: orders.clone(),
            payments: payments.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            deposit_hold: DepositHold(Duration::from_hours(24)),
        };
        let timing = ConfirmTiming {
            check_after: Duration::from_secs(4),
            wait: Duration::from_secs(8),
            poll: Duration::from_millis(100),
        };
        let call = RefundCall { gateway: Arc::new(self.gateway), vault: vault.clone() };
        RefundPayment { orders, payments, call, settle, vault, clock, entropy, timing }.run(command).await
    }
}

fn command(asker: Asker) -> RefundPaymentCommand {
    RefundPaymentCommand {
        asker,
        target: RefundTarget::Order(awaiting_payment().number),
        reason: None,
        goods: Goods::Gone,
        account: None,
        expected: None,
        claim: None,
    }
}

fn paid() -> Order {
    order(OrderState::Paid { payment: key("pay-1"), paid_at: at(50) })
}

fn refund_due() -> PaymentState {
    let refund_key = IdempotencyKey::stored("refund-0".to_owned());
    let (method, cause) = (PaymentMethod::CreditCard, RefundCause::Requested);
    PaymentState::RefundDue { method, approved_at: at(50), cause, refund_key, account: None }
}

fn refunded() -> PaymentState {
    PaymentState::Refunded { method: PaymentMethod::CreditCard, approved_at: at(50), refunded_at: at(61) }
}

fn timed_out() -> PortFailure {
    PortFailure::new(FailureKind::TimedOut, "cancelling a payment", "no answer")
}

fn refused(kind: DeclineKind) -> CancelOutcome {
    CancelOutcome::Refused(Decline { code: "REFUND_REJECTED".to_owned(), kind })
}

#[tokio::test]
async fn the_intent_is_stored_before_the_partner_is_asked_and_settled_after() {
    let mut world = World::paid_by(PaymentMethod::CreditCard);
    let mut steps = Sequence::new();
    world.payments.expect_settle().times(1).in_sequence(&mut steps).returning(|intent| {
        assert!(matches!(intent.payment().next(), PaymentState::RefundDue { .. }));
        assert_eq!(intent.payment().check_at(), Some(at(64)));
        let OrderState::Refunding { request, .. } = intent.order().unwrap().next() else { panic!() };
        assert_eq!((request.by, request.goods), (Party::Buyer, Goods::BackOnTheShelf));
        Ok(())
    });
    world.gateway.expect_cancel().times(1).in_sequence(&mut steps).returning(|request| {
        assert_eq!(request.reason, BY_THE_BUYER);
        assert!(request.idempotency_key.as_str().ends_with("-0"));
        Ok(CancelOutcome::Cancelled)
    });
    world.payments.expect_settle().times(1).in_sequence(&mut steps).returning(|outcome| {
        assert!(matches!(outcome.payment().next(), PaymentState::Refunded { .. }));
        assert!(matches!(outcome.order().unwrap().next(), OrderState::Cancelled(_)));
        Ok(())
    });
    let payment = world.refund(Asker::Buyer(BUYER)).await.unwrap();
    assert!(matches!(payment.state, PaymentState::Refunded { .. }));
}

#[tokio::test]
async fn nobody_elses_money_is_touched() {
    let outcome = World::with_order(paid()).refund(Asker::Buyer(STRANGER)).await;
    assert!(matches!(outcome, Err(RefundPaymentError::NotYours)));
}

#[tokio::test]
async fn an_administrator_says_what_becomes_of_the_goods_and_is_written_down() {
    let mut world = World::paid_by(PaymentMethod::CreditCard);
    world.payments.expect_settle().times(1).returning(|intent| {
        let change = intent.order().unwrap();
        let OrderState::Refunding { request, .. } = change.next() else { panic!() };
        assert_eq!(request.goods, Goods::Gone);
        assert_eq!(change.audit().unwrap().actor, UserId::new(1));
        Ok(())
    });
    world.gateway.expect_cancel().times(1).returning(|_| Ok(CancelOutcome::Cancelled));
    world.payments.expect_settle().times(1).returning(|_| Ok(()));
    assert!(world.refund(Asker::Administrator(UserId::new(1))).await.is_ok());
}

#[tokio::test]
async fn an_order_that_is_not_as_its_administrator_saw_it_is_left_alone() {
    let world = World::paid_by(PaymentMethod::CreditCard);
    let expected = Some(paid().version.next());
    let command = RefundPaymentCommand { expected, ..command(Asker::Administrator(UserId::new(1))) };
    assert!(matches!(world.refund_by(&command).await, Err(RefundPaymentError::Changed)));
}

#[tokio::test]
async fn a_parcel_that_left_keeps_its_money_as_far_as_the_buyer_is_concerned() {
    let shipped = OrderState::Shipped { payment: key("pay-1"), paid_at: at(50), shipped_at: at(55) };
    let mut world = World::with_order(order(shipped));
    let state = PaymentState::Approved { method: PaymentMethod::CreditCard, approved_at: at(50) };
    world.payments.expect_find().returning(move |_| Ok(Some(payment(state.clone()))));
    assert!(matches!(world.refund(Asker::Buyer(BUYER)).await, Err(RefundPaymentError::NotRefundable(_))));
}

#[tokio::test]
async fn an_order_that_nobody_paid_has_nothing_to_give_back() {
    let outcome = World::with_order(awaiting_payment()).refund(Asker::Buyer(BUYER)).await;
    assert!(matches!(outcome, Err(RefundPaymentError::NotRefundable(_))));
}

#[tokio::test]
async fn a_deposit_without_an_account_never_reaches_the_partner() {
    let outcome = World::paid_by(PaymentMethod::VirtualAccount).refund(Asker::Buyer(BUYER)).await;
    assert!(matches!(outcome, Err(RefundPaymentError::AccountNeeded)));
}

#[tokio::test]
async fn a_deposit_goes_back_to_the_account_that_was_given_sealed_meanwhile() {
    let mut world = World::paid_by(PaymentMethod::VirtualAccount);
    let account = RefundAccount::parse("20", "1002123456789", "김하늘").unwrap();
    let expected = account.clone();
    world.payments.expect_settle().times(1).returning(|intent| {
        assert!(matches!(intent.payment().next(), PaymentState::RefundDue { account: Some(_), .. }));
        Ok(())
    });
    world.gateway.expect_cancel().times(1).returning(move |request| {
        assert_eq!(request.account.as_ref(), Some(&expected));
        Ok(CancelOutcome::Cancelled)
    });
    world.payments.expect_settle().times(1).returning(|_| Ok(()));
    let command = RefundPaymentCommand { account: Some(account), ..command(Asker::Buyer(BUYER)) };
    assert!(world.refund_by(&command).await.is_ok());
}

#[tokio::test]
async fn a_refusal_for_good_undoes_the_intent_and_says_why() {
    let mut world = World::paid_by(PaymentMethod::CreditCard);
    world.payments.expect_settle().times(1).returning(|_| Ok(()));
    world.gateway.expect_cancel().times(1).returning(|_| Ok(refused(DeclineKind::Final)));
    world.payments.expect_settle().times(1).returning(|outcome| {
        assert!(matches!(outcome.payment().next(), PaymentState::Approved { .. }));
        assert!(matches!(outcome.order().unwrap().next(), OrderState::Paid { .. }));
        Ok(())
    });
    let outcome = world.refund(Asker::Buyer(BUYER)).await;
    assert!(matches!(outcome, Err(RefundPaymentError::Refused { code }) if code == "REFUND_REJECTED"));
}

#[tokio::test]
async fn what_is_not_known_or_may_work_later_stays_due() {
    for kind in [None, Some(DeclineKind::Repeatable), Some(DeclineKind::OurFault)] {
        let mut world = World::with_order(paid());
        let mut seen = vec![
            payment(refund_due()),
            payment(PaymentState::Approved { method: PaymentMethod::CreditCard, approved_at: at(50) }),
        ];
        world.payments.expect_find().returning(move |_| Ok(seen.pop()));
        world.payments.expect_settle().times(1).returning(|_| Ok(()));
        world.gateway.expect_cancel().times(1).returning(move |_| kind.map(refused).ok_or_else(timed_out));
        let outcome = world.refund(Asker::Buyer(BUYER)).await;
        assert!(matches!(outcome, Err(RefundPaymentError::OutcomeUnknown)), "{kind:?}");
    }
}

#[tokio::test]
async fn the_partner_is_never_asked_while_the_order_keeps_moving() {
    let mut world = World::paid_by(PaymentMethod::CreditCard);
    world.payments.expect_settle().times(3).returning(|_| Err(ApplyFailure::Stale));
    assert!(matches!(world.refund(Asker::Buyer(BUYER)).await, Err(RefundPaymentError::Conflict)));
}

#[tokio::test]
async fn whoever_asks_second_hears_what_became_of_the_first() {
    for (end, is_back) in
        [(refunded(), true), (PaymentState::Approved { method: PaymentMethod::CreditCard, approved_at: at(50) }, false)]
    {
        let request = RefundRequest { by: Party::Buyer, reason: "x".to_owned(), goods: Goods::BackOnTheShelf };
        let (payment_key, paid_at, parcel) = (key("pay-1"), at(50), Parcel::AtTheShop);
        let state = OrderState::Refunding { payment: payment_key, paid_at, parcel, request };
        let mut world = World::with_order(order(state));
        let mut looks = 0;
        world.payments.expect_find().returning(move |_| {
            looks += 1;
            Ok(Some(payment(if looks < 5 { refund_due() } else { end.clone() })))
        });
        let outcome = world.refund(Asker::Buyer(BUYER)).await;
        assert_eq!(outcome.is_ok(), is_back);
        assert!(is_back || matches!(outcome, Err(RefundPaymentError::Refused { .. })));
    }
}

#[tokio::test]
async fn whoever_asks_second_gives_up_before_the_front_end_does() {
    let mut world = World::with_order(paid());
    world.payments.expect_find().times(1..=83).returning(|_| Ok(Some(payment(refund_due()))));
    assert!(matches!(world.refund(Asker::Buyer(BUYER)).await, Err(RefundPaymentError::OutcomeUnknown)));
}

#[tokio::test]
async fn money_that_went_back_before_is_not_sent_again() {
    let mut world = World::with_order(paid());
    world.payments.expect_find().returning(|_| Ok(Some(payment(refunded()))));
    assert!(matches!(world.refund(Asker::Buyer(BUYER)).await, Err(RefundPaymentError::NothingToRefund)));
}

#[tokio::test]
async fn a_refusal_of_an_earlier_refund_undoes_no_later_one() {
    let mut world = World::with_order(paid());
    let mut seen = vec![
        payment(refund_due()),
        payment(PaymentState::Approved { method: PaymentMethod::CreditCard, approved_at: at(50) }),
    ];
    world.payments.expect_find().returning(move |_| Ok(seen.pop()));
    world.payments.expect_settle().times(1).returning(|_| Ok(()));
    world.gateway.expect_cancel().times(1).returning(|_| Ok(refused(DeclineKind::Final)));
    // Somebody undid ours and opened another one meanwhile: nothing is stored on our word.
    world.payments.expect_settle().times(1).returning(|_| Err(ApplyFailure::Stale));
    assert!(matches!(world.refund(Asker::Buyer(BUYER)).await, Err(RefundPaymentError::Refused { .. })));
}
