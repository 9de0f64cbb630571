//! Random histories of many orders over one shelf: whatever happens in whatever order, the counters stay true.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use ef_domain::account::Phone;
use ef_domain::order::{
    CancelCause, Decision, Goods, Order, OrderChange, OrderLine, OrderNumber, OrderState, Party, PostalCode, Recipient,
    RefundRequest, StockEffect, StockMove, Withdrawal,
};
use ef_domain::payment::PaymentKey;
use ef_domain::shared::{OrderId, ProductId, Quantity, Timestamp, UserId, VariantId, Version, Won};
use proptest::prelude::*;

const HOLD: i64 = 900;

#[derive(Clone, Debug)]
enum Step {
    Place(Vec<(i64, i64)>),
    Wait(i64),
    Act(usize, u8, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lines = proptest::collection::vec((1_i64..=3, 1_i64..=4), 1..=3);
    let step = prop_oneof![
        2 => lines.prop_map(Step::Place),
        1 => (1_i64..1000).prop_map(Step::Wait),
        6 => (0_usize..8, 0_u8..15, 0_u8..2).prop_map(|(order, action, payment)| Step::Act(order, action, payment)),
    ];
    proptest::collection::vec(step, 1..60)
}

/// The shelf as the guarded updates keep it.
struct Shelf(BTreeMap<VariantId, (i64, i64)>);

impl Shelf {
    fn full() -> Self {
        Self((1..=3).map(|variant| (VariantId::new(variant), (10, 0))).collect())
    }

    /// All lines or none; whether the guards let them through.
    fn moves(&mut self, effect: &StockEffect) -> bool {
        let (stock_delta, reserved_delta) = effect.direction().delta();
        let mut next = self.0.clone();
        for line in effect.lines() {
            let (stock, reserved) = next.get_mut(&line.variant).unwrap();
            *stock += stock_delta * line.pieces;
            *reserved += reserved_delta * line.pieces;
            if *reserved < 0 || *stock < *reserved {
                return false;
            }
        }
        self.0 = next;
        true
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000).unwrap()
}

fn place(number: usize, lines: &[(i64, i64)], now: i64) -> Order {
    let line = |(variant, pieces): &(i64, i64)| OrderLine {
        product: ProductId::new(*variant),
        variant: VariantId::new(*variant),
        product_name: String::new(),
        variant_name: String::new(),
        image: None,
        quantity: Quantity::try_new(*pieces).unwrap(),
        price: Won::try_new(1000).unwrap(),
    };
    let id = i64::try_from(number).unwrap() + 1;
    Order {
        id: OrderId::new(id),
        number: OrderNumber::try_new(id).unwrap(),
        buyer: UserId::new(7),
        recipient: Recipient {
            name: "김건강".to_owned(),
            phone: Phone::parse("010-1234-5678").unwrap(),
            postal_code: PostalCode::parse("12345").unwrap(),
            address_line1: "서울".to_owned(),
            address_line2: None,
        },
        lines: lines.iter().map(line).collect(),
        total: Won::ZERO,
        placed_at: at(now),
        state: OrderState::AwaitingPayment { expires_at: at(now + HOLD) },
        version: Version::FIRST,
    }
}

fn act(order: &Order, action: u8, payment: u8, now: i64) -> Option<Decision> {
    let key = PaymentKey::parse(&format!("pay-{}-{payment}", order.id)).unwrap();
    let now = at(now);
    let decision = match action {
        0 => order.open_payment(&key, now),
        1 => order.approve(&key, now),
        2 => order.decline(&key),
        3 => order.await_deposit(&key, now),
        4 => order.cancel(None, now),
        5 => order.expire(now),
        6 => order.supersede(now),
        7 => order.close_deposit(&key, now),
        8 => order.ship(now),
        9 => order.deliver(now),
        10 => order.call_off(UserId::new(1), None, now),
        11 => order.open_refund(&RefundRequest {
            by: if payment == 0 { Party::Buyer } else { Party::Administrator(UserId::new(1)) },
            reason: "변심".to_owned(),
            goods: if payment == 0 { Goods::Gone } else { Goods::BackOnTheShelf },
        }),
        12 => order.refuse_refund(&key),
        13 => order.withdraw(&Withdrawal { by: Party::Buyer, reason: None }),
        _ => order.refund(&key, None, now),
    };
    decision.ok()
}

fn holds(state: &OrderState) -> bool {
    matches!(state, OrderState::AwaitingPayment { .. } | OrderState::Paying { .. } | OrderState::AwaitingDeposit { .. })
}

fn sold(state: &OrderState) -> bool {
    matches!(
        state,
        OrderState::Paid { .. }
            | OrderState::Shipped { .. }
            | OrderState::Delivered { .. }
            | OrderState::Refunding { .. }
    )
}

/// Whether the money went back and the goods did not.
fn gone(change: &OrderChange) -> bool {
    matches!(change.next(), OrderState::Cancelled(end) if matches!(end.cause, CancelCause::Refunded { .. }))
        && change.stock().direction() == StockMove::None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reserved_is_what_live_orders_hold_and_stock_what_was_not_sold(steps in steps()) {
        let mut shelf = Shelf::full();
        let mut orders = Vec::<Order>::new();
        let mut lost = Vec::<OrderLine>::new();
        let mut now = 0;
        for step in steps {
            match step {
                Step::Wait(seconds) => now += seconds,
                Step::Place(lines) => {
                    let order = place(orders.len(), &lines, now);
                    if shelf.moves(&StockEffect::of(StockMove::Reserve, &order.lines)) {
                        orders.push(order);
                    }
                }
                Step::Act(index, action, payment) => {
                    let Some(order) = orders.get_mut(index) else { continue };
                    if let Some(Decision::Apply(change)) = act(order, action, payment, now) {
                        prop_assert!(shelf.moves(change.stock()), "a decided change did not fit the shelf");
                        if gone(&change) {
                            lost.extend(order.lines.clone());
                        }
                        *order = change.applied_to(order);
                    }
                }
            }
            for (variant, (stock, reserved)) in &shelf.0 {
                let pieces = |wanted: fn(&OrderState) -> bool| -> i64 {
                    let lines = orders.iter().filter(|order| wanted(&order.state)).flat_map(|order| &order.lines);
                    lines.filter(|line| line.variant == *variant).map(|line| line.quantity.get()).sum()
                };
                prop_assert_eq!(*reserved, pieces(holds));
                let lost = lost.iter().filter(|line| line.variant == *variant).map(|line| line.quantity.get()).sum::<i64>();
                prop_assert_eq!(*stock, 10 - pieces(sold) - lost);
                prop_assert!(0 <= *reserved && *reserved <= *stock);
            }
        }
    }

    #[test]
    fn an_order_that_is_over_stays_over(lines in proptest::collection::vec((1_i64..=3, 1_i64..=4), 1..=3), actions in proptest::collection::vec((0_u8..15, 0_u8..2), 1..40)) {
        let mut order = place(0, &lines, 0);
        for (second, (action, payment)) in actions.into_iter().enumerate() {
            let over = matches!(order.state, OrderState::Cancelled(_));
            let decision = act(&order, action, payment, i64::try_from(second).unwrap() * 100);
            if let Some(Decision::Apply(change)) = decision {
                prop_assert!(!over, "a cancelled order came back");
                order = change.applied_to(&order);
            }
        }
    }
}
