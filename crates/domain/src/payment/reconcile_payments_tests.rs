use super::*;
use crate::order::{CancelCause, MockOrderRepository, OrderState, Party, Withdrawal};
use crate::payment::{Approval, Deposit, MockPaymentGateway, MockPaymentRepository, PaymentMethod, RefundCause};
use crate::shared::{CountingEntropy, ManualClock, MockVault, Timestamp, UserId};
use crate::testing::{at, order, paying, payment, won};

#[derive(Default)]
struct World {
    orders: MockOrderRepository,
    payments: MockPaymentRepository,
    gateway: MockPaymentGateway,
}

impl World {
    /// One open payment that is due, and the order that belongs to it.
    fn with(open: Payment, order: crate::order::Order) -> Self {
        let mut world = Self::default();
        let known = open.clone();
        world.payments.expect_due_checks().returning(move |_, _| Ok(vec![open.clone()]));
        world.payments.expect_find().returning(move |_| Ok(Some(known.clone())));
        world.orders.expect_find_by_number().returning(move |_| Ok(Some(order.clone())));
        world
    }

    async fn reconcile(self, now: Timestamp) -> ReconcileReport {
        let (orders, payments) = (Arc::new(self.orders), Arc::new(self.payments));
        let clock = Arc::new(ManualClock::at(now));
        let entropy = Arc::new(CountingEntropy::default());
        let settle = SettlePayment {
            orders,
            payments: payments.clone(),
            clock: clock.clone(),
            entropy,
            deposit_hold: crate::payment::DepositHold(Duration::from_hours(24)),
        };
        let gateway: Arc<dyn PaymentGateway> = Arc::new(self.gateway);
        let refund = RefundCall { gateway: gateway.clone(), vault: Arc::new(MockVault::new()) };
        let reconcile = ReconcilePayments { payments, gateway, settle, refund, clock };
        reconcile.run(20).await.unwrap()
    }
}

fn approval() -> Approval {
    Approval {
        order: Some(paying().number),
        amount: Some(won(17_000)),
        method: PaymentMethod::CreditCard,
        approved_at: at(61),
    }
}

fn requested() -> World {
    let mut world = World::with(payment(PaymentState::Requested), paying());
    world.payments.expect_claim().times(1).returning(|_, _| Ok(true));
    world
}

#[tokio::test]
async fn money_that_was_taken_during_a_crash_is_recorded() {
    let mut world = requested();
    world.gateway.expect_look_up().returning(|_| Ok(LookUp::Found(PartnerView::Approved(approval()))));
    world.payments.expect_settle().times(1).returning(|settlement| {
        assert!(matches!(settlement.payment().next(), PaymentState::Approved { .. }));
        Ok(())
    });
    assert_eq!(world.reconcile(at(70)).await, ReconcileReport { due: 1, settled: 1 });
}

#[tokio::test]
async fn a_confirm_that_never_arrived_is_repeated_with_the_same_key() {
    let mut world = requested();
    world.gateway.expect_look_up().returning(|_| Ok(LookUp::Found(PartnerView::Unconfirmed)));
    world.gateway.expect_confirm().times(1).returning(|request| {
        assert_eq!(request.idempotency_key.as_str(), "attempt-1");
        Ok(ConfirmOutcome::Approved(approval()))
    });
    world.payments.expect_settle().times(1).returning(|_| Ok(()));
    assert_eq!(world.reconcile(at(70)).await.settled, 1);
}

#[tokio::test]
async fn a_payment_that_the_partner_does_not_know_yet_stays_open_for_its_window() {
    let mut world = requested();
    world.gateway.expect_look_up().returning(|_| Ok(LookUp::NotFound));
    assert_eq!(world.reconcile(at(60 + 11 * 60)).await.settled, 0);

    let mut world = requested();
    world.gateway.expect_look_up().returning(|_| Ok(LookUp::NotFound));
    world.payments.expect_settle().times(1).returning(|settlement| {
        assert!(matches!(settlement.payment().next(), PaymentState::Declined { .. }));
        Ok(())
    });
    assert_eq!(world.reconcile(at(61 + 11 * 60)).await.settled, 1);
}

#[tokio::test]
async fn a_fault_of_ours_closes_nothing() {
    let mut world = requested();
    world.gateway.expect_look_up().returning(|_| Ok(LookUp::Found(PartnerView::Unconfirmed)));
    world.gateway.expect_confirm().returning(|_| {
        Ok(ConfirmOutcome::Declined(Decline { code: "UNAUTHORIZED_KEY".to_owned(), kind: DeclineKind::OurFault }))
    });
    assert_eq!(world.reconcile(at(70)).await.settled, 0);
}

#[tokio::test]
async fn an_unclear_status_is_left_to_a_human() {
    let mut world = requested();
    let unclear = PartnerView::Unclear { code: "PARTIAL_CANCELED".to_owned() };
    world.gateway.expect_look_up().returning(move |_| Ok(LookUp::Found(unclear.clone())));
    assert_eq!(world.reconcile(at(70)).await.settled, 0);
}

#[tokio::test]
async fn the_pause_between_checks_grows_to_a_minute() {
    for (checks, pause) in [(0, 1), (3, 8), (6, 60), (200, 60)] {
        let open = Payment { checks, ..payment(PaymentState::Requested) };
        let mut world = World::with(open, paying());
        world.gateway.expect_look_up().returning(|_| Ok(LookUp::NotFound));
        world.payments.expect_claim().times(1).returning(move |_, check_at| {
            assert_eq!(check_at, at(70 + pause));
            Ok(true)
        });
        world.reconcile(at(70)).await;
    }
}

#[tokio::test]
async fn money_that_must_go_back_goes_back_once() {
    let due = PaymentState::RefundDue {
        method: PaymentMethod::CreditCard,
        approved_at: at(61),
        cause: RefundCause::OrderGone,
        refund_key: IdempotencyKey::stored("refund-1".to_owned()),
        account: None,
    };
    let mut world = World::with(payment(due), paying());
    world.payments.expect_claim().returning(|_, _| Ok(true));
    world.gateway.expect_cancel().times(1).returning(|request| {
        assert_eq!(request.idempotency_key.as_str(), "refund-1-0");
        Ok(CancelOutcome::Cancelled)
    });
    world.payments.expect_settle().times(1).returning(|settlement| {
        assert!(matches!(settlement.payment().next(), PaymentState::Refunded { .. }));
        assert_eq!(settlement.order(), None);
        Ok(())
    });
    assert_eq!(world.reconcile(at(70)).await.settled, 1);
}

#[tokio::test]
async fn an_overdue_account_is_closed_at_the_partner_before_its_stock_is_released() {
    let due_at = at(100);
    let waiting = payment(PaymentState::AwaitingDeposit(Deposit { due_at, account: None }));
    let held = order(OrderState::AwaitingDeposit { payment: waiting.key.clone(), due_at, withdrawal: None });
    for (now, closes) in [(at(159), false), (at(160), true)] {
        let mut world = World::with(waiting.clone(), held.clone());
        world.payments.expect_claim().returning(|_, _| Ok(true));
        let pending = PartnerView::DepositPending(Deposit { due_at, account: None });
        world.gateway.expect_look_up().returning(move |_| Ok(LookUp::Found(pending.clone())));
        world.gateway.expect_cancel().times(usize::from(closes)).returning(|_| Ok(CancelOutcome::Cancelled));
        world.payments.expect_settle().times(usize::from(closes)).returning(|_| Ok(()));
        assert_eq!(world.reconcile(now).await.settled, usize::from(closes));
    }
}

#[tokio::test]
async fn an_account_that_is_not_wanted_any_more_is_closed_before_its_time_in_the_name_of_who_wished_so() {
    let due_at = at(86_400);
    let waiting = payment(PaymentState::AwaitingDeposit(Deposit { due_at, account: None }));
    let administrator = Party::Administrator(UserId::new(1));
    let withdrawal = Some(Withdrawal { by: administrator, reason: Some("품절".to_owned()) });
    let held = order(OrderState::AwaitingDeposit { payment: waiting.key.clone(), due_at, withdrawal });
    // The wish alone, as a crash leaves it; and a notice of the partner's that was faster than the answer to the call.
    let pending = PartnerView::DepositPending(Deposit { due_at, account: None });
    for (seen, closes) in [(pending, 1), (PartnerView::Closed { code: "CANCELED".to_owned() }, 0)] {
        let mut world = World::with(waiting.clone(), held.clone());
        world.payments.expect_claim().returning(|_, _| Ok(true));
        world.gateway.expect_look_up().returning(move |_| Ok(LookUp::Found(seen.clone())));
        world.gateway.expect_cancel().times(closes).returning(|request| {
            assert_eq!(request.reason, "품절");
            Ok(CancelOutcome::Cancelled)
        });
        world.payments.expect_settle().times(1).returning(move |settlement| {
            let change = settlement.order().unwrap();
            let OrderState::Cancelled(end) = change.next() else { panic!("{change:?}") };
            assert_eq!((&end.cause, end.by), (&CancelCause::ByShop, administrator));
            assert_eq!(end.reason.as_deref(), Some("품절"));
            assert_eq!(change.audit().map(|entry| entry.actor), administrator.administrator());
            Ok(())
        });
        assert_eq!(world.reconcile(at(70)).await.settled, 1);
    }
}

#[tokio::test]
async fn a_payment_that_somebody_else_claimed_or_settled_is_left_alone() {
    let mut world = World::with(payment(PaymentState::Requested), paying());
    world.payments.expect_claim().times(1).returning(|_, _| Ok(false));
    assert_eq!(world.reconcile(at(70)).await, ReconcileReport { due: 1, settled: 0 });
}

#[tokio::test]
async fn a_refusal_of_an_earlier_attempt_closes_nothing() {
    let mut world = World::default();
    world.payments.expect_due_checks().returning(|_, _| Ok(vec![payment(PaymentState::Requested)]));
    world.payments.expect_claim().returning(|_, _| Ok(true));
    world.orders.expect_find_by_number().returning(|_| Ok(Some(paying())));
    world.gateway.expect_look_up().returning(|_| Ok(LookUp::Found(PartnerView::Unconfirmed)));
    world.gateway.expect_confirm().returning(|_| {
        Ok(ConfirmOutcome::Declined(Decline { code: "NOT_AVAILABLE_BANK".to_owned(), kind: DeclineKind::Repeatable }))
    });
    world.payments.expect_settle().times(1).returning(|_| Err(crate::order::ApplyFailure::Stale));
    world.payments.expect_find().returning(|_| {
        let idempotency_key = IdempotencyKey::stored("attempt-2".to_owned());
        Ok(Some(Payment { idempotency_key, ..payment(PaymentState::Requested) }))
    });
    world.reconcile(at(70)).await;
}

const KEY: &str = "refund-1";

fn refund_due(cause: RefundCause) -> PaymentState {
    let (method, approved_at) = (PaymentMethod::CreditCard, at(61));
    PaymentState::RefundDue {
        method,
        approved_at,
        cause,
        refund_key: IdempotencyKey::stored(KEY.to_owned()),
        account: None,
    }
}

fn refunding() -> crate::order::Order {
    order(OrderState::Refunding {
        payment: crate::testing::key("pay-1"),
        paid_at: at(61),
        parcel: crate::order::Parcel::AtTheShop,
        request: crate::order::RefundRequest {
            by: Party::Buyer,
            reason: "마음이 바뀌었어요".to_owned(),
            goods: crate::order::Goods::BackOnTheShelf,
        },
    })
}

fn refused(kind: DeclineKind) -> CancelOutcome {
    CancelOutcome::Refused(Decline { code: "REFUND_REJECTED".to_owned(), kind })
}

#[tokio::test]
async fn a_refund_that_a_crash_cut_short_is_carried_through_with_the_words_of_who_asked() {
    let mut world = World::with(payment(refund_due(RefundCause::Requested)), refunding());
    world.payments.expect_claim().returning(|_, _| Ok(true));
    world.gateway.expect_cancel().times(1).returning(|request| {
        assert_eq!((request.reason.as_str(), request.idempotency_key.as_str()), ("마음이 바뀌었어요", "refund-1-0"));
        Ok(CancelOutcome::Cancelled)
    });
    world.payments.expect_settle().times(1).returning(|settlement| {
        assert!(matches!(settlement.payment().next(), PaymentState::Refunded { .. }));
        assert_eq!(settlement.order().unwrap().stock().direction(), crate::order::StockMove::Restock);
        Ok(())
    });
    assert_eq!(world.reconcile(at(70)).await.settled, 1);
}

#[tokio::test]
async fn a_requested_refund_that_is_refused_for_good_lets_the_sale_stand() {
    let mut world = World::with(payment(refund_due(RefundCause::Requested)), refunding());
    world.payments.expect_claim().returning(|_, _| Ok(true));
    world.gateway.expect_cancel().times(1).returning(|_| Ok(refused(DeclineKind::Final)));
    world.payments.expect_settle().times(1).returning(|settlement| {
        assert!(matches!(settlement.payment().next(), PaymentState::Approved { .. }));
        assert!(matches!(settlement.order().unwrap().next(), OrderState::Paid { .. }));
        Ok(())
    });
    assert_eq!(world.reconcile(at(70)).await.settled, 1);
}

#[tokio::test]
async fn a_refund_that_is_refused_for_now_or_that_no_order_asked_for_stays_due() {
    for (cause, kind) in [
        (RefundCause::Requested, DeclineKind::Repeatable),
        (RefundCause::Requested, DeclineKind::OurFault),
        (RefundCause::OrderGone, DeclineKind::Final),
        (RefundCause::NotAsAgreed, DeclineKind::Final),
    ] {
        let mut world = World::with(payment(refund_due(cause)), refunding());
        world.payments.expect_claim().returning(|_, _| Ok(true));
        world.gateway.expect_cancel().times(1).returning(move |_| Ok(refused(kind)));
        assert_eq!(world.reconcile(at(70)).await.settled, 0, "{cause:?} {kind:?}");
    }
}

fn approved() -> PaymentState {
    PaymentState::Approved { method: PaymentMethod::CreditCard, approved_at: at(61) }
}

fn paid() -> crate::order::Order {
    order(OrderState::Paid { payment: crate::testing::key("pay-1"), paid_at: at(61) })
}

#[tokio::test]
async fn money_that_went_back_at_the_partners_console_ends_its_order() {
    for code in ["CANCELED", "PARTIAL_CANCELED"] {
        let mut world = World::with(payment(approved()), paid());
        world.payments.expect_claim().returning(|_, _| Ok(true));
        let closed = PartnerView::Closed { code: code.to_owned() };
        world.gateway.expect_look_up().returning(move |_| Ok(LookUp::Found(closed.clone())));
        world.payments.expect_settle().times(1).returning(|settlement| {
            let OrderState::Cancelled(end) = settlement.order().unwrap().next() else { panic!() };
            assert_eq!(end.by, Party::Partner);
            Ok(())
        });
        assert_eq!(world.reconcile(at(70)).await.settled, 1);
    }
}

#[tokio::test]
async fn whatever_else_is_said_of_a_settled_payment_changes_nothing() {
    for seen in [
        LookUp::Found(PartnerView::Approved(approval())),
        LookUp::Found(PartnerView::Unclear { code: "PARTIAL_CANCELED".to_owned() }),
        LookUp::Found(PartnerView::Closed { code: "EXPIRED".to_owned() }),
        LookUp::Found(PartnerView::DepositPending(Deposit { due_at: at(90), account: None })),
        LookUp::Found(PartnerView::Unconfirmed),
        LookUp::NotFound,
    ] {
        let mut world = World::with(payment(approved()), paid());
        world.payments.expect_claim().returning(|_, _| Ok(true));
        world.gateway.expect_look_up().returning(move |_| Ok(seen.clone()));
        world.payments.expect_leave().times(1).returning(|_| Ok(()));
        assert_eq!(world.reconcile(at(70)).await.settled, 0);
    }
}
