//! Storing decided changes.

use std::error::Error;

use ef_domain::order::{ApplyFailure, CancelCause, Order, OrderState, Party, Withdrawal};
use ef_domain::payment::{DeclineKind, Deposit, PaymentEvidence};
use ef_domain::shared::{FailureKind, Timestamp};

use crate::builders::{
    HOLD, applied, approval, decided, key, later, new_order, noon, opened, order, pack, paid, placed, refusal, reload,
    settled, shopper, version,
};
use crate::shop::{Shop, counters};

/// State, stock, ledger and event become true together.
pub async fn cancelling_gives_the_stock_back_and_tells_it(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 5).await);
    let before = order(shop, buyer, &[(&nuts, 2)]).await;
    let after = applied(shop, before.cancel(Some("마음이 바뀌었어요".to_owned()), later(9))).await;
    let OrderState::Cancelled(end) = &after.state else { panic!("{after:?}") };
    assert_eq!((end.at, &end.cause), (later(9), &CancelCause::ByBuyer));
    assert_eq!(end.reason.as_deref(), Some("마음이 바뀌었어요"));
    assert_eq!(after.version, version(1));
    assert_eq!(shop.counters(nuts.variant).await, counters(5, 0));
    assert_eq!(shop.ledger(nuts.variant).await, counters(5, 0));
    assert_eq!(shop.events(after.id).await, ["ORDER_CANCELLED"]);
}

/// Two decisions on one version: the second finds that somebody was faster.
pub async fn a_change_decided_on_an_old_version_is_stale_and_nothing_is_stored(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 5).await);
    let seen = order(shop, buyer, &[(&nuts, 2)]).await;
    // Somebody else's order holds enough to release it twice: only the version tells that it must not be.
    order(shop, shopper(shop).await, &[(&nuts, 2)]).await;
    let now = seen.placed_at.after(HOLD);
    let (first, second) = (decided(seen.cancel(None, now)), decided(seen.expire(now)));
    shop.orders().apply(&first).await.expect("the first is stored");
    let failure = shop.orders().apply(&second).await;
    assert!(matches!(failure, Err(ApplyFailure::Stale)), "{failure:?}");
    let now = reload(shop, seen.number).await;
    assert_eq!(&now.state, first.next());
    assert_eq!(shop.counters(nuts.variant).await, counters(5, 2));
    assert_eq!(shop.ledger(nuts.variant).await, counters(5, 2));
    assert_eq!(shop.events(seen.id).await, ["ORDER_CANCELLED"]);
}

/// An alarm, not a guess: somebody must look at that variant.
pub async fn a_release_that_the_counters_do_not_cover_is_corrupt_and_names_the_variant(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 5).await);
    let held = order(shop, buyer, &[(&nuts, 2)]).await;
    assert!(shop.falsify_reserved(nuts.variant, 1).await);
    match shop.orders().apply(&decided(held.cancel(None, noon()))).await {
        Err(ApplyFailure::Unavailable(failure)) => {
            assert_eq!(failure.kind(), FailureKind::Corrupt);
            let source = failure.source().expect("a source").to_string();
            assert!(source.contains(&format!("variant {}", nuts.variant)), "{source}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(reload(shop, held.number).await, held);
    assert_eq!(shop.events(held.id).await, Vec::<String>::new());
}

/// The last line of defence: the store itself knows that nothing can be promised twice, nor given back twice.
pub async fn no_counter_can_promise_more_than_there_is_whoever_wrote_it(shop: &dyn Shop) {
    let nuts = pack(shop, 5).await;
    assert!(shop.falsify_reserved(nuts.variant, 5).await);
    assert!(!shop.falsify_reserved(nuts.variant, 6).await);
    assert!(!shop.falsify_reserved(nuts.variant, -1).await);
    assert_eq!(shop.counters(nuts.variant).await, counters(5, 5));
}

/// Sold goods come back, free for everybody.
pub async fn a_refund_puts_the_goods_back_on_the_shelf(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 5).await);
    let (payment, sold) = paid(shop, &order(shop, buyer, &[(&nuts, 2)]).await, &key("back")).await;
    assert_eq!(shop.counters(nuts.variant).await, counters(3, 0));
    let back = applied(shop, sold.refund(&payment.key, None, later(60))).await;
    assert!(
        matches!(&back.state, OrderState::Cancelled(end) if matches!(end.cause, CancelCause::Refunded { .. })),
        "{back:?}"
    );
    assert_eq!(shop.counters(nuts.variant).await, counters(5, 0));
    assert_eq!(shop.ledger(nuts.variant).await, counters(5, 0));
}

/// What a transition decided is what the next reader sees, to the millisecond.
pub async fn every_state_reads_back_as_it_was_written(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let fresh = async || order(shop, buyer, &[(&nuts, 1)]).await;
    let ended = noon().after(HOLD);
    let mut seen = Vec::<Order>::new();

    for (last, decide) in ends(ended) {
        let before = fresh().await;
        let change = decided(decide(&before));
        let after = applied(shop, decide(&before)).await;
        assert_eq!(after, change.applied_to(&before), "{last}");
        seen.push(after);
    }
    let (payment, paying) = opened(shop, &fresh().await, &key("declined")).await;
    seen.push(paying.clone());
    let (_, waiting) = settled(shop, (&payment, &paying), &refusal(DeclineKind::Final)).await;
    assert_eq!(waiting.state, OrderState::AwaitingPayment { expires_at: ended });
    seen.push(waiting);

    let deposit = PaymentEvidence::DepositPending(Deposit { due_at: later(86_400), account: None });
    let (payment, paying) = opened(shop, &fresh().await, &key("deposit")).await;
    let (payment, waiting) = settled(shop, (&payment, &paying), &deposit).await;
    seen.push(waiting.clone());
    let closed = PaymentEvidence::DepositClosed { code: "EXPIRED".to_owned() };
    let (_, closed_elsewhere) = settled(shop, (&payment, &waiting), &closed).await;
    seen.push(closed_elsewhere);

    for (text, by, reason) in
        [("withdrawn", Party::Buyer, None), ("called-off", Party::Administrator(buyer.user), Some("품절".to_owned()))]
    {
        let (payment, paying) = opened(shop, &fresh().await, &key(text)).await;
        let (payment, waiting) = settled(shop, (&payment, &paying), &deposit).await;
        let wish = Withdrawal { by, reason };
        let withdrawn = applied(shop, waiting.withdraw(&wish)).await;
        assert_eq!((withdrawn.withdrawal(), withdrawn.version), (Some(&wish), waiting.version.next()));
        let (_, ended) = settled(shop, (&payment, &withdrawn), &closed).await;
        let OrderState::Cancelled(end) = &ended.state else { panic!("{ended:?}") };
        assert_eq!((end.by, &end.reason), (by, &wish.reason), "{text}");
        seen.extend([withdrawn, ended]);
    }
    let (payment, paying) = opened(shop, &fresh().await, &key("deposit-faster")).await;
    let (payment, waiting) = settled(shop, (&payment, &paying), &deposit).await;
    let withdrawn = applied(shop, waiting.withdraw(&Withdrawal { by: Party::Buyer, reason: None })).await;
    let (_, sold) = settled(shop, (&payment, &withdrawn), &approval(&payment)).await;
    seen.push(sold);

    let (_, sold) = paid(shop, &fresh().await, &key("shipped")).await;
    let shipped = applied(shop, sold.ship(later(100))).await;
    let delivered = applied(shop, shipped.deliver(later(200))).await;
    seen.extend([sold, shipped, delivered]);

    let names: Vec<&str> = seen.iter().map(|order| order.state.name()).collect();
    let expected = [
        "cancelled",
        "cancelled",
        "cancelled",
        "paying",
        "awaiting payment",
        "awaiting deposit",
        "cancelled",
        "awaiting deposit",
        "cancelled",
        "awaiting deposit",
        "cancelled",
        "paid",
        "paid",
        "shipped",
        "delivered",
    ];
    assert_eq!(names, expected);
    assert_eq!(shop.ledger(nuts.variant).await, shop.counters(nuts.variant).await);
    assert_eq!(shop.held(nuts.variant).await, shop.counters(nuts.variant).await.reserved);
}

type Decide = Box<dyn Fn(&Order) -> Result<ef_domain::order::Decision, ef_domain::order::OrderTransitionError> + Send>;

/// The ways in which an unpaid order ends.
fn ends(at: Timestamp) -> [(&'static str, Decide); 3] {
    [
        ("cancelled", Box::new(move |it| it.cancel(Some("이유".to_owned()), at))),
        ("expired", Box::new(move |it| it.expire(at))),
        ("superseded", Box::new(move |it| it.supersede(at))),
    ]
}

/// One that is stale and one that contradicts the counters keep nobody else from their turn.
pub async fn of_many_changes_each_is_stored_on_its_own(shop: &dyn Shop) {
    let (buyer, nuts, milk) = (shopper(shop).await, pack(shop, 99).await, pack(shop, 9).await);
    let mut changes = Vec::new();
    let mut orders = Vec::new();
    for place in 0..10 {
        let pack = if place == 4 { &milk } else { &nuts };
        let held = placed(shop, &new_order(buyer, &[(pack, 2)])).await;
        changes.push(decided(held.expire(held.placed_at.after(HOLD))));
        orders.push(held);
    }
    let moved = orders.remove(7);
    applied(shop, moved.cancel(None, noon())).await;
    assert!(shop.falsify_reserved(milk.variant, 0).await);
    let contradicted = orders.remove(4);
    let stored = shop.orders().apply_each(&changes).await.expect("the store is there");
    assert_eq!(stored, 8);
    for held in orders {
        let after = reload(shop, held.number).await;
        assert!(matches!(&after.state, OrderState::Cancelled(end) if end.cause == CancelCause::Expired), "{after:?}");
    }
    // It stays as it is, but for its turn: it must not be the oldest at every look.
    let kept = reload(shop, contradicted.number).await;
    assert!(matches!(kept.state, OrderState::AwaitingPayment { .. }), "{kept:?}");
    assert_eq!(kept.version, contradicted.version);
    assert_eq!(shop.events(contradicted.id).await, Vec::<String>::new());
    assert_eq!(reload(shop, moved.number).await.version, version(1));
    assert_eq!(shop.counters(nuts.variant).await, counters(99, 0));
    assert_eq!(shop.ledger(nuts.variant).await, counters(99, 0));
}

/// An empty batch is no error.
pub async fn of_no_changes_none_is_stored(shop: &dyn Shop) {
    assert_eq!(shop.orders().apply_each(&[]).await.expect("the store is there"), 0);
}
