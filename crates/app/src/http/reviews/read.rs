//! `GET /api/products/{id}/reviews`, `GET /api/products/{id}/reviews/mine` and `GET /api/users/me/reviewable`

use actix_web::web;
use ef_domain::shared::ProductId;

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::path::PathId;
use super::super::query::Query;
use super::super::view::Pictures;
use super::dto::{ReviewPageView, ReviewablePageView, ReviewingView};
use crate::shop::Shop;

const PAGE_SIZE: u32 = 10;

/// One page of a product's reviews, the newest first: `GET /api/products/{id}/reviews`.
pub async fn list(shop: web::Data<Shop>, id: PathId<ProductId>, query: Query) -> Handled<ReviewPageView> {
    let page = shop.reviews.read.page(id.0, query.page(PAGE_SIZE)).await?;
    Ok(Answer::ok(ReviewPageView::from(page)).for_everybody())
}

/// What the shopper wrote, and whether he may: `GET /api/products/{id}/reviews/mine`.
pub async fn mine(shop: web::Data<Shop>, person: SignedIn, id: PathId<ProductId>) -> Handled<ReviewingView> {
    Ok(Answer::ok(shop.reviews.read.stand(&person.actor, id.0).await?.into()))
}

/// One page of what the shopper bought and has not reviewed: `GET /api/users/me/reviewable`.
pub async fn reviewable(
    shop: web::Data<Shop>,
    person: SignedIn,
    pictures: Pictures,
    query: Query,
) -> Handled<ReviewablePageView> {
    let page = shop.reviews.read.reviewable(&person.actor, query.page(PAGE_SIZE)).await?;
    Ok(Answer::ok(ReviewablePageView::new(page, &pictures)))
}
