//! Placing: everything is held and stored, or nothing.

use ef_domain::order::{CancelCause, Order, OrderState, PlaceFailure};
use ef_domain::shared::FailureKind;

use crate::builders::{
    HOLD, Pack, PackSpec, ProductSpec, decided, key, later, new_order, new_order_at, noon, opened, order, pack, placed,
    reload, shopper, version,
};
use crate::shop::{Shop, counters};

/// What a buyer asks for is held and reads back as it was given.
pub async fn placing_holds_every_line_and_keeps_the_order_as_given(shop: &dyn Shop) {
    let (buyer, nuts, milk) = (shopper(shop).await, pack(shop, 10).await, pack(shop, 5).await);
    // The lines are kept in the buyer's order, not in that of the ids.
    let new = new_order(buyer, &[(&milk, 2), (&nuts, 3)]);
    let id = shop.orders().place(&new).await.expect("the order is stored");
    let expected = Order {
        id,
        number: new.number,
        buyer: buyer.user,
        recipient: new.recipient.clone(),
        lines: new.lines.clone(),
        total: new.total,
        placed_at: noon(),
        state: OrderState::AwaitingPayment { expires_at: noon().after(HOLD) },
        version: version(0),
    };
    assert_eq!(reload(shop, new.number).await, expected);
    for (pack, expected) in [(&nuts, counters(10, 3)), (&milk, counters(5, 2))] {
        assert_eq!(shop.counters(pack.variant).await, expected);
        assert_eq!(shop.ledger(pack.variant).await, expected);
    }
    assert_eq!(shop.events(id).await, Vec::<String>::new());
}

/// The guard in the write itself refuses, and says for which variant.
pub async fn more_than_is_left_is_refused_and_nothing_is_stored(shop: &dyn Shop) {
    let (buyer, other, nuts) = (shopper(shop).await, shopper(shop).await, pack(shop, 3).await);
    order(shop, other, &[(&nuts, 2)]).await;
    let failure = shop.orders().place(&new_order(buyer, &[(&nuts, 2)])).await;
    assert!(matches!(failure, Err(PlaceFailure::InsufficientStock(short)) if short == nuts.variant), "{failure:?}");
    assert_eq!(shop.counters(nuts.variant).await, counters(3, 2));
    assert_eq!(shop.ledger(nuts.variant).await, counters(3, 2));
    assert_eq!(shop.order_count().await, 1);
}

/// All or nothing, whichever line is the short one.
pub async fn a_short_line_gives_back_what_the_other_lines_held(shop: &dyn Shop) {
    let (buyer, nuts, milk) = (shopper(shop).await, pack(shop, 10).await, pack(shop, 1).await);
    for lines in [[(&nuts, 3), (&milk, 2)], [(&milk, 2), (&nuts, 3)]] {
        let failure = shop.orders().place(&new_order(buyer, &lines)).await;
        assert!(matches!(failure, Err(PlaceFailure::InsufficientStock(short)) if short == milk.variant), "{failure:?}");
    }
    assert_eq!(shop.counters(nuts.variant).await, counters(10, 0));
    assert_eq!(shop.ledger(nuts.variant).await, counters(10, 0));
    assert_eq!(shop.order_count().await, 0);
}

/// Two lines that fit one by one, but not together.
pub async fn lines_of_one_variant_are_held_together(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 5).await);
    let failure = shop.orders().place(&new_order(buyer, &[(&nuts, 3), (&nuts, 3)])).await;
    assert!(matches!(failure, Err(PlaceFailure::InsufficientStock(_))), "{failure:?}");
    let stored = order(shop, buyer, &[(&nuts, 3), (&nuts, 2)]).await;
    assert_eq!(stored.lines.len(), 2);
    assert_eq!(shop.counters(nuts.variant).await, counters(5, 5));
    assert_eq!(shop.ledger(nuts.variant).await, counters(5, 5));
}

/// Numbers are drawn at random: the store tells when two are alike.
pub async fn a_number_that_is_taken_is_refused_and_nothing_is_held(shop: &dyn Shop) {
    let (buyer, other, nuts) = (shopper(shop).await, shopper(shop).await, pack(shop, 10).await);
    let first = order(shop, other, &[(&nuts, 2)]).await;
    let mut second = new_order(buyer, &[(&nuts, 3)]);
    second.number = first.number;
    let failure = shop.orders().place(&second).await;
    assert!(matches!(failure, Err(PlaceFailure::NumberTaken)), "{failure:?}");
    assert_eq!(shop.counters(nuts.variant).await, counters(10, 2));
    assert_eq!(shop.order_count().await, 1);
}

/// The last piece, held by the buyer himself, goes from the old order to the new one.
pub async fn a_new_order_takes_over_what_the_buyers_older_one_held(shop: &dyn Shop) {
    let (buyer, nuts, milk) = (shopper(shop).await, pack(shop, 1).await, pack(shop, 9).await);
    let old = order(shop, buyer, &[(&nuts, 1), (&milk, 2)]).await;
    let mut new = new_order_at(buyer, &[(&nuts, 1)], later(60));
    new.supersedes = vec![decided(old.supersede(later(60)))];
    let new = placed(shop, &new).await;
    let old = reload(shop, old.number).await;
    assert!(
        matches!(&old.state, OrderState::Cancelled(it) if it.cause == CancelCause::Superseded && it.at == later(60)),
        "{old:?}"
    );
    assert_eq!(old.version, version(1));
    assert_eq!(shop.counters(nuts.variant).await, counters(1, 1));
    assert_eq!(shop.ledger(nuts.variant).await, counters(1, 1));
    assert_eq!(shop.counters(milk.variant).await, counters(9, 0));
    assert_eq!(shop.ledger(milk.variant).await, counters(9, 0));
    assert_eq!(shop.events(old.id).await, ["ORDER_CANCELLED"]);
    assert_eq!(shop.events(new.id).await, Vec::<String>::new());
}

/// The buyer opened the payment of the old order in another tab.
pub async fn a_new_order_is_stale_if_the_older_one_moved_and_nothing_is_stored(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 5).await);
    let old = order(shop, buyer, &[(&nuts, 1)]).await;
    let mut new = new_order(buyer, &[(&nuts, 1)]);
    new.supersedes = vec![decided(old.supersede(noon()))];
    let (_, old) = opened(shop, &old, &key("other-tab")).await;
    let failure = shop.orders().place(&new).await;
    assert!(matches!(failure, Err(PlaceFailure::Stale)), "{failure:?}");
    assert_eq!(reload(shop, old.number).await, old);
    assert_eq!(shop.order_count().await, 1);
    assert_eq!(shop.counters(nuts.variant).await, counters(5, 1));
}

/// What the old order held is not enough either.
pub async fn a_new_order_that_is_still_short_leaves_the_older_one_alone(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 2).await);
    let old = order(shop, buyer, &[(&nuts, 1)]).await;
    let mut new = new_order(buyer, &[(&nuts, 3)]);
    new.supersedes = vec![decided(old.supersede(noon()))];
    let failure = shop.orders().place(&new).await;
    assert!(matches!(failure, Err(PlaceFailure::InsufficientStock(short)) if short == nuts.variant), "{failure:?}");
    assert_eq!(reload(shop, old.number).await, old);
    assert_eq!(shop.counters(nuts.variant).await, counters(2, 1));
    assert_eq!(shop.ledger(nuts.variant).await, counters(2, 1));
    assert_eq!(shop.events(old.id).await, Vec::<String>::new());
}

/// The longest order that a form may send.
pub async fn a_hundred_lines_are_one_order(shop: &dyn Shop) {
    let buyer = shopper(shop).await;
    let mut packs = Vec::<Pack>::new();
    for number in 0..10 {
        let spec = ProductSpec {
            packs: (0..10)
                .map(|size| PackSpec { is_default: size == 0, ..PackSpec::new(&format!("{size}"), 1, 100) })
                .collect(),
            ..ProductSpec::named(&format!("귀리 {number}"))
        };
        packs.extend(shop.shelve(&spec).await);
    }
    let lines: Vec<(&Pack, i64)> = packs.iter().rev().map(|pack| (pack, 1)).collect();
    let new = new_order(buyer, &lines);
    assert_eq!(placed(shop, &new).await.lines, new.lines);
    // A stranger among the variants is a fault of ours, and stores nothing.
    let mut strange = new_order(buyer, &[(&packs.remove(0), 1)]);
    if let Some(line) = strange.lines.first_mut() {
        line.variant = ef_domain::shared::VariantId::new(i64::MAX);
    }
    match shop.orders().place(&strange).await {
        Err(PlaceFailure::InsufficientStock(_)) => {}
        Err(PlaceFailure::Unavailable(failure)) => assert_eq!(failure.kind(), FailureKind::Corrupt),
        other => panic!("{other:?}"),
    }
    assert_eq!(shop.order_count().await, 1);
}
