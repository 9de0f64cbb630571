//! What every [`CartRepository`](ef_domain::cart::CartRepository) keeps to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use ef_domain::cart::{BuyableVariant, Cart, CartLine};
use ef_domain::catalogue::{ProductStatus, WeightUnit};
use ef_domain::shared::{Actor, CartItemId, ProductId, Quantity, VariantId};

use crate::builders::{Pack, PackSpec, ProductSpec, applied, key, noon, opened, order, pack, pieces, shopper, won};
use crate::shop::Shop;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! cart_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::carts; $shop;
            a_shopper_who_added_nothing_has_an_empty_cart
            a_line_shows_everything_that_the_page_needs
            the_newest_line_comes_first
            adding_again_adds_to_the_line
            a_line_never_holds_more_than_the_most
            a_line_is_found_by_its_id_and_by_its_variant
            changing_a_line_sets_its_pieces
            changing_a_line_to_what_it_is_finds_it
            a_line_that_is_not_there_is_not_changed
            nobody_sees_a_neighbours_lines
            nobody_changes_a_neighbours_line
            nobody_removes_a_neighbours_lines
            removing_tells_how_many_there_were
            clearing_leaves_other_carts_alone
            buyable_tells_a_missing_product_from_a_missing_variant
            buyable_tells_whose_variant_it_is_and_whether_it_is_sold
            what_others_hold_cannot_be_bought
            what_the_buyer_holds_himself_can_be_bought_until_he_pays
        }
    };
}

async fn add(shop: &dyn Shop, who: Actor, pack: &Pack, count: i64) {
    let added = shop.carts().add(who.user, pack.product, pack.variant, pieces(count)).await;
    added.expect("it is in the cart");
}

async fn lines(shop: &dyn Shop, who: Actor) -> Vec<CartLine> {
    shop.carts().cart(who.user).await.expect("carts can be read").lines
}

async fn line(shop: &dyn Shop, who: Actor, pack: &Pack) -> CartLine {
    let line = shop.carts().line_of(who.user, pack.variant).await;
    line.expect("carts can be read").expect("the line exists")
}

async fn contents(shop: &dyn Shop, who: Actor) -> Vec<(VariantId, i64)> {
    let lines = lines(shop, who).await;
    lines.iter().map(|line| (line.variant, line.quantity.get())).collect()
}

/// Nothing is an answer.
pub async fn a_shopper_who_added_nothing_has_an_empty_cart(shop: &dyn Shop) {
    let cart = shop.carts().cart(shopper(shop).await.user).await;
    assert_eq!(cart.expect("carts can be read"), Cart::default());
}

/// Product, variant, price, weight and nutrition, read fresh.
pub async fn a_line_shows_everything_that_the_page_needs(shop: &dyn Shop) {
    let who = shopper(shop).await;
    let oats = ProductSpec {
        category: "곡물".to_owned(),
        status: ProductStatus::LowStock,
        nutrients: vec![("CALORIES".to_owned(), 370.0, None), ("FAT".to_owned(), 7.5, None)],
        packs: vec![
            PackSpec { grams: 1_000.0, ..PackSpec::new("1kg", 7, 9_000).beside() },
            PackSpec::new("250g", 3, 2_500),
        ],
        ..ProductSpec::named("귀리")
    };
    let packs = shop.shelve(&oats).await;
    let [large, _] = packs.as_slice() else { panic!("{packs:?}") };
    add(shop, who, large, 2).await;
    shop.reprice(large.variant, won(8_500)).await;
    let seen = lines(shop, who).await;
    let [shown] = seen.as_slice() else { panic!("{seen:?}") };
    let macros = shown.nutrition.expect("something is known");
    assert_eq!((macros.calories, macros.fat, macros.protein), (370.0, 7.5, 0.0));
    let expected = CartLine {
        id: shown.id,
        product: large.product,
        product_name: "귀리".to_owned(),
        image: large.image.clone(),
        category: "곡물".to_owned(),
        status: ProductStatus::LowStock,
        variant: large.variant,
        variant_name: "1kg".to_owned(),
        price: won(8_500),
        quantity: pieces(2),
        available: 7,
        grams: 1_000.0,
        weight: 250.0,
        weight_unit: WeightUnit::Gram,
        nutrition: shown.nutrition,
    };
    assert_eq!(shown, &expected);
}

/// As they came, however often their pieces changed.
pub async fn the_newest_line_comes_first(shop: &dyn Shop) {
    let (who, nuts, milk) = (shopper(shop).await, pack(shop, 9).await, pack(shop, 9).await);
    add(shop, who, &milk, 1).await;
    add(shop, who, &nuts, 1).await;
    add(shop, who, &milk, 1).await;
    assert_eq!(contents(shop, who).await, [(nuts.variant, 1), (milk.variant, 2)]);
}

/// One variant, one line.
pub async fn adding_again_adds_to_the_line(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 9).await);
    for _ in 0..3 {
        add(shop, who, &nuts, 2).await;
    }
    assert_eq!(contents(shop, who).await, [(nuts.variant, 6)]);
}

/// A thousandth tap changes nothing, and breaks nothing.
pub async fn a_line_never_holds_more_than_the_most(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 9).await);
    for count in [998, 1, 1, 999] {
        add(shop, who, &nuts, count).await;
    }
    assert_eq!(contents(shop, who).await, [(nuts.variant, Quantity::MAX.get())]);
}

/// Both ways lead to the same line.
pub async fn a_line_is_found_by_its_id_and_by_its_variant(shop: &dyn Shop) {
    let (who, nuts, milk) = (shopper(shop).await, pack(shop, 9).await, pack(shop, 9).await);
    add(shop, who, &milk, 1).await;
    add(shop, who, &nuts, 4).await;
    let found = line(shop, who, &nuts).await;
    assert_eq!((found.variant, found.quantity), (nuts.variant, pieces(4)));
    let by_id = shop.carts().line(who.user, found.id).await;
    assert_eq!(by_id.expect("carts can be read"), Some(found));
    let nowhere = shop.carts().line(who.user, CartItemId::new(4711)).await;
    assert_eq!(nowhere.expect("carts can be read"), None);
}

/// Set, not added.
pub async fn changing_a_line_sets_its_pieces(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 9).await);
    add(shop, who, &nuts, 4).await;
    let item = line(shop, who, &nuts).await.id;
    let found = shop.carts().change(who.user, item, pieces(2)).await;
    assert!(found.expect("it is stored"));
    assert_eq!(contents(shop, who).await, [(nuts.variant, 2)]);
}

/// A row that was found and stayed as it is counts as found on every database.
pub async fn changing_a_line_to_what_it_is_finds_it(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 9).await);
    add(shop, who, &nuts, 4).await;
    let item = line(shop, who, &nuts).await.id;
    for _ in 0..2 {
        let found = shop.carts().change(who.user, item, pieces(4)).await;
        assert!(found.expect("it is stored"));
    }
}

/// Nothing is made up.
pub async fn a_line_that_is_not_there_is_not_changed(shop: &dyn Shop) {
    let who = shopper(shop).await;
    let found = shop.carts().change(who.user, CartItemId::new(4711), pieces(4)).await;
    assert!(!found.expect("carts can be read"));
    assert_eq!(contents(shop, who).await, []);
}

/// Somebody with a line, and his neighbour.
async fn neighbours(shop: &dyn Shop) -> (Actor, Actor, Pack, CartItemId) {
    let (owner, other, nuts) = (shopper(shop).await, shopper(shop).await, pack(shop, 9).await);
    add(shop, owner, &nuts, 4).await;
    let item = line(shop, owner, &nuts).await.id;
    (owner, other, nuts, item)
}

/// Neither in the list nor one by one.
pub async fn nobody_sees_a_neighbours_lines(shop: &dyn Shop) {
    let (_, other, nuts, item) = neighbours(shop).await;
    assert_eq!(contents(shop, other).await, []);
    let by_id = shop.carts().line(other.user, item).await;
    assert_eq!(by_id.expect("carts can be read"), None);
    let by_variant = shop.carts().line_of(other.user, nuts.variant).await;
    assert_eq!(by_variant.expect("carts can be read"), None);
}

/// A guessed id does not exist.
pub async fn nobody_changes_a_neighbours_line(shop: &dyn Shop) {
    let (owner, other, nuts, item) = neighbours(shop).await;
    let found = shop.carts().change(other.user, item, pieces(1)).await;
    assert!(!found.expect("carts can be read"));
    assert_eq!(contents(shop, owner).await, [(nuts.variant, 4)]);
}

/// A guessed id does not exist.
pub async fn nobody_removes_a_neighbours_lines(shop: &dyn Shop) {
    let (owner, other, nuts, item) = neighbours(shop).await;
    let removed = shop.carts().remove(other.user, &[item]).await;
    assert_eq!(removed.expect("carts can be read"), 0);
    assert_eq!(contents(shop, owner).await, [(nuts.variant, 4)]);
}

/// Those that are not there count for nothing.
pub async fn removing_tells_how_many_there_were(shop: &dyn Shop) {
    let who = shopper(shop).await;
    let packs = [pack(shop, 9).await, pack(shop, 9).await, pack(shop, 9).await];
    let mut items = vec![CartItemId::new(4711)];
    for pack in &packs {
        add(shop, who, pack, 1).await;
        items.push(line(shop, who, pack).await.id);
    }
    let [_, kept, ..] = packs;
    items.remove(2);
    let removed = shop.carts().remove(who.user, &items).await;
    assert_eq!(removed.expect("it is stored"), 2);
    assert_eq!(contents(shop, who).await, [(kept.variant, 1)]);
    let removed = shop.carts().remove(who.user, &[]).await;
    assert_eq!(removed.expect("nothing to do"), 0);
    assert_eq!(contents(shop, who).await, [(kept.variant, 1)]);
}

/// Everything of one, nothing of another.
pub async fn clearing_leaves_other_carts_alone(shop: &dyn Shop) {
    let (owner, other, nuts, _) = neighbours(shop).await;
    add(shop, other, &nuts, 1).await;
    for _ in 0..2 {
        shop.carts().clear(other.user).await.expect("it is stored");
        assert_eq!(contents(shop, other).await, []);
    }
    assert_eq!(contents(shop, owner).await, [(nuts.variant, 4)]);
}

async fn buyable(
    shop: &dyn Shop,
    who: Actor,
    product: ProductId,
    variant: VariantId,
) -> (bool, Option<BuyableVariant>) {
    let buyable = shop.carts().buyable(who.user, product, variant).await;
    buyable.expect("carts can be read")
}

/// The answers to a shopper differ.
pub async fn buyable_tells_a_missing_product_from_a_missing_variant(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (no_product, no_variant) = (ProductId::new(4711), VariantId::new(4711));
    assert_eq!(buyable(shop, who, no_product, no_variant).await, (false, None));
    assert_eq!(buyable(shop, who, nuts.product, no_variant).await, (true, None));
    let (product_exists, variant) = buyable(shop, who, no_product, nuts.variant).await;
    assert!(!product_exists);
    assert_eq!(variant.map(|variant| variant.product), Some(nuts.product));
}

/// Judged by the product that the variant belongs to, whichever was named.
pub async fn buyable_tells_whose_variant_it_is_and_whether_it_is_sold(shop: &dyn Shop) {
    let (who, nuts, milk) = (shopper(shop).await, pack(shop, 9).await, pack(shop, 9).await);
    shop.set_status(nuts.product, ProductStatus::Discontinued).await;
    add(shop, who, &nuts, 2).await;
    let expected =
        BuyableVariant { product: nuts.product, status: ProductStatus::Discontinued, available: 9, in_cart: 2 };
    let seen = buyable(shop, who, milk.product, nuts.variant).await;
    assert_eq!(seen, (true, Some(expected)));
}

async fn available(shop: &dyn Shop, who: Actor, pack: &Pack) -> i64 {
    let (_, variant) = buyable(shop, who, pack.product, pack.variant).await;
    let available = variant.expect("the variant exists").available;
    assert_eq!(line(shop, who, pack).await.available, available);
    available
}

/// A hold is a promise to somebody else.
pub async fn what_others_hold_cannot_be_bought(shop: &dyn Shop) {
    let (who, other, nuts) = (shopper(shop).await, shopper(shop).await, pack(shop, 9).await);
    add(shop, who, &nuts, 1).await;
    let held = order(shop, other, &[(&nuts, 4)]).await;
    assert_eq!(available(shop, who, &nuts).await, 5);
    applied(shop, held.cancel(None, noon())).await;
    assert_eq!(available(shop, who, &nuts).await, 9);
}

/// A new order of his takes the place of his unpaid ones, but not of one that is being paid.
pub async fn what_the_buyer_holds_himself_can_be_bought_until_he_pays(shop: &dyn Shop) {
    let (who, nuts, milk) = (shopper(shop).await, pack(shop, 9).await, pack(shop, 9).await);
    add(shop, who, &nuts, 1).await;
    let held = order(shop, who, &[(&nuts, 3), (&milk, 1), (&nuts, 1)]).await;
    assert_eq!(available(shop, who, &nuts).await, 9);
    opened(shop, &held, &key("under-way")).await;
    assert_eq!(available(shop, who, &nuts).await, 5);
}
