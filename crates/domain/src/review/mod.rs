//! What buyers think of products.
//!
//! Whoever bought a product may say once what he thinks of it, change that and take it back. *Bought* means: a line of an
//! order of his that is paid, on its way or delivered. Not only *delivered*: administrators note deliveries by hand, often
//! days later, and a shopper who holds his parcel must not be told that he has not got it. A refund ends an order, and
//! with it the right to write; what was written before stays, because the experience was real.
//!
//! | action | who | refused where |
//! | --- | --- | --- |
//! | write | who bought it | not bought; written already |
//! | change, withdraw | its author | he wrote none |
//! | remove | an administrator, with an entry in the audit trail | there is none |
//!
//! Ratings are half steps, so that sums and means are exact ([`Rating`], [`RatingTally`]). A product's mean and its number
//! of reviews are stored with it by the transaction that changes a review. Readers see the author's name masked
//! ([`AuthorName`]); a closed account's reviews stay, and say nothing of whose they were.

mod author;
mod keep_reviews;
mod moderate_reviews;
mod rating;
mod read_reviews;
mod repository;
mod text;

pub use author::AuthorName;
pub use keep_reviews::{KeepReviews, KeepReviewsError};
pub use moderate_reviews::{ModerateReviews, ModerateReviewsError};
pub use rating::{MeanRating, Rating, RatingError, RatingTally};
pub use read_reviews::{ReadReviews, ReadReviewsError};
pub use repository::{
    ChangeReviewFailure, OwnReview, RemoveReviewFailure, ReviewDraft, ReviewQueries, ReviewRemoval, ReviewRepository,
    ReviewView, Reviewable, ReviewingStand, StoredReview, WriteReviewFailure,
};
#[cfg(any(test, feature = "mock"))]
pub use repository::{MockReviewQueries, MockReviewRepository};
pub use text::{ReviewText, ReviewTextError};
