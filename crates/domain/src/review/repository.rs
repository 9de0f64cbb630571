//! The ports through which reviews are kept and read.

use async_trait::async_trait;
use thiserror::Error;

use crate::shared::{AuditEntry, Page, PageRequest, PortFailure, ProductId, ReviewId, Timestamp, UserId, Version};

use super::author::AuthorName;
use super::rating::Rating;
use super::text::ReviewText;

/// What somebody says of a product from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewDraft {
    /// Whose.
    pub author: UserId,
    /// Of what.
    pub product: ProductId,
    /// How good it is.
    pub rating: Rating,
    /// In words.
    pub text: Option<ReviewText>,
    /// Now.
    pub at: Timestamp,
}

/// Why a review was not stored. Nothing of it was.
#[derive(Debug, Error)]
pub enum WriteReviewFailure {
    /// There is no such product.
    #[error("there is no such product")]
    NoProduct,
    /// No order of his that is paid and not refunded has a line of it.
    #[error("the product was not bought")]
    NotBought,
    /// He has written one.
    #[error("the product is reviewed already")]
    AlreadyWritten,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Why a review is as it was.
#[derive(Debug, Error)]
pub enum ChangeReviewFailure {
    /// He wrote none of that product.
    #[error("there is no such review")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// A review as it is stored, for whoever decides about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReview {
    /// The review.
    pub id: ReviewId,
    /// Of what.
    pub product: ProductId,
    /// How good it is.
    pub rating: Rating,
    /// In words.
    pub text: Option<ReviewText>,
    /// How many times it was changed.
    pub version: Version,
}

/// A decided removal by an administrator.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewRemoval {
    /// The review as it was when that was decided.
    pub review: StoredReview,
    /// What the trail says of it.
    pub entry: AuditEntry,
}

/// Why a review was not removed.
#[derive(Debug, Error)]
pub enum RemoveReviewFailure {
    /// Its author changed it meanwhile, or it is gone.
    #[error("the review was changed meanwhile")]
    Stale,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Where reviews are kept. Every write leaves the product's mean and number of reviews true in the same transaction,
/// however many write at once.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ReviewRepository: Send + Sync {
    /// Stores a review, if its author bought the product and has written none. That he bought it stands in the
    /// statement that stores.
    async fn write(&self, review: &ReviewDraft) -> Result<ReviewId, WriteReviewFailure>;

    /// Stores what a review says from now on.
    async fn change(&self, review: &ReviewDraft) -> Result<(), ChangeReviewFailure>;

    /// Erases the author's own review.
    async fn withdraw(&self, author: UserId, product: ProductId) -> Result<(), ChangeReviewFailure>;

    /// One review. One statement.
    async fn find(&self, id: ReviewId) -> Result<Option<StoredReview>, PortFailure>;

    /// Erases a review with an entry in the audit trail, if it still has the version that it had.
    async fn remove(&self, removal: &ReviewRemoval) -> Result<(), RemoveReviewFailure>;
}

/// A review as anybody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewView {
    /// The review.
    pub id: ReviewId,
    /// Who wrote it, masked.
    pub author: AuthorName,
    /// How good it is.
    pub rating: Rating,
    /// In words.
    pub text: Option<ReviewText>,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it was changed, if it was.
    pub changed_at: Option<Timestamp>,
}

/// A review as its author sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnReview {
    /// The review.
    pub id: ReviewId,
    /// How good it is.
    pub rating: Rating,
    /// In words.
    pub text: Option<ReviewText>,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it was changed, if it was.
    pub changed_at: Option<Timestamp>,
}

/// Where somebody stands with a product that he may review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewingStand {
    /// What he wrote of it.
    pub review: Option<OwnReview>,
    /// Whether he may write: he bought it, and has written nothing.
    pub may_write: bool,
}

/// A product that somebody bought and has not reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewable {
    /// The product.
    pub product: ProductId,
    /// Its name.
    pub name: String,
    /// Its picture.
    pub image: Option<String>,
    /// When he bought it last.
    pub bought_at: Timestamp,
}

/// Reviews as pages show them.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ReviewQueries: Send + Sync {
    /// One page of a product's reviews, the newest first, ties by number; `None` where there is no such product. At most
    /// two statements.
    async fn page(&self, product: ProductId, page: PageRequest) -> Result<Option<Page<ReviewView>>, PortFailure>;

    /// Where somebody stands with a product; `None` where there is no such product. One statement.
    async fn stand(&self, user: UserId, product: ProductId) -> Result<Option<ReviewingStand>, PortFailure>;

    /// One page of what somebody bought and has not reviewed, the latest purchase first. At most two statements.
    async fn reviewable(&self, user: UserId, page: PageRequest) -> Result<Page<Reviewable>, PortFailure>;
}
