//! `POST /api/products/{id}/reviews`, and `PUT` and `DELETE /api/products/{id}/reviews/mine`

use actix_web::web;
use ef_domain::shared::ProductId;

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::super::path::PathId;
use super::body::ReviewBody;
use super::dto::OwnReviewView;
use crate::shop::Shop;

/// Writes the shopper's one review of what he bought: `POST /api/products/{id}/reviews`.
pub async fn write(
    shop: web::Data<Shop>,
    person: SignedIn,
    id: PathId<ProductId>,
    body: Json<ReviewBody>,
) -> Handled<OwnReviewView> {
    let (rating, text) = body.0.into_review()?;
    Ok(Answer::created(shop.reviews.keep.write(&person.actor, id.0, rating, text).await?.into()))
}

/// Writes it anew: `PUT /api/products/{id}/reviews/mine`.
pub async fn change(
    shop: web::Data<Shop>,
    person: SignedIn,
    id: PathId<ProductId>,
    body: Json<ReviewBody>,
) -> Handled<OwnReviewView> {
    let (rating, text) = body.0.into_review()?;
    Ok(Answer::ok(shop.reviews.keep.change(&person.actor, id.0, rating, text).await?.into()))
}

/// Takes it back: `DELETE /api/products/{id}/reviews/mine`.
pub async fn withdraw(shop: web::Data<Shop>, person: SignedIn, id: PathId<ProductId>) -> Handled<()> {
    shop.reviews.keep.withdraw(&person.actor, id.0).await?;
    Ok(Answer::ok(()))
}
