//! The shelf as administrators keep it, on both databases: how often the database is asked, and what happens when many
//! keep and buy at once.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::Arc;

use ef_contract::builders::{new_order, noon, pack, shopper, won};
use ef_contract::shop::Shop;
use ef_domain::catalogue::{
    AdjustStockFailure, Editor, FieldEdit, KeepProducts, KeepProductsError, KeepTags, NewProduct, NutrientAmount,
    ProductEdit, ProductFields, ProductTarget, Removal, ShelfWish, StockAdjustment, VariantEdit, VariantFields,
    WeightUnit,
};
use ef_domain::order::PlaceFailure;
use ef_domain::shared::{Actor, AuditSubject, ManualClock, PageRequest, ProductId};
use support::SqlShop;
use support::race::{RUNNERS, assert_books, race};

on_both_databases! {
    a_product_comes_with_six_statements_and_is_read_with_four
    a_change_asks_little_whatever_it_changes
    a_product_goes_with_ten_statements_and_retires_with_few_more
    stock_is_counted_with_four_statements
    tags_and_the_trail_ask_twice_however_long_they_are
    many_who_edit_one_version_have_one_winner
    many_who_count_while_many_buy_never_sell_what_is_not_there
    many_who_want_a_default_variant_get_one
}

fn keeper(shop: &SqlShop) -> KeepProducts {
    KeepProducts { products: shop.products(), clock: Arc::new(ManualClock::at(noon())) }
}

fn walnuts() -> NewProduct {
    let fields = ProductFields::new("호두".to_owned(), "견과".to_owned(), won(9_000), WeightUnit::Gram);
    NewProduct { fields, tags: vec!["비건".to_owned(), "오메가3".to_owned()] }
}

fn by(admin: Actor) -> Editor {
    Editor { user: admin.user, at: noon() }
}

async fn shelved(shop: &SqlShop) -> (Actor, ProductId) {
    let admin = shopper(shop).await;
    (admin, shop.products().create(&walnuts(), by(admin)).await.unwrap())
}

fn latest(actor: Actor, product: ProductId) -> ProductTarget {
    ProductTarget { actor, product, seen: None }
}

/// Exactly so often; the statements go into the message.
async fn asks<T>(shop: &SqlShop, work: impl Future<Output = T>, expected: usize) -> T {
    let (output, statements) = shop.statements.during(work).await;
    assert_eq!(statements.len(), expected, "{}", statements.join("\n"));
    output
}

async fn a_product_comes_with_six_statements_and_is_read_with_four(shop: SqlShop) {
    let admin = shopper(&shop).await;
    let product = asks(&shop, shop.products().create(&walnuts(), by(admin)), 6).await.unwrap();
    assert!(asks(&shop, shop.products().sheet(product), 4).await.unwrap().is_some());
}

/// Reading the sheet is four of them, the guarded update and the entry two.
async fn a_change_asks_little_whatever_it_changes(shop: SqlShop) {
    let (admin, product) = shelved(&shop).await;
    let (keeper, target) = (keeper(&shop), latest(admin, product));
    let price = vec![FieldEdit::Price(won(9_500))];
    let priced = ShelfWish::Edit(ProductEdit { fields: price, tags: None });
    asks(&shop, keeper.change(target, &priced), 7).await.unwrap();
    asks(&shop, keeper.change(target, &priced), 4).await.unwrap();
    let tags: Vec<String> = (0..20).map(|number| format!("태그 {number}")).collect();
    let tagged = ShelfWish::Edit(ProductEdit { fields: Vec::new(), tags: Some(tags) });
    asks(&shop, keeper.change(target, &tagged), 10).await.unwrap();
    let nutrient = |number: usize| NutrientAmount {
        code: format!("CODE {number}"),
        name: "아연".to_owned(),
        amount: 1.5,
        unit: "mg".to_owned(),
        daily_percent: None,
    };
    let nutrients = ShelfWish::ReplaceNutrients((0..20).map(nutrient).collect());
    asks(&shop, keeper.change(target, &nutrients), 8).await.unwrap();
    let bag = VariantFields { name: "1kg".to_owned(), price: won(30_000), grams: 1_000.0, is_default: true };
    asks(&shop, keeper.change(target, &ShelfWish::AddVariant(bag)), 8).await.unwrap();
    let sheet = shop.products().sheet(product).await.unwrap().unwrap();
    let (first, second) = (sheet.variants[0].id, sheet.variants[1].id);
    let swap = VariantEdit { is_default: Some(true), ..VariantEdit::default() };
    asks(&shop, keeper.change(target, &ShelfWish::EditVariant(first, swap)), 8).await.unwrap();
    asks(&shop, keeper.change(target, &ShelfWish::EraseVariant(second)), 7).await.unwrap();
}

async fn a_product_goes_with_ten_statements_and_retires_with_few_more(shop: SqlShop) {
    let (admin, product) = shelved(&shop).await;
    let keeper = keeper(&shop);
    assert_eq!(asks(&shop, keeper.remove(latest(admin, product)), 10).await.unwrap(), Removal::Erased);
    let almonds = pack(&shop, 5).await;
    let (removal, statements) = shop.statements.during(keeper.remove(latest(admin, almonds.product))).await;
    assert_eq!(removal.unwrap(), Removal::Retired);
    assert!(statements.len() <= 10, "{}", statements.join("\n"));
}

async fn stock_is_counted_with_four_statements(shop: SqlShop) {
    let (admin, almonds) = (shopper(&shop).await, pack(&shop, 5).await);
    let more = StockAdjustment { variant: almonds.variant, delta: 5, reason: "입고".to_owned() };
    asks(&shop, keeper(&shop).adjust_stock(&admin, &more), 4).await.unwrap();
}

async fn tags_and_the_trail_ask_twice_however_long_they_are(shop: SqlShop) {
    let (admin, product) = shelved(&shop).await;
    let tags = KeepTags { tags: shop.tags(), clock: Arc::new(ManualClock::at(noon())) };
    for size in [1, 20] {
        asks(&shop, tags.list(PageRequest::new(0, size)), 2).await.unwrap();
        let subject = Some(AuditSubject::Product(product));
        asks(&shop, shop.audit().page(subject, PageRequest::new(0, size)), 2).await.unwrap();
        asks(&shop, shop.audit().page(None, PageRequest::new(0, size)), 2).await.unwrap();
    }
    let tag = tags.list(PageRequest::new(0, 1)).await.unwrap().rows.remove(0).tag.id;
    asks(&shop, tags.rename(&admin, tag, "햇것".to_owned()), 4).await.unwrap();
    keeper(&shop).remove(latest(admin, product)).await.unwrap();
    asks(&shop, tags.erase(&admin, tag), 3).await.unwrap();
}

/// All looked at the version before anybody changed it.
async fn many_who_edit_one_version_have_one_winner(shop: SqlShop) {
    let (admin, product) = shelved(&shop).await;
    let shop = Arc::new(shop);
    let version = shop.products().sheet(product).await.unwrap().unwrap().version;
    let outcomes = race(RUNNERS, |place| {
        let shop = Arc::clone(&shop);
        async move {
            let fields = vec![FieldEdit::Price(won(place as i64 + 1))];
            let wish = ShelfWish::Edit(ProductEdit { fields, tags: Some(vec![format!("태그 {place}")]) });
            let target = ProductTarget { seen: Some(version), ..latest(admin, product) };
            (place, keeper(&shop).change(target, &wish).await)
        }
    })
    .await;
    let lost = |outcome: &Result<(), KeepProductsError>| {
        matches!(outcome, Err(KeepProductsError::Outdated | KeepProductsError::Conflict))
    };
    assert!(outcomes.iter().all(|(_, outcome)| outcome.is_ok() || lost(outcome)), "{outcomes:?}");
    let winners: Vec<_> = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(place, _)| *place).collect();
    let [winner] = winners.as_slice() else { panic!("{outcomes:?}") };
    let after = shop.products().sheet(product).await.unwrap().unwrap();
    assert_eq!((after.fields.price, after.version), (won(*winner as i64 + 1), version.next()));
    assert_eq!((after.tags, after.variants[0].fields.price), (vec![format!("태그 {winner}")], after.fields.price));
    let trail = shop.audit().page(Some(AuditSubject::Product(product)), PageRequest::new(0, 100)).await.unwrap();
    assert_eq!(trail.total, 2);
}

/// Every other runner buys.
async fn many_who_count_while_many_buy_never_sell_what_is_not_there(shop: SqlShop) {
    let shop = Arc::new(shop);
    let almonds = pack(&*shop, 40).await;
    let mut people = Vec::new();
    for _ in 0..RUNNERS {
        people.push(shopper(&*shop).await);
    }
    let almonds = Arc::new(almonds);
    race(RUNNERS, |place| {
        let (shop, almonds, who) = (Arc::clone(&shop), Arc::clone(&almonds), people[place]);
        async move {
            for turn in 0..5 {
                if place % 2 == 0 {
                    let placed = shop.orders().place(&new_order(who, &[(&almonds, 1)])).await;
                    assert!(matches!(placed, Ok(_) | Err(PlaceFailure::InsufficientStock(_))), "{placed:?}");
                } else {
                    let delta = if turn % 3 == 0 { 1 } else { -1 };
                    let count = StockAdjustment { variant: almonds.variant, delta, reason: "실사".to_owned() };
                    let counted = shop.products().adjust_stock(&count, by(who)).await;
                    let is_fine = matches!(counted, Ok(_) | Err(AdjustStockFailure::OutOfBounds { .. }));
                    assert!(is_fine, "{counted:?}");
                }
            }
        }
    })
    .await;
    assert_books(&shop, std::slice::from_ref(&*almonds)).await;
}

async fn many_who_want_a_default_variant_get_one(shop: SqlShop) {
    let (admin, product) = shelved(&shop).await;
    let shop = Arc::new(shop);
    let outcomes = race(RUNNERS, |place| {
        let shop = Arc::clone(&shop);
        async move {
            let name = format!("{place}봉");
            let pack = VariantFields { name, price: won(place as i64), grams: 50.0, is_default: true };
            keeper(&shop).change(latest(admin, product), &ShelfWish::AddVariant(pack)).await
        }
    })
    .await;
    assert!(outcomes.iter().all(|it| matches!(it, Ok(()) | Err(KeepProductsError::Conflict))), "{outcomes:?}");
    let after = shop.products().sheet(product).await.unwrap().unwrap();
    let defaults: Vec<_> = after.variants.iter().filter(|pack| pack.fields.is_default).collect();
    assert_eq!(defaults.len(), 1, "{after:?}");
    assert_eq!(after.fields.price, defaults[0].fields.price);
    assert_eq!(after.variants.len(), 1 + outcomes.iter().filter(|it| it.is_ok()).count());
}
