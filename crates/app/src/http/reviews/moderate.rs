//! `DELETE /api/admin/reviews/{id}`

use actix_web::web;
use ef_domain::shared::{FieldErrors, ReviewId};

use super::super::admin::Administrator;
use super::super::envelope::{Answer, Handled};
use super::super::field::finish;
use super::super::path::PathId;
use super::super::query::Query;
use crate::shop::Shop;

/// Takes a review down; the trail keeps what it said: `DELETE /api/admin/reviews/{id}`.
pub async fn remove(
    shop: web::Data<Shop>,
    Administrator(actor): Administrator,
    id: PathId<ReviewId>,
    query: Query,
) -> Handled<()> {
    let mut errors = FieldErrors::new();
    let reason = query.text("reason", &mut errors);
    let reason = finish(Some(reason), errors)?;
    shop.reviews.moderate.remove(&actor, id.0, reason).await?;
    Ok(Answer::ok(()))
}
