//! `GET /api/notifications`, `GET /api/notifications/unread-count` and `GET /api/notifications/stats`

use actix_web::{HttpResponse, web};

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::query::Query;
use super::dto::{CountView, NotificationPageView};
use crate::shop::Shop;

const PAGE_SIZE: u32 = 20;

/// One page of what the shopper was told, newest first: `GET /api/notifications`.
pub async fn list(shop: web::Data<Shop>, person: SignedIn, query: Query) -> Handled<NotificationPageView> {
    let page = shop.announcements.page(&person.actor, query.page(PAGE_SIZE)).await?;
    Ok(Answer::ok(page.into()))
}

/// How many of them he has not read: `GET /api/notifications/unread-count`.
pub async fn unread(shop: web::Data<Shop>, person: SignedIn) -> Handled<CountView> {
    let count = shop.announcements.unread(&person.actor).await?;
    Ok(Answer::ok(CountView { count }))
}

/// How many people have a stream open on this instance: `GET /api/notifications/stats`. A bare number, which is what its
/// callers have always got.
pub async fn stats(shop: web::Data<Shop>, _: SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(shop.live.streams.users())
}
