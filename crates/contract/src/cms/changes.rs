//! Products and their variants.

use ef_domain::catalogue::{
    ChangeShelfFailure, FieldEdit, KeepProductsError, NutrientAmount, ProductEdit, ProductFilter, ProductOrder,
    ProductStatus, Removal, Shelf, ShelfWish, StockAdjustment, VariantEdit,
};
use ef_domain::order::RequestedLine;
use ef_domain::shared::{AuditAction, AuditSubject, AuditValue, PageRequest, ProductId, Version};

use super::{actions, bag, by, changed, edited, keeper, named, sheet, shelved, target, trail, walnuts};
use crate::builders::{order, pack, pieces, shopper, won};
use crate::shop::{Shop, counters};

async fn ids_of(shop: &dyn Shop, filter: &ProductFilter) -> Vec<ProductId> {
    let page = shop.catalogue().list(filter, ProductOrder::NEWEST_FIRST, PageRequest::new(0, 100)).await;
    page.expect("the shelf can be read").rows.iter().map(|row| row.id).collect()
}

/// With what it was given, and with a trail.
pub async fn a_new_product_is_on_the_shelf_with_one_variant_and_no_stock(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let sheet = sheet(shop, product).await;
    assert_eq!((sheet.version, sheet.is_retired), (Version::FIRST, false));
    assert_eq!((&sheet.fields, &sheet.tags), (&walnuts().fields, &walnuts().tags));
    let [only] = sheet.variants.as_slice() else { panic!("{sheet:?}") };
    assert_eq!((&only.fields, only.stock, only.reserved), (&walnuts().variant(), 0, 0));
    assert_eq!(ids_of(shop, &ProductFilter::default()).await, [product]);
    let records = trail(shop, AuditSubject::Product(product)).await;
    let [record] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((record.entry.action, record.entry.actor), (AuditAction::ProductCreated, admin.user));
    assert!(record.actor_name.is_some());
}

/// And an edit that changes nothing does neither.
pub async fn an_edit_is_stored_with_its_entry_and_raises_the_version(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let wish = edited([FieldEdit::Price(won(9_900)), FieldEdit::Brand(None)]);
    let after = changed(shop, admin, product, wish.clone()).await.expect("the shelf does it");
    assert_eq!((after.version, after.fields.price, &after.fields.brand), (Version::new(1), won(9_900), &None));
    assert_eq!(after.variants.first().map(|pack| pack.fields.price), Some(won(9_900)));
    assert_eq!(changed(shop, admin, product, wish).await.expect("the shelf does it"), after);
    let records = trail(shop, AuditSubject::Product(product)).await;
    let latest = records.first().expect("the edit has an entry");
    let changes: Vec<_> = latest.entry.changes.iter().collect();
    let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["brand", "price", "variants.200g.price"]);
    let [brand, price, _] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((&brand.before, &brand.after), (&"들판".into(), &AuditValue::Nothing));
    assert_eq!((&price.before, &price.after), (&9_000.into(), &9_900.into()));
    assert_eq!(actions(shop, product).await, [AuditAction::ProductEdited, AuditAction::ProductCreated]);
}

/// Tags that others bear are shared.
pub async fn tags_are_replaced_in_their_order_and_made_where_they_are_missing(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let other = shop.products().create(&walnuts(), by(&admin)).await.expect("the shelf does it");
    for names in [vec!["간식", "비건"], vec![], vec!["오메가3", "간식", "새 태그"]] {
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let edit = ProductEdit { tags: Some(names.clone()), ..ProductEdit::default() };
        let after = changed(shop, admin, product, ShelfWish::Edit(edit)).await.expect("the shelf does it");
        assert_eq!(after.tags, names);
        let shown = shop.catalogue().find(product).await.expect("the shelf does it").expect("it is there").summary.tags;
        assert_eq!(shown.into_iter().map(|tag| tag.name).collect::<Vec<_>>(), names);
    }
    assert_eq!(sheet(shop, other).await.tags, walnuts().tags);
}

/// All of them at once.
pub async fn nutrients_are_replaced(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let zinc = NutrientAmount {
        code: "ZINC".to_owned(),
        name: "아연".to_owned(),
        amount: 1.5,
        unit: "mg".to_owned(),
        daily_percent: Some(18),
    };
    let protein = NutrientAmount { code: "PROTEIN".to_owned(), daily_percent: None, ..zinc.clone() };
    for (step, nutrients) in (1..).zip([vec![zinc.clone(), protein], vec![zinc], vec![]]) {
        let after = changed(shop, admin, product, ShelfWish::ReplaceNutrients(nutrients.clone()))
            .await
            .expect("the shelf does it");
        assert_eq!((after.nutrients, after.version), (nutrients, Version::new(step)));
    }
}

/// Whoever comes second is told, and nothing of his is stored.
pub async fn of_two_changes_of_one_version_one_is_stored(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let seen = sheet(shop, product).await;
    let edit = |name: &str, tag: &str| {
        let fields = vec![FieldEdit::Name(name.to_owned())];
        seen.edit(ProductEdit { fields, tags: Some(vec![tag.to_owned()]) }, by(&admin)).expect("it is there")
    };
    let (one, other) = (edit("하나", "일"), edit("둘", "이"));
    let products = shop.products();
    let outcomes: [_; 2] = futures::future::join(products.apply(&one), products.apply(&other)).await.into();
    let won = outcomes.each_ref().map(Result::is_ok);
    assert!(outcomes.iter().all(|it| matches!(it, Ok(()) | Err(ChangeShelfFailure::Stale))), "{outcomes:?}");
    let expected = match won {
        [true, false] => ("하나", "일"),
        [false, true] => ("둘", "이"),
        _ => panic!("{outcomes:?}"),
    };
    let after = sheet(shop, product).await;
    assert_eq!((after.fields.name.as_str(), after.tags.join(",").as_str()), expected);
    assert_eq!(after.version, seen.version.next());
    assert_eq!(actions(shop, product).await.len(), 2);
}

/// Also a removal.
pub async fn a_change_of_what_somebody_saw_is_refused_once_somebody_else_changed_it(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let keeper = keeper(shop);
    let seen = target(admin, product, Some(Version::FIRST));
    keeper.change(seen, &named("하나")).await.expect("the shelf does it");
    assert!(matches!(keeper.change(seen, &named("둘")).await, Err(KeepProductsError::Outdated)));
    assert!(matches!(keeper.remove(seen).await, Err(KeepProductsError::Outdated)));
    let wish = ShelfWish::AddVariant(bag("50g", false));
    assert!(matches!(keeper.change(seen, &wish).await, Err(KeepProductsError::Outdated)));
    assert_eq!(sheet(shop, product).await.fields.name, "하나");
    keeper.change(target(admin, product, Some(Version::new(1))), &wish).await.expect("the shelf does it");
}

/// Two fields, two people, no version named: both stand in the end.
pub async fn changes_of_the_latest_version_lose_nothing(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let keeper = keeper(shop);
    let (name, price) = (named("새 이름"), edited([FieldEdit::Price(won(1_000))]));
    let latest = target(admin, product, None);
    let (one, other) = futures::future::join(keeper.change(latest, &name), keeper.change(latest, &price)).await;
    one.expect("it is there");
    other.expect("it is there");
    let after = sheet(shop, product).await;
    assert_eq!((after.fields.name.as_str(), after.fields.price), ("새 이름", won(1_000)));
    assert_eq!(after.version, Version::new(2));
}

/// However they meet.
pub async fn two_administrators_never_make_two_default_variants(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let keeper = keeper(shop);
    let wishes: Vec<_> = (0..6).map(|number| ShelfWish::AddVariant(bag(&format!("{number}봉"), true))).collect();
    let latest = target(admin, product, None);
    let outcomes = futures::future::join_all(wishes.iter().map(|wish| keeper.change(latest, wish))).await;
    // Whoever lost three times in a row was told so.
    assert!(outcomes.iter().all(|it| matches!(it, Ok(()) | Err(KeepProductsError::Conflict))), "{outcomes:?}");
    let after = sheet(shop, product).await;
    assert_eq!(after.variants.iter().filter(|pack| pack.fields.is_default).count(), 1, "{after:?}");
    assert_eq!(after.variants.len(), 1 + outcomes.iter().filter(|it| it.is_ok()).count());
    assert_eq!(after.default_variant().map(|pack| pack.fields.price), Some(after.fields.price));
}

/// The price that lists show is that of the default one.
pub async fn a_variant_is_added_changed_and_erased(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let after =
        changed(shop, admin, product, ShelfWish::AddVariant(bag("50g", false))).await.expect("the shelf does it");
    let [first, second] = after.variants.as_slice() else { panic!("{after:?}") };
    assert_eq!((&second.fields, after.fields.price), (&bag("50g", false), won(9_000)));
    let edit = VariantEdit { price: Some(won(3_300)), is_default: Some(true), ..VariantEdit::default() };
    let after =
        changed(shop, admin, product, ShelfWish::EditVariant(second.id, edit)).await.expect("the shelf does it");
    assert_eq!((after.fields.price, after.fields.weight), (won(3_300), 50.0));
    assert_eq!(after.default_variant().map(|pack| pack.id), Some(second.id));
    let after = changed(shop, admin, product, ShelfWish::EraseVariant(second.id)).await.expect("the shelf does it");
    assert_eq!(after.variants.iter().map(|pack| pack.id).collect::<Vec<_>>(), [first.id]);
    assert_eq!((after.fields.price, after.version), (won(9_000), Version::new(3)));
    let gone = changed(shop, admin, product, ShelfWish::EraseVariant(second.id)).await;
    assert!(matches!(gone, Err(KeepProductsError::VariantNotFound)), "{gone:?}");
}

/// Databases differ in whether case makes a name another one; both say which before anything is stored.
pub async fn names_that_the_store_cannot_tell_apart_are_taken_or_apart(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let same = changed(shop, admin, product, ShelfWish::AddVariant(bag("200g", false))).await;
    assert!(matches!(same, Err(KeepProductsError::NameTaken)), "{same:?}");
    let shouted = changed(shop, admin, product, ShelfWish::AddVariant(bag("200G", false))).await;
    assert!(matches!(shouted, Ok(_) | Err(KeepProductsError::NameTaken)), "{shouted:?}");
}

/// Counted, wanted or sold: it stays.
pub async fn a_variant_that_was_on_sale_is_not_erased(shop: &dyn Shop) {
    let buyer = shopper(shop).await;
    let almonds = pack(shop, 5).await;
    order(shop, buyer, &[(&almonds, 1)]).await;
    let other = ShelfWish::AddVariant(bag("50g", false));
    let before = changed(shop, buyer, almonds.product, other).await.expect("the shelf does it");
    let refused = changed(shop, buyer, almonds.product, ShelfWish::EraseVariant(almonds.variant)).await;
    assert!(matches!(refused, Err(KeepProductsError::VariantInUse)), "{refused:?}");
    assert_eq!(sheet(shop, almonds.product).await, before);
    assert_eq!(actions(shop, almonds.product).await, [AuditAction::VariantAdded]);
}

/// Whoever decided on two of them decides anew once one is gone.
pub async fn two_administrators_never_erase_the_last_two_variants(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let both =
        changed(shop, admin, product, ShelfWish::AddVariant(bag("50g", false))).await.expect("the shelf does it");
    let wishes: Vec<_> = both.variants.iter().map(|pack| ShelfWish::EraseVariant(pack.id)).collect();
    let keeper = keeper(shop);
    let latest = target(admin, product, None);
    let outcomes = futures::future::join_all(wishes.iter().map(|wish| keeper.change(latest, wish))).await;
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().any(|it| matches!(it, Err(KeepProductsError::LastVariant))), "{outcomes:?}");
    let after = sheet(shop, product).await;
    assert_eq!((after.variants.len(), after.default_variant().is_some()), (1, true), "{after:?}");
}

/// With all that belongs to it; its trail stays.
pub async fn a_product_that_never_was_on_sale_is_erased(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    assert_eq!(keeper(shop).remove(target(admin, product, None)).await.expect("the shelf does it"), Removal::Erased);
    assert_eq!(shop.products().sheet(product).await.expect("the shelf does it"), None);
    assert_eq!(actions(shop, product).await, [AuditAction::ProductErased, AuditAction::ProductCreated]);
    let again = keeper(shop).remove(target(admin, product, None)).await;
    assert!(matches!(again, Err(KeepProductsError::NotFound)), "{again:?}");
}

/// Whatever refers to it.
pub async fn a_product_that_was_counted_sold_or_wanted_is_retired(shop: &dyn Shop) {
    let admin = shopper(shop).await;
    let (counted, sold, wanted) = (pack(shop, 1).await, pack(shop, 5).await, pack(shop, 5).await);
    order(shop, admin, &[(&sold, 2)]).await;
    shop.carts().add(admin.user, wanted.product, wanted.variant, pieces(1)).await.expect("the shelf does it");
    for pack in [&counted, &sold, &wanted] {
        let keeper = keeper(shop);
        let removal = || keeper.remove(target(admin, pack.product, None));
        assert_eq!(removal().await.expect("the shelf does it"), Removal::Retired);
        assert_eq!(removal().await.expect("the shelf does it"), Removal::Retired);
        assert_eq!(actions(shop, pack.product).await, [AuditAction::ProductRetired]);
    }
    assert_eq!(shop.counters(sold.variant).await, counters(5, 2));
}

/// Its page answers, so that links in orders stay good; and whoever changes it hears that it is gone.
pub async fn a_retired_product_is_off_the_shelf_and_in_the_books(shop: &dyn Shop) {
    let admin = shopper(shop).await;
    let almonds = pack(shop, 5).await;
    keeper(shop).remove(target(admin, almonds.product, None)).await.expect("the shelf does it");
    let front = ProductFilter::default();
    assert_eq!(ids_of(shop, &front).await, []);
    assert_eq!(shop.catalogue().categories().await.expect("the shelf does it"), Vec::<String>::new());
    let whole = ProductFilter { shelf: Shelf::Whole, ..ProductFilter::default() };
    assert_eq!(ids_of(shop, &whole).await, [almonds.product]);
    let page = shop.catalogue().find(almonds.product).await.expect("the shelf does it").expect("it is there");
    assert_eq!((page.summary.status, page.version), (ProductStatus::Discontinued, Version::new(1)));
    let wish = edited([FieldEdit::Status(ProductStatus::Available)]);
    for wish in [wish, ShelfWish::AddVariant(bag("50g", false)), ShelfWish::ReplaceNutrients(Vec::new())] {
        let refused = changed(shop, admin, almonds.product, wish).await;
        assert!(matches!(refused, Err(KeepProductsError::NotFound)), "{refused:?}");
    }
    assert_eq!(ids_of(shop, &front).await, []);
}

/// And orders that were placed keep what they were placed at.
pub async fn a_new_price_is_what_the_next_order_is_checked_against(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let variant = sheet(shop, product).await.variants.first().expect("the product has a variant").id;
    let adjustment = StockAdjustment { variant, delta: 5, reason: "입고".to_owned() };
    shop.products().adjust_stock(&adjustment, by(&admin)).await.expect("the shelf does it");
    let offered = || async {
        let line = RequestedLine { product, variant: None, quantity: pieces(1), quoted_price: won(1) };
        let offers = shop.offers().offers(&[line]).await.expect("the shelf does it");
        offers.first().and_then(|offer| offer.variant.as_ref()).expect("it is there").price
    };
    assert_eq!(offered().await, won(9_000));
    changed(shop, admin, product, edited([FieldEdit::Price(won(7_000))])).await.expect("the shelf does it");
    assert_eq!(offered().await, won(7_000));
}
