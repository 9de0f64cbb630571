//! What every [`ProductRepository`](ef_domain::catalogue::ProductRepository) keeps to, and every
//! [`TagRepository`](ef_domain::catalogue::TagRepository) and [`AuditQueries`](ef_domain::shared::AuditQueries) beside it.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

mod changes;
mod stock;
mod tags;

use std::sync::Arc;

use ef_domain::catalogue::{
    Editor, FieldEdit, KeepProducts, KeepProductsError, NewProduct, ProductEdit, ProductFields, ProductSheet,
    ProductTarget, ShelfWish, VariantFields, WeightUnit,
};
use ef_domain::shared::{Actor, AuditAction, AuditRecord, AuditSubject, ManualClock, PageRequest, ProductId, Version};

use crate::builders::{noon, shopper, won};
use crate::shop::Shop;

pub use changes::*;
pub use stock::*;
pub use tags::*;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! cms_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::cms; $shop;
            a_new_product_is_on_the_shelf_with_one_variant_and_no_stock
            an_edit_is_stored_with_its_entry_and_raises_the_version
            tags_are_replaced_in_their_order_and_made_where_they_are_missing
            nutrients_are_replaced
            of_two_changes_of_one_version_one_is_stored
            a_change_of_what_somebody_saw_is_refused_once_somebody_else_changed_it
            changes_of_the_latest_version_lose_nothing
            two_administrators_never_make_two_default_variants
            a_variant_is_added_changed_and_erased
            names_that_the_store_cannot_tell_apart_are_taken_or_apart
            a_variant_that_was_on_sale_is_not_erased
            two_administrators_never_erase_the_last_two_variants
            a_product_that_never_was_on_sale_is_erased
            a_product_that_was_counted_sold_or_wanted_is_retired
            a_retired_product_is_off_the_shelf_and_in_the_books
            a_new_price_is_what_the_next_order_is_checked_against
            stock_is_counted_in_and_out_and_the_books_say_why
            stock_never_falls_below_what_orders_hold
            counting_against_orders_keeps_the_counters_true
            tags_tell_how_many_products_bear_them
            a_tag_is_renamed_on_every_product_and_each_has_a_new_version
            a_tag_that_a_product_bears_is_not_erased
            a_name_of_a_tag_is_taken_once
            the_trail_shows_the_latest_first_and_one_subject_if_asked
        }
    };
}

/// Keeps the shelf of that shop. The clock stands at noon.
fn keeper(shop: &dyn Shop) -> KeepProducts {
    KeepProducts { products: shop.products(), clock: Arc::new(ManualClock::at(noon())) }
}

fn by(actor: &Actor) -> Editor {
    Editor { user: actor.user, at: noon() }
}

fn walnuts() -> NewProduct {
    let fields = ProductFields::new("호두".to_owned(), "견과".to_owned(), won(9_000), WeightUnit::Gram);
    let fields = fields.with([FieldEdit::Weight(200.0), FieldEdit::Brand(Some("들판".to_owned()))]);
    NewProduct { fields, tags: vec!["비건".to_owned(), "오메가3".to_owned()] }
}

/// An administrator and his new product.
async fn shelved(shop: &dyn Shop) -> (Actor, ProductId) {
    let admin = shopper(shop).await;
    let product = shop.products().create(&walnuts(), by(&admin)).await;
    (admin, product.expect("the product is stored"))
}

async fn sheet(shop: &dyn Shop, product: ProductId) -> ProductSheet {
    let sheet = shop.products().sheet(product).await;
    sheet.expect("the shelf can be read").expect("the product exists")
}

fn target(actor: Actor, product: ProductId, seen: Option<Version>) -> ProductTarget {
    ProductTarget { actor, product, seen }
}

/// Changes the latest version.
async fn changed(
    shop: &dyn Shop,
    admin: Actor,
    product: ProductId,
    wish: ShelfWish,
) -> Result<ProductSheet, KeepProductsError> {
    keeper(shop).change(target(admin, product, None), &wish).await?;
    Ok(sheet(shop, product).await)
}

fn named(name: &str) -> ShelfWish {
    edited([FieldEdit::Name(name.to_owned())])
}

fn edited(fields: impl Into<Vec<FieldEdit>>) -> ShelfWish {
    ShelfWish::Edit(ProductEdit { fields: fields.into(), tags: None })
}

fn bag(name: &str, is_default: bool) -> VariantFields {
    VariantFields { name: name.to_owned(), price: won(3_000), grams: 50.0, is_default }
}

/// What the trail says of the subject, the latest first.
async fn trail(shop: &dyn Shop, subject: AuditSubject) -> Vec<AuditRecord> {
    let page = shop.audit().page(Some(subject), PageRequest::new(0, 100)).await;
    page.expect("the trail can be read").rows
}

async fn actions(shop: &dyn Shop, product: ProductId) -> Vec<AuditAction> {
    trail(shop, AuditSubject::Product(product)).await.iter().map(|record| record.entry.action).collect()
}
