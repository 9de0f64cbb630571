//! `GET /api/admin/mail-suppressions`, `DELETE /api/admin/mail-suppressions/{id}`

use actix_web::web;
use ef_domain::account::Email;
use ef_domain::shared::{FieldErrors, SuppressionId};

use super::super::admin::Administrator;
use super::super::envelope::{Answer, Handled};
use super::super::field::finish;
use super::super::path::PathId;
use super::super::query::Query;
use super::dto::SuppressionPageView;
use crate::shop::Shop;

const PAGE_SIZE: u32 = 20;

/// One page of the addresses that get no mail any more, the latest first, or the one that somebody calls his own:
/// `GET /api/admin/mail-suppressions?email=reader@home.kr`.
pub async fn list(shop: web::Data<Shop>, _: Administrator, query: Query) -> Handled<SuppressionPageView> {
    let mut errors = FieldErrors::new();
    let email = query.parsed("email", &mut errors, Email::parse);
    let of = finish(Some(email), errors)?;
    let page = shop.mail.suppressions.list(of, query.page(PAGE_SIZE)).await?;
    Ok(Answer::ok(SuppressionPageView::from(page)))
}

/// Lets one of them get mail again: `DELETE /api/admin/mail-suppressions/{id}`.
pub async fn lift(
    shop: web::Data<Shop>,
    administrator: Administrator,
    suppression: PathId<SuppressionId>,
) -> Handled<()> {
    let (suppression, administrator) = (suppression.0, administrator.0.user);
    shop.mail.suppressions.lift(suppression).await?;
    tracing::info!(%suppression, %administrator, "a suppressed address gets mail again");
    Ok(Answer::ok(()))
}
