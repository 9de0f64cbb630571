//! `GET /api/admin/mails`, `POST /api/admin/mails/{id}/retry`, `DELETE /api/admin/mails/{id}`

use actix_web::web;
use ef_domain::shared::{FieldErrors, MailId};

use super::super::admin::Administrator;
use super::super::envelope::{Answer, Handled};
use super::super::field::finish;
use super::super::path::PathId;
use super::super::query::Query;
use super::dto::MailPageView;
use crate::shop::Shop;

const PAGE_SIZE: u32 = 20;

/// One page of the mails that were given up, the latest first: `GET /api/admin/mails?state=PARKED`.
pub async fn list(shop: web::Data<Shop>, _: Administrator, query: Query) -> Handled<MailPageView> {
    let mut errors = FieldErrors::new();
    let state = query.parsed("state", &mut errors, |name| {
        Some(()).filter(|()| name == "PARKED").ok_or("PARKED만 조회할 수 있습니다.")
    });
    finish(Some(state), errors)?;
    let page = shop.mail.review.list(query.page(PAGE_SIZE)).await?;
    Ok(Answer::ok(MailPageView::from(page)))
}

/// Sends one of them after all: `POST /api/admin/mails/{id}/retry`.
pub async fn retry(shop: web::Data<Shop>, administrator: Administrator, mail: PathId<MailId>) -> Handled<()> {
    shop.mail.review.retry(mail.0).await?;
    tracing::info!(mail = %mail.0, administrator = %administrator.0.user, "a parked mail is tried again");
    Ok(Answer::ok(()))
}

/// Gives one of them up for good: `DELETE /api/admin/mails/{id}`.
pub async fn discard(shop: web::Data<Shop>, administrator: Administrator, mail: PathId<MailId>) -> Handled<()> {
    shop.mail.review.discard(mail.0).await?;
    tracing::info!(mail = %mail.0, administrator = %administrator.0.user, "a parked mail is discarded");
    Ok(Answer::ok(()))
}
