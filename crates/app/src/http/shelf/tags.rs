//! `/api/admin/tags`

use actix_web::web;
use ef_domain::shared::TagId;

use super::super::admin::Administrator;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::super::path::PathId;
use super::super::query::Query;
use super::body::TagBody;
use super::dto::{TagNameView, TagPageView};
use crate::shop::Shop;

const PAGE_SIZE: u32 = 50;

/// One page of all tags by name, with how many products bear each: `GET /api/admin/tags`.
pub async fn list(shop: web::Data<Shop>, _: Administrator, query: Query) -> Handled<TagPageView> {
    Ok(Answer::ok(TagPageView::from(shop.keeping.tags.list(query.page(PAGE_SIZE)).await?)))
}

/// Gives a tag another name, on every product that bears it: `PUT /api/admin/tags/{id}`.
pub async fn rename(
    shop: web::Data<Shop>,
    Administrator(actor): Administrator,
    id: PathId<TagId>,
    body: Json<TagBody>,
) -> Handled<TagNameView> {
    let tag = shop.keeping.tags.rename(&actor, id.0, body.0.into_name()?).await?;
    Ok(Answer::ok(TagNameView::from(tag)))
}

/// Erases a tag that no product bears: `DELETE /api/admin/tags/{id}`.
pub async fn erase(shop: web::Data<Shop>, Administrator(actor): Administrator, id: PathId<TagId>) -> Handled<()> {
    shop.keeping.tags.erase(&actor, id.0).await?;
    Ok(Answer::ok(()))
}
