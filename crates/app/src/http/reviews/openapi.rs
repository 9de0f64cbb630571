//! What reviews promise.

use super::super::caching;
use super::super::code::ErrorCode as E;
use super::super::openapi::{Api, form};
use super::{keep, moderate, read};

/// The operations.
pub fn describe(api: &mut Api) {
    let mut reviews = api.tag("Reviews", "What buyers think of products.");
    caching::describe(reviews.get("/api/products/{id}/reviews", "listReviews", read::list))
        .about("One page of a product's reviews, the newest first")
        .details("The same for everybody. A shopper's own review is asked for apart, and recognised by its number.")
        .paged()
        .fails([E::NotFound]);
    reviews
        .post("/api/products/{id}/reviews", "writeReview", keep::write)
        .about("Writes the shopper's one review of a product that he bought")
        .details("Bought is what was paid for and not refunded.")
        .created()
        .fails([E::NotFound, E::NotBought, E::AlreadyReviewed])
        .link("showOwnReview", [("id", "$request.path.id")])
        .link("changeReview", [("id", "$request.path.id")])
        .link("withdrawReview", [("id", "$request.path.id")]);
    reviews
        .get("/api/products/{id}/reviews/mine", "showOwnReview", read::mine)
        .about("What the shopper wrote of a product, and whether he may write")
        .fails([E::NotFound]);
    reviews
        .put("/api/products/{id}/reviews/mine", "changeReview", keep::change)
        .about("Writes the shopper's review anew")
        .fails([E::NotFound]);
    reviews
        .delete("/api/products/{id}/reviews/mine", "withdrawReview", keep::withdraw)
        .about("Takes the shopper's review back")
        .fails([E::NotFound]);
    reviews
        .get("/api/users/me/reviewable", "listReviewable", read::reviewable)
        .about("What the shopper bought and has not reviewed, the latest purchase first")
        .paged();
    reviews
        .delete("/api/admin/reviews/{id}", "removeReview", moderate::remove)
        .about("Takes a review down")
        .details("The audit trail keeps what it said, under the product.")
        .query("reason", "Why, for the trail.", form::search_text())
        .fails([E::NotFound, E::Conflict]);
}
