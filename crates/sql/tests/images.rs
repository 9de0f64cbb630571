//! What the books say of pictures, on both databases.

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

use ef_contract::builders::{new_order, noon, pack, shopper};
use ef_contract::images::fresh_name;
use ef_contract::shop::Shop;
use ef_domain::catalogue::{ImageKind, ImageLedger, ImageName, ReleaseImageFailure};
use ef_domain::shared::{Actor, AuditAction, AuditChanges, AuditEntry, AuditSubject, PageRequest};
use ef_sql::SqlImageLedger;
use support::SqlShop;

on_both_databases! {
    what_is_done_to_a_picture_is_noted_with_one_statement
    a_picture_that_a_product_shows_is_not_released_under_whatever_address
    a_picture_that_an_order_line_shows_is_never_released
}

fn ledger(shop: &SqlShop) -> SqlImageLedger {
    SqlImageLedger::new(shop.database.clone())
}

fn entry(admin: Actor, action: AuditAction, name: &ImageName) -> AuditEntry {
    let mut changes = AuditChanges::new();
    let address = format!("/images/products/{name}");
    match action {
        AuditAction::ImageErased => changes.note("imageUrl", address, None::<String>),
        _ => changes.note("imageUrl", None::<String>, address),
    }
    AuditEntry { actor: admin.user, action, subject: AuditSubject::Image, changes, reason: None, at: noon() }
}

async fn release(shop: &SqlShop, admin: Actor, name: &ImageName) -> Result<(), ReleaseImageFailure> {
    let entry = entry(admin, AuditAction::ImageErased, name);
    let ledger = ledger(shop);
    let (outcome, statements) = shop.statements.during(ledger.release(name, &entry)).await;
    assert_eq!(statements.len(), 1, "{}", statements.join("\n"));
    outcome
}

async fn trail(shop: &SqlShop) -> Vec<AuditEntry> {
    let page = shop.audit().page(Some(AuditSubject::Image), PageRequest::new(0, 10)).await.unwrap();
    page.rows.into_iter().map(|record| record.entry).collect()
}

async fn what_is_done_to_a_picture_is_noted_with_one_statement(shop: SqlShop) {
    let (admin, name) = (shopper(&shop).await, fresh_name(ImageKind::Jpeg));
    let uploaded = entry(admin, AuditAction::ImageUploaded, &name);
    let ledger = ledger(&shop);
    let (noted, statements) = shop.statements.during(ledger.note(&uploaded)).await;
    noted.unwrap();
    assert_eq!(statements.len(), 1, "{}", statements.join("\n"));
    release(&shop, admin, &name).await.unwrap();
    assert_eq!(trail(&shop).await, [entry(admin, AuditAction::ImageErased, &name), uploaded]);
}

async fn a_picture_that_a_product_shows_is_not_released_under_whatever_address(shop: SqlShop) {
    let (admin, almonds, name) = (shopper(&shop).await, pack(&shop, 5).await, fresh_name(ImageKind::Png));
    for address in ["/images/products/", "http://localhost:8080/images/products/", "https://pictures.example/p/"] {
        let values = [format!("{address}{name}").into(), almonds.product.get().into()];
        shop.execute("UPDATE product SET image_url = ? WHERE id = ?", values).await.unwrap();
        assert!(matches!(release(&shop, admin, &name).await, Err(ReleaseImageFailure::InUse)), "{address}");
    }
    release(&shop, admin, &fresh_name(ImageKind::Png)).await.unwrap();
    let values = [almonds.product.get().into()];
    shop.execute("UPDATE product SET image_url = NULL WHERE id = ?", values).await.unwrap();
    release(&shop, admin, &name).await.unwrap();
    assert_eq!(trail(&shop).await.len(), 2, "what was refused is not in the trail");
}

async fn a_picture_that_an_order_line_shows_is_never_released(shop: SqlShop) {
    let (admin, almonds, name) = (shopper(&shop).await, pack(&shop, 5).await, fresh_name(ImageKind::Jpeg));
    let order = shop.orders().place(&new_order(shopper(&shop).await, &[(&almonds, 1)])).await.unwrap();
    let values = [format!("/images/products/{name}").into(), order.get().into()];
    shop.execute("UPDATE order_items SET image_url = ? WHERE order_id = ?", values).await.unwrap();
    assert!(matches!(release(&shop, admin, &name).await, Err(ReleaseImageFailure::InUse)));
    assert!(trail(&shop).await.is_empty());
}
