//! Finding orders, and what falls due.

use std::time::Duration;

use ef_domain::order::{Order, RequestedLine};
use ef_domain::payment::{DeclineKind, Deposit, PaymentEvidence};
use ef_domain::shared::{OrderId, ProductId, VariantId, Won};

use crate::builders::{
    HOLD, PackSpec, ProductSpec, applied, fresh_number, key, later, new_order_at, noon, opened, order, pack, paid,
    pieces, placed, refusal, settled, shopper, won,
};
use crate::shop::Shop;

fn ids(orders: &[Order]) -> Vec<OrderId> {
    orders.iter().map(|order| order.id).collect()
}

/// Nothing is an answer.
pub async fn a_number_that_nobody_has_finds_nothing(shop: &dyn Shop) {
    let found = shop.orders().find_by_number(fresh_number()).await;
    assert_eq!(found.expect("orders can be read"), None);
}

/// A hold is due at its very end, not a millisecond before.
pub async fn holds_are_due_from_the_moment_they_end_oldest_first_and_never_more_than_asked_for(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let mut placed_at = Vec::new();
    for seconds in [30, 10, 20, 10] {
        placed_at.push(placed(shop, &new_order_at(buyer, &[(&nuts, 1), (&nuts, 2)], later(seconds))).await);
    }
    let [third, first, second, tied] = placed_at.as_slice() else { panic!("four orders") };
    let due = async |now, limit| {
        let due = shop.orders().due_holds(now, limit).await;
        due.expect("orders can be read")
    };
    let ends = later(10).after(HOLD);
    let almost = ends.millis() - 1;
    let almost = ef_domain::shared::Timestamp::from_millis(almost).expect("within the calendar");
    assert_eq!(due(almost, 9).await, Vec::<Order>::new());
    assert_eq!(ids(&due(ends, 9).await), [first.id, tied.id]);
    let all = due(ends.after(Duration::from_hours(1)), 9).await;
    assert_eq!(all, [first.clone(), tied.clone(), second.clone(), third.clone()]);
    let some = due(ends.after(Duration::from_hours(1)), 3).await;
    assert_eq!(ids(&some), [first.id, tied.id, second.id]);
}

/// Expiring it would give away what the partner may just be charging for.
pub async fn an_order_that_is_being_paid_is_not_due(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (payment, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("under-way")).await;
    let due = shop.orders().due_holds(later(9_999), 9).await;
    assert_eq!(due.expect("orders can be read"), Vec::<Order>::new());
    let (_, declined) = settled(shop, (&payment, &paying), &refusal(DeclineKind::Final)).await;
    let due = shop.orders().due_holds(later(9_999), 9).await;
    assert_eq!(due.expect("orders can be read"), [declined]);
}

/// Only a hold can end.
pub async fn what_is_paid_or_over_is_not_due(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    applied(shop, order(shop, buyer, &[(&nuts, 1)]).await.cancel(None, noon())).await;
    paid(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("sold")).await;
    let (payment, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("deposit")).await;
    let deposit = PaymentEvidence::DepositPending(Deposit { due_at: later(60), account: None });
    settled(shop, (&payment, &paying), &deposit).await;
    let due = shop.orders().due_holds(later(9_999), 9).await;
    assert_eq!(due.expect("orders can be read"), Vec::<Order>::new());
}

/// What a newer order of the same buyer may take over.
pub async fn live_holds_are_the_buyers_own_oldest_first(shop: &dyn Shop) {
    let (buyer, other, nuts) = (shopper(shop).await, shopper(shop).await, pack(shop, 9).await);
    let first = placed(shop, &new_order_at(buyer, &[(&nuts, 1)], later(5))).await;
    order(shop, other, &[(&nuts, 1)]).await;
    let second = placed(shop, &new_order_at(buyer, &[(&nuts, 1)], later(6))).await;
    applied(shop, order(shop, buyer, &[(&nuts, 1)]).await.cancel(None, noon())).await;
    paid(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("sold")).await;
    let holds = shop.orders().live_holds(buyer.user).await;
    assert_eq!(holds.expect("orders can be read"), [first, second]);
}

/// Its stock is spoken for.
pub async fn an_order_that_is_being_paid_is_no_live_hold(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("under-way")).await;
    let holds = shop.orders().live_holds(buyer.user).await;
    assert_eq!(holds.expect("orders can be read"), Vec::<Order>::new());
}

fn requested(product: ProductId, variant: Option<VariantId>) -> RequestedLine {
    RequestedLine { product, variant, quantity: pieces(1), quoted_price: Won::ZERO }
}

/// Enough to tell a default variant, and a variant of another product.
pub async fn offers_are_all_variants_of_named_products_and_every_named_variant(shop: &dyn Shop) {
    let nuts = ProductSpec {
        packs: vec![PackSpec::new("1kg", 3, 9_000).beside(), PackSpec::new("250g", 3, 2_500)],
        ..ProductSpec::named("아몬드")
    };
    let nuts = shop.shelve(&nuts).await;
    let milk = shop.shelve(&ProductSpec::named("두유")).await;
    shop.shelve(&ProductSpec::named("귀리")).await;
    let ([large, small], [milk]) = (nuts.as_slice(), milk.as_slice()) else { panic!("two and one") };
    let lines = [requested(small.product, None), requested(small.product, Some(milk.variant))];
    let offers = shop.offers().offers(&lines).await.expect("offers can be read");
    let mut seen: Vec<_> = offers
        .iter()
        .map(|offer| {
            let variant = offer.variant.as_ref().expect("a pack size");
            (offer.product, offer.product_name.as_str(), variant.id, variant.price, variant.is_default)
        })
        .collect();
    seen.sort_unstable_by_key(|(.., price, _)| *price);
    let expected = [
        (milk.product, "두유", milk.variant, won(1_000), true),
        (small.product, "아몬드", small.variant, won(2_500), true),
        (large.product, "아몬드", large.variant, won(9_000), false),
    ];
    assert_eq!(seen, expected);
}

/// It is known, so that the answer is "no such variant" and not "no such product".
pub async fn a_product_without_a_pack_size_is_offered_without_one(shop: &dyn Shop) {
    let bare = shop.shelve_without_packs("준비 중").await;
    let offers = shop.offers().offers(&[requested(bare, None)]).await;
    let offers = offers.expect("offers can be read");
    let [offer] = offers.as_slice() else { panic!("{offers:?}") };
    assert_eq!((offer.product, &offer.variant), (bare, &None));
}

/// Neither products nor variants are made up.
pub async fn what_does_not_exist_is_not_offered(shop: &dyn Shop) {
    let nowhere = requested(ProductId::new(4711), Some(VariantId::new(4711)));
    let offers = shop.offers().offers(&[nowhere]).await.expect("offers can be read");
    assert_eq!(offers, []);
}
