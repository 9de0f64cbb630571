//! `PATCH /api/notifications/{id}/read` and `PATCH /api/notifications/read-all`

use actix_web::web;
use ef_domain::shared::AnnouncementId;

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::path::PathId;
use super::dto::CountView;
use crate::shop::Shop;

/// The shopper has read one: `PATCH /api/notifications/{id}/read`.
pub async fn one_read(shop: web::Data<Shop>, person: SignedIn, id: PathId<AnnouncementId>) -> Handled<()> {
    shop.announcements.mark_read(&person.actor, id.0).await?;
    Ok(Answer::ok(()))
}

/// The shopper has read all, and how many were new to him: `PATCH /api/notifications/read-all`.
pub async fn all_read(shop: web::Data<Shop>, person: SignedIn) -> Handled<CountView> {
    let count = shop.announcements.mark_all_read(&person.actor).await?;
    Ok(Answer::ok(CountView { count }))
}
