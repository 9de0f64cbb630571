//! `POST /api/admin/variants/{id}/stock`

use actix_web::web;
use ef_domain::shared::VariantId;

use super::super::admin::Administrator;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::super::path::PathId;
use super::body::StockBody;
use super::dto::StockView;
use crate::shop::Shop;

/// Counts pieces in or out, and says why: `POST /api/admin/variants/{id}/stock`.
pub async fn adjust(
    shop: web::Data<Shop>,
    Administrator(actor): Administrator,
    variant: PathId<VariantId>,
    body: Json<StockBody>,
) -> Handled<StockView> {
    let adjustment = body.0.into_adjustment(variant.0)?;
    let level = shop.keeping.products.adjust_stock(&actor, &adjustment).await?;
    Ok(Answer::ok(StockView::new(variant.0, level)))
}
