//! `/api/admin/products/{id}/variants`

use actix_web::web;
use ef_domain::catalogue::ShelfWish;

use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::body::VariantBody;
use super::dto::VariantsView;
use super::target::{Target, VariantPath};
use crate::shop::Shop;
use ef_domain::catalogue::ProductTarget;

/// A product's variants, the oldest first: `GET /api/admin/products/{id}/variants`.
pub async fn list(shop: web::Data<Shop>, Target(target): Target) -> Handled<VariantsView> {
    shown(&shop, target, Answer::ok).await
}

/// Adds one, with nothing in stock: `POST /api/admin/products/{id}/variants`.
pub async fn add(shop: web::Data<Shop>, Target(target): Target, body: Json<VariantBody>) -> Handled<VariantsView> {
    shop.keeping.products.change(target, &ShelfWish::AddVariant(body.0.into_variant()?)).await?;
    shown(&shop, target, Answer::created).await
}

/// Changes one: `PUT /api/admin/products/{id}/variants/{variantId}`.
pub async fn edit(
    shop: web::Data<Shop>,
    Target(target): Target,
    variant: VariantPath,
    body: Json<VariantBody>,
) -> Handled<VariantsView> {
    shop.keeping.products.change(target, &ShelfWish::EditVariant(variant.0, body.0.into_edit()?)).await?;
    shown(&shop, target, Answer::ok).await
}

/// Erases one that was neither sold nor put into a cart nor counted:
/// `DELETE /api/admin/products/{id}/variants/{variantId}`.
pub async fn erase(shop: web::Data<Shop>, Target(target): Target, variant: VariantPath) -> Handled<VariantsView> {
    shop.keeping.products.change(target, &ShelfWish::EraseVariant(variant.0)).await?;
    shown(&shop, target, Answer::ok).await
}

async fn shown(
    shop: &Shop,
    target: ProductTarget,
    answer: fn(VariantsView) -> Answer<VariantsView>,
) -> Handled<VariantsView> {
    let sheet = shop.keeping.products.sheet(target.product).await?;
    let version = sheet.version;
    Ok(answer(VariantsView::from(sheet)).showing(version))
}
