use super::*;
use crate::order::{CancelCause, Cancellation, Parcel};
use crate::shared::{Clock, ManualClock};
use crate::testing::{at, key, order};

const ADMIN: UserId = UserId::new(1);
const NOW: i64 = 1000;

fn refunding(parcel: Parcel) -> OrderState {
    let by = Party::Administrator(ADMIN);
    let request = RefundRequest { by, reason: "변심".to_owned(), goods: Goods::Gone };
    OrderState::Refunding { payment: key("pay-1"), paid_at: at(500), parcel, request }
}

fn cancelled(cause: CancelCause) -> OrderState {
    OrderState::Cancelled(Cancellation { at: at(600), cause, by: Party::Shop, reason: None })
}

/// Every state that behaves differently; what becomes of it for each wished status, in their order; what may be done.
fn cases() -> Vec<(OrderState, [&'static str; 5], &'static str)> {
    let (payment, paid_at, shipped_at, delivered_at) = (key("pay-1"), at(500), at(550), at(560));
    let refunded = CancelCause::Refunded { payment: payment.clone(), paid_at, parcel: Parcel::Underway { shipped_at } };
    let mut cases = vec![
        (
            OrderState::AwaitingPayment { expires_at: at(NOW + 1) },
            ["already", "refused", "refused", "refused", "cancelled"],
            "CANCEL",
        ),
        (
            OrderState::AwaitingPayment { expires_at: at(NOW - 1) },
            ["already", "refused", "refused", "refused", "cancelled"],
            "CANCEL",
        ),
        (
            OrderState::Paying { expires_at: at(NOW + 1), payment: payment.clone() },
            ["already", "refused", "refused", "refused", "refused"],
            "",
        ),
        (
            OrderState::AwaitingDeposit { payment: payment.clone(), due_at: at(NOW + 1), withdrawal: None },
            ["already", "refused", "refused", "refused", "close deposit"],
            "CANCEL",
        ),
        (
            OrderState::Paid { payment: payment.clone(), paid_at },
            ["refused", "already", "shipped", "refused", "refund"],
            "SHIP REFUND",
        ),
        (
            OrderState::Shipped { payment: payment.clone(), paid_at, shipped_at },
            ["refused", "refused", "already", "delivered", "refund"],
            "DELIVER REFUND",
        ),
        (
            OrderState::Delivered { payment, paid_at, shipped_at, delivered_at },
            ["refused", "refused", "refused", "already", "refund"],
            "REFUND",
        ),
        (refunding(Parcel::AtTheShop), ["refused", "already", "refused", "refused", "refund"], ""),
        (refunding(Parcel::Underway { shipped_at }), ["refused", "refused", "already", "refused", "refund"], ""),
        (
            refunding(Parcel::Arrived { shipped_at, delivered_at }),
            ["refused", "refused", "refused", "already", "refund"],
            "",
        ),
    ];
    for cause in [
        CancelCause::ByBuyer,
        CancelCause::ByShop,
        CancelCause::Expired,
        CancelCause::Superseded,
        CancelCause::DepositMissed,
        refunded,
    ] {
        cases.push((cancelled(cause), ["refused", "refused", "refused", "refused", "already"], ""));
    }
    cases
}

fn wish(reason: Option<&str>) -> Withdrawal {
    Withdrawal { by: Party::Administrator(ADMIN), reason: reason.map(str::to_owned) }
}

fn outcome(order: &Order, to: OrderStatus) -> &'static str {
    match order.advance(to, &wish(None), at(NOW)) {
        Ok(Advance::AlreadyThere) => "already",
        Ok(Advance::Apply(change)) => change.next().name(),
        Ok(Advance::CloseDeposit) => "close deposit",
        Ok(Advance::Refund) => "refund",
        Err(refusal) => {
            assert_eq!((refusal.order, refusal.from.as_ref(), refusal.to), (order.id, &order.state, to));
            "refused"
        }
    }
}

#[test]
fn every_state_leads_where_the_state_machine_says_and_nowhere_else() {
    for (state, wanted, _) in cases() {
        let order = order(state);
        assert_eq!(OrderStatus::ALL.map(|to| outcome(&order, to)), wanted, "{:?}", order.state);
    }
}

#[test]
fn what_may_be_done_is_what_would_not_be_refused() {
    for (state, _, wanted) in cases() {
        let order = order(state);
        let actions: Vec<&str> = order.desk_actions(ADMIN, at(NOW)).into_iter().map(DeskAction::name).collect();
        assert_eq!(actions.join(" "), wanted, "{:?}", order.state);
    }
}

#[test]
fn a_change_tells_the_audit_trail_from_where_to_where_why_and_by_whom() {
    let order = order(OrderState::Paid { payment: key("pay-1"), paid_at: at(500) });
    let now = ManualClock::at(at(NOW)).now();
    let Ok(Advance::Apply(change)) = order.advance(OrderStatus::Shipped, &wish(Some("오늘 출고")), now) else {
        panic!("a paid order is shipped");
    };
    let entry = change.audit().unwrap();
    assert_eq!((entry.actor, entry.action, entry.at), (ADMIN, AuditAction::OrderShipped, now));
    assert_eq!((entry.subject, entry.reason.as_deref()), (AuditSubject::Order(order.id), Some("오늘 출고")));
    let told: Vec<_> = entry.changes.iter().map(|c| (c.field.as_str(), c.before.clone(), c.after.clone())).collect();
    assert_eq!(told, [("state", "paid".into(), "shipped".into()), ("status", "CONFIRMED".into(), "SHIPPED".into())]);
}

#[test]
fn goods_that_left_the_shop_need_somebody_who_looks_at_them() {
    let goods = |state, restock| order(state).goods_of_refund(restock);
    let paid = || OrderState::Paid { payment: key("pay-1"), paid_at: at(500) };
    let shipped = || OrderState::Shipped { payment: key("pay-1"), paid_at: at(500), shipped_at: at(550) };
    assert_eq!(goods(paid(), None), Some(Goods::BackOnTheShelf));
    assert_eq!(goods(shipped(), None), None);
    for state in [paid(), shipped()] {
        assert_eq!(goods(state.clone(), Some(true)), Some(Goods::BackOnTheShelf));
        assert_eq!(goods(state, Some(false)), Some(Goods::Gone));
    }
}
