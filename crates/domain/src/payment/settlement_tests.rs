use super::*;
use crate::order::{CancelCause, Cancellation, OrderState, Party, StockMove};
use crate::payment::PaymentMethod;
use crate::shared::Won;
use crate::testing::{at, awaiting_payment, key, order, paying, payment, won};

fn approval(amount: Option<Won>) -> PaymentEvidence {
    let order = Some(paying().number);
    PaymentEvidence::Approved(Approval { order, amount, method: PaymentMethod::CreditCard, approved_at: at(70) })
}

fn decided(payment: &Payment, order: &Order, evidence: &PaymentEvidence) -> Option<Settlement> {
    settle(payment, order, evidence, at(80), &IdempotencyKey::stored("refund-1".to_owned()))
}

fn cancelled() -> Order {
    let cause = CancelCause::Expired;
    order(OrderState::Cancelled(Cancellation { at: at(900), cause, by: Party::Shop, reason: None }))
}

#[test]
fn money_taken_as_agreed_sells_the_stock() {
    let settlement = decided(&payment(PaymentState::Requested), &paying(), &approval(Some(won(17_000)))).unwrap();
    assert!(matches!(settlement.payment().next(), PaymentState::Approved { .. }));
    assert_eq!(settlement.payment().check_at(), None);
    let change = settlement.order().unwrap();
    assert_eq!(change.stock().direction(), StockMove::Commit);
    assert!(matches!(change.next(), OrderState::Paid { paid_at, .. } if *paid_at == at(70)));
}

#[test]
fn money_that_no_order_can_keep_goes_back() {
    let settlement = decided(&payment(PaymentState::Requested), &cancelled(), &approval(Some(won(17_000)))).unwrap();
    let PaymentState::RefundDue { cause, refund_key, .. } = settlement.payment().next() else { panic!() };
    assert_eq!((*cause, refund_key.as_str()), (RefundCause::OrderGone, "refund-1"));
    assert_eq!(settlement.payment().check_at(), Some(at(80)), "reconciliation refunds at once");
    assert_eq!(settlement.order(), None);
}

#[test]
fn another_amount_or_currency_goes_back_and_frees_the_hold() {
    for evidence in [approval(Some(won(16_999))), approval(None)] {
        let settlement = decided(&payment(PaymentState::Requested), &paying(), &evidence).unwrap();
        let next = settlement.payment().next();
        assert!(matches!(next, PaymentState::RefundDue { cause: RefundCause::NotAsAgreed, .. }), "{next:?}");
        assert!(matches!(settlement.order().unwrap().next(), OrderState::AwaitingPayment { .. }));
    }
}

#[test]
fn a_refusal_frees_the_order_for_another_try() {
    for (kind, repeatable) in
        [(DeclineKind::Final, false), (DeclineKind::Repeatable, true), (DeclineKind::OurFault, true)]
    {
        let evidence = PaymentEvidence::Declined(Decline { code: "REJECT_CARD_COMPANY".to_owned(), kind });
        let settlement = decided(&payment(PaymentState::Requested), &paying(), &evidence).unwrap();
        let expected = PaymentState::Declined { code: "REJECT_CARD_COMPANY".to_owned(), repeatable };
        assert_eq!(*settlement.payment().next(), expected);
        let change = settlement.order().unwrap();
        assert_eq!(change.stock().direction(), StockMove::None);
        assert_eq!(*change.next(), awaiting_payment().state);
    }
}

#[test]
fn a_deposit_is_awaited_and_then_sells_or_releases_the_stock() {
    let due_at = at(86_400);
    let waiting = payment(PaymentState::AwaitingDeposit(Deposit { due_at, account: None }));
    let held = order(OrderState::AwaitingDeposit { payment: key("pay-1"), due_at, withdrawal: None });
    let issued = PaymentEvidence::DepositPending(Deposit { due_at, account: None });
    let issued = decided(&payment(PaymentState::Requested), &paying(), &issued);
    assert_eq!(*issued.unwrap().order().unwrap().next(), held.state);
    let paid = decided(&waiting, &held, &approval(Some(won(17_000)))).unwrap();
    assert_eq!(paid.order().unwrap().stock().direction(), StockMove::Commit);
    let closed = PaymentEvidence::DepositClosed { code: "CANCELED".to_owned() };
    let missed = decided(&waiting, &held, &closed).unwrap();
    assert_eq!(missed.order().unwrap().stock().direction(), StockMove::Release);
}

#[test]
fn money_that_was_taken_after_its_attempt_was_given_up_goes_back() {
    let given_up = payment(PaymentState::Declined { code: "NOT_SENT".to_owned(), repeatable: true });
    for order in [awaiting_payment(), cancelled()] {
        let settlement = decided(&given_up, &order, &approval(Some(won(17_000)))).unwrap();
        assert!(matches!(settlement.payment().next(), PaymentState::RefundDue { .. }));
        assert_eq!((settlement.payment().check_at(), settlement.order()), (Some(at(80)), None));
    }
}

#[test]
fn another_orders_payment_is_neither_kept_nor_refunded() {
    let elsewhere = PaymentEvidence::Approved(Approval {
        order: crate::order::OrderNumber::try_new(1).ok(),
        amount: Some(won(17_000)),
        method: PaymentMethod::CreditCard,
        approved_at: at(70),
    });
    let settlement = decided(&payment(PaymentState::Requested), &paying(), &elsewhere).unwrap();
    assert!(matches!(settlement.payment().next(), PaymentState::Declined { repeatable: false, .. }));
    assert!(matches!(settlement.order().unwrap().next(), OrderState::AwaitingPayment { .. }));
    let declined = payment(settlement.payment().next().clone());
    assert_eq!(decided(&declined, &awaiting_payment(), &elsewhere), None);
}

#[test]
fn a_deposit_that_is_not_as_agreed_ends_the_order_that_waited_for_it() {
    let due_at = at(86_400);
    let waiting = payment(PaymentState::AwaitingDeposit(Deposit { due_at, account: None }));
    let held = order(OrderState::AwaitingDeposit { payment: key("pay-1"), due_at, withdrawal: None });
    let elsewhere = PaymentEvidence::Approved(Approval {
        order: crate::order::OrderNumber::try_new(1).ok(),
        amount: Some(won(17_000)),
        method: PaymentMethod::VirtualAccount,
        approved_at: at(70),
    });
    for (evidence, goes_back) in [(approval(Some(won(16_999))), true), (elsewhere, false)] {
        let settlement = decided(&waiting, &held, &evidence).unwrap();
        assert_eq!(matches!(settlement.payment().next(), PaymentState::RefundDue { .. }), goes_back, "{settlement:?}");
        let change = settlement.order().expect("nothing else would ever end it");
        let OrderState::Cancelled(end) = change.next() else { panic!("{change:?}") };
        assert_eq!((&end.cause, end.by), (&CancelCause::ByShop, Party::Partner));
        assert_eq!(change.stock().direction(), StockMove::Release);
    }
}

#[test]
fn an_administrators_refund_that_is_refused_is_in_the_trail_and_a_buyers_is_not() {
    use crate::order::{Goods, Parcel, RefundRequest};
    use crate::shared::{AuditAction, UserId};
    let refund_key = IdempotencyKey::stored("refund-1".to_owned());
    let (method, approved_at, cause) = (PaymentMethod::CreditCard, at(61), RefundCause::Requested);
    let state = PaymentState::RefundDue { method, approved_at, cause, refund_key: refund_key.clone(), account: None };
    let refused = PaymentEvidence::RefundRefused { code: "NOT_CANCELABLE".to_owned(), refund_key };
    let (left, arrived) = (at(62), at(63));
    for parcel in [
        Parcel::AtTheShop,
        Parcel::Underway { shipped_at: left },
        Parcel::Arrived { shipped_at: left, delivered_at: arrived },
    ] {
        for by in [Party::Administrator(UserId::new(1)), Party::Buyer] {
            let request = RefundRequest { by, reason: "품절".to_owned(), goods: Goods::Gone };
            let refunding = order(OrderState::Refunding { payment: key("pay-1"), paid_at: at(61), parcel, request });
            let settlement = decided(&payment(state.clone()), &refunding, &refused).unwrap();
            let entry = settlement.order().unwrap().audit();
            assert_eq!(entry.map(|entry| entry.actor), by.administrator(), "{parcel:?}");
            if let Some(entry) = entry {
                assert_eq!(entry.action, AuditAction::OrderRefundRefused, "{parcel:?}");
                assert_eq!(entry.reason.as_deref(), Some("NOT_CANCELABLE"));
            }
        }
    }
}

#[test]
fn what_is_settled_stays_settled() {
    let settled = [
        PaymentState::Approved { method: PaymentMethod::CreditCard, approved_at: at(70) },
        PaymentState::Declined { code: "X".to_owned(), repeatable: false },
        PaymentState::Refunded { method: PaymentMethod::CreditCard, approved_at: at(70), refunded_at: at(75) },
    ];
    let evidence = [
        approval(Some(won(17_000))),
        PaymentEvidence::Declined(Decline { code: "Y".to_owned(), kind: DeclineKind::Final }),
        PaymentEvidence::DepositPending(Deposit { due_at: at(100), account: None }),
        PaymentEvidence::DepositClosed { code: "Z".to_owned() },
        PaymentEvidence::Refunded,
    ];
    for state in settled {
        // Money that moved, moved: it may come after all, and it may go back at the partner's console.
        let moves_money = |fact: &PaymentEvidence| match state {
            PaymentState::Declined { .. } => matches!(fact, PaymentEvidence::Approved(_)),
            PaymentState::Approved { .. } => *fact == PaymentEvidence::Refunded,
            _ => false,
        };
        for fact in evidence.iter().filter(|fact| !moves_money(fact)) {
            assert_eq!(decided(&payment(state.clone()), &paying(), fact), None, "{state:?} and {fact:?}");
        }
    }
}

#[test]
fn an_account_that_somebody_wanted_closed_ends_its_order_in_his_name() {
    let due_at = at(86_400);
    let waiting = payment(PaymentState::AwaitingDeposit(Deposit { due_at, account: None }));
    let administrator = Party::Administrator(crate::shared::UserId::new(1));
    for (by, cause) in [(Party::Buyer, CancelCause::ByBuyer), (administrator, CancelCause::ByShop)] {
        let withdrawal = Some(Withdrawal { by, reason: Some("잘못 주문".to_owned()) });
        let held = order(OrderState::AwaitingDeposit { payment: key("pay-1"), due_at, withdrawal });
        let closed = PaymentEvidence::DepositClosed { code: "CANCELED".to_owned() };
        let settlement = decided(&waiting, &held, &closed).unwrap();
        let change = settlement.order().unwrap();
        let reason = Some("잘못 주문".to_owned());
        assert_eq!(*change.next(), OrderState::Cancelled(Cancellation { at: at(80), cause, by, reason }));
        assert_eq!(change.stock().direction(), StockMove::Release);
        assert_eq!(change.audit().is_some(), by.administrator().is_some());
    }
}

#[test]
fn an_account_that_nobody_wanted_closed_was_missed_only_once_its_deposit_was_due() {
    let closed = PaymentEvidence::DepositClosed { code: "CANCELED".to_owned() };
    for (due_at, cause, by) in [
        (at(141), CancelCause::ByShop, Party::Partner),
        (at(140), CancelCause::DepositMissed, Party::Shop),
        (at(70), CancelCause::DepositMissed, Party::Shop),
    ] {
        let waiting = payment(PaymentState::AwaitingDeposit(Deposit { due_at, account: None }));
        let held = order(OrderState::AwaitingDeposit { payment: key("pay-1"), due_at, withdrawal: None });
        let settlement = decided(&waiting, &held, &closed).unwrap();
        let ended = Cancellation { at: at(80), cause, by, reason: None };
        assert_eq!(*settlement.order().unwrap().next(), OrderState::Cancelled(ended));
    }
}

#[test]
fn a_deposit_that_is_faster_than_the_wish_sells() {
    let due_at = at(86_400);
    let waiting = payment(PaymentState::AwaitingDeposit(Deposit { due_at, account: None }));
    let withdrawal = Some(Withdrawal { by: Party::Buyer, reason: None });
    let held = order(OrderState::AwaitingDeposit { payment: key("pay-1"), due_at, withdrawal });
    let paid = decided(&waiting, &held, &approval(Some(won(17_000)))).unwrap();
    let change = paid.order().unwrap();
    assert!(matches!(change.next(), OrderState::Paid { .. }), "{change:?}");
    assert_eq!(change.stock().direction(), StockMove::Commit);
}
