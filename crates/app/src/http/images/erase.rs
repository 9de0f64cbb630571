//! `DELETE /api/admin/products/images`

use actix_web::web;
use ef_domain::catalogue::EraseImageError;

use super::super::admin::Administrator;
use super::super::envelope::{Answer, Handled};
use super::super::query::Query;
use super::super::view::Pictures;
use crate::shop::Shop;

/// Erases an uploaded picture that nothing shows: `DELETE /api/admin/products/images?imageUrl=`.
pub async fn erase(
    shop: web::Data<Shop>,
    Administrator(actor): Administrator,
    pictures: Pictures,
    query: Query,
) -> Handled<()> {
    let address = query.given("imageUrl").ok_or(EraseImageError::NotOurs)?;
    shop.images.erase(&actor, pictures.relative(address)).await?;
    Ok(Answer::ok(()))
}
