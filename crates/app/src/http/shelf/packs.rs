//! `/api/admin/products/{id}/variants`

use actix_web::web;
use ef_domain::catalogue::ShelfWish;

use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::body::PackBody;
use super::dto::PacksView;
use super::target::{PackId, Target};
use crate::shop::Shop;
use ef_domain::catalogue::ProductTarget;

/// A product's pack sizes, the oldest first: `GET /api/admin/products/{id}/variants`.
pub async fn list(shop: web::Data<Shop>, Target(target): Target) -> Handled<PacksView> {
    shown(&shop, target, Answer::ok).await
}

/// Adds one, with nothing in stock: `POST /api/admin/products/{id}/variants`.
pub async fn add(shop: web::Data<Shop>, Target(target): Target, body: Json<PackBody>) -> Handled<PacksView> {
    shop.keeping.products.change(target, &ShelfWish::AddPack(body.0.into_pack()?)).await?;
    shown(&shop, target, Answer::created).await
}

/// Changes one: `PUT /api/admin/products/{id}/variants/{variantId}`.
pub async fn edit(
    shop: web::Data<Shop>,
    Target(target): Target,
    pack: PackId,
    body: Json<PackBody>,
) -> Handled<PacksView> {
    shop.keeping.products.change(target, &ShelfWish::EditPack(pack.0, body.0.into_edit()?)).await?;
    shown(&shop, target, Answer::ok).await
}

/// Erases one that was neither sold nor put into a cart nor counted:
/// `DELETE /api/admin/products/{id}/variants/{variantId}`.
pub async fn erase(shop: web::Data<Shop>, Target(target): Target, pack: PackId) -> Handled<PacksView> {
    shop.keeping.products.change(target, &ShelfWish::ErasePack(pack.0)).await?;
    shown(&shop, target, Answer::ok).await
}

async fn shown(shop: &Shop, target: ProductTarget, answer: fn(PacksView) -> Answer<PacksView>) -> Handled<PacksView> {
    let sheet = shop.keeping.products.sheet(target.product).await?;
    let version = sheet.version;
    Ok(answer(PacksView::from(sheet)).showing(version))
}
