//! Stock that is counted by hand.

use ef_domain::catalogue::{AdjustStockFailure, StockAdjustment};
use ef_domain::order::PlaceFailure;
use ef_domain::shared::{AuditAction, AuditSubject, VariantId, Version};

use super::{by, sheet, trail};
use crate::builders::{new_order, order, pack, shopper};
use crate::shop::{Shop, counters};

fn adjustment(variant: VariantId, delta: i64) -> StockAdjustment {
    StockAdjustment { variant, delta, reason: "재고 실사".to_owned() }
}

/// The ledger proves the counter, the trail names who did it, and the product has no new version.
pub async fn stock_is_counted_in_and_out_and_the_books_say_why(shop: &dyn Shop) {
    let admin = shopper(shop).await;
    let almonds = pack(shop, 5).await;
    for (delta, stock) in [(7, 12), (-12, 0), (3, 3)] {
        let level = shop
            .products()
            .adjust_stock(&adjustment(almonds.variant, delta), by(&admin))
            .await
            .expect("the shelf does it");
        assert_eq!((level.product, level.stock, level.reserved), (almonds.product, stock, 0));
        assert_eq!(shop.counters(almonds.variant).await, counters(stock, 0));
        assert_eq!(shop.ledger(almonds.variant).await, counters(stock, 0));
    }
    let records = trail(shop, AuditSubject::Product(almonds.product)).await;
    assert_eq!(records.len(), 3);
    let entry = &records.first().expect("the count has an entry").entry;
    assert_eq!((entry.action, entry.actor), (AuditAction::StockAdjusted, admin.user));
    assert_eq!(entry.reason.as_deref(), Some("재고 실사"));
    let change = entry.changes.iter().next().expect("it is there");
    assert_eq!((&change.before, &change.after), (&0.into(), &3.into()));
    assert_eq!(sheet(shop, almonds.product).await.version, Version::FIRST);
}

/// Nor below nothing, nor above what a shelf bears.
pub async fn stock_never_falls_below_what_orders_hold(shop: &dyn Shop) {
    let admin = shopper(shop).await;
    let almonds = pack(shop, 5).await;
    order(shop, admin, &[(&almonds, 3)]).await;
    for delta in [-3, -6, StockAdjustment::SHELF] {
        let refused = shop.products().adjust_stock(&adjustment(almonds.variant, delta), by(&admin)).await;
        let Err(AdjustStockFailure::OutOfBounds { level }) = refused else { panic!("{refused:?}") };
        assert_eq!((level.stock, level.reserved), (5, 3));
    }
    shop.products().adjust_stock(&adjustment(almonds.variant, -2), by(&admin)).await.expect("the shelf does it");
    assert_eq!(shop.counters(almonds.variant).await, counters(3, 3));
    let nowhere = shop.products().adjust_stock(&adjustment(VariantId::new(-1), 1), by(&admin)).await;
    assert!(matches!(nowhere, Err(AdjustStockFailure::NotFound)), "{nowhere:?}");
}

/// Buyers take what administrators take away: nobody gets what is not there.
pub async fn counting_against_orders_keeps_the_counters_true(shop: &dyn Shop) {
    let admin = shopper(shop).await;
    let almonds = pack(shop, 8).await;
    let mut orders = Vec::new();
    for _ in 0..8 {
        orders.push(new_order(shopper(shop).await, &[(&almonds, 1)]));
    }
    let (repository, products) = (shop.orders(), shop.products());
    let less = adjustment(almonds.variant, -1);
    let counting = futures::future::join_all((0..8).map(|_| products.adjust_stock(&less, by(&admin))));
    let buying = futures::future::join_all(orders.iter().map(|order| repository.place(order)));
    let (counted, placed) = futures::future::join(counting, buying).await;
    assert!(counted.iter().all(|it| matches!(it, Ok(_) | Err(AdjustStockFailure::OutOfBounds { .. }))), "{counted:?}");
    assert!(placed.iter().all(|it| matches!(it, Ok(_) | Err(PlaceFailure::InsufficientStock(_)))), "{placed:?}");
    let held = i64::try_from(placed.iter().filter(|it| it.is_ok()).count()).expect("it is there");
    let taken = i64::try_from(counted.iter().filter(|it| it.is_ok()).count()).expect("it is there");
    assert_eq!(held + taken, 8);
    assert_eq!(shop.counters(almonds.variant).await, counters(8 - taken, held));
    assert_eq!(shop.ledger(almonds.variant).await, counters(8 - taken, held));
}
