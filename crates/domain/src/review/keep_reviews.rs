//! A shopper says what he thinks of what he bought.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Actor, Clock, PortFailure, ProductId};

use super::rating::Rating;
use super::repository::{
    ChangeReviewFailure, OwnReview, ReviewDraft, ReviewQueries, ReviewRepository, WriteReviewFailure,
};
use super::text::ReviewText;

/// Writes, changes and withdraws one's own reviews.
pub struct KeepReviews {
    /// Where reviews are kept.
    pub reviews: Arc<dyn ReviewRepository>,
    /// Reviews as pages show them.
    pub queries: Arc<dyn ReviewQueries>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Why one's review is as it was.
#[derive(Debug, Error)]
pub enum KeepReviewsError {
    /// There is no such product.
    #[error("the product does not exist")]
    NoProduct,
    /// He did not buy it, or his money went back.
    #[error("the product was not bought")]
    NotBought,
    /// He has written one.
    #[error("the product is reviewed already")]
    AlreadyWritten,
    /// He has written none.
    #[error("there is no such review")]
    NotFound,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<WriteReviewFailure> for KeepReviewsError {
    fn from(failure: WriteReviewFailure) -> Self {
        match failure {
            WriteReviewFailure::NoProduct => Self::NoProduct,
            WriteReviewFailure::NotBought => Self::NotBought,
            WriteReviewFailure::AlreadyWritten => Self::AlreadyWritten,
            WriteReviewFailure::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<ChangeReviewFailure> for KeepReviewsError {
    fn from(failure: ChangeReviewFailure) -> Self {
        match failure {
            ChangeReviewFailure::NotFound => Self::NotFound,
            ChangeReviewFailure::Unavailable(failure) => failure.into(),
        }
    }
}

impl KeepReviews {
    /// Writes the one review of a product that the actor bought.
    pub async fn write(
        &self,
        actor: &Actor,
        product: ProductId,
        rating: Rating,
        text: Option<ReviewText>,
    ) -> Result<OwnReview, KeepReviewsError> {
        let at = self.clock.now();
        let id =
            self.reviews.write(&ReviewDraft { author: actor.user, product, rating, text: text.clone(), at }).await?;
        Ok(OwnReview { id, rating, text, written_at: at, changed_at: None })
    }

    /// Says something else from now on.
    pub async fn change(
        &self,
        actor: &Actor,
        product: ProductId,
        rating: Rating,
        text: Option<ReviewText>,
    ) -> Result<OwnReview, KeepReviewsError> {
        let at = self.clock.now();
        self.reviews.change(&ReviewDraft { author: actor.user, product, rating, text, at }).await?;
        let stand = self.queries.stand(actor.user, product).await?;
        stand.and_then(|stand| stand.review).ok_or(KeepReviewsError::NotFound)
    }

    /// Takes it back.
    pub async fn withdraw(&self, actor: &Actor, product: ProductId) -> Result<(), KeepReviewsError> {
        Ok(self.reviews.withdraw(actor.user, product).await?)
    }
}
