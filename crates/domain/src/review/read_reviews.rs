//! Anybody reads what buyers think; a shopper looks what he wrote and may write.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Actor, Page, PageRequest, PortFailure, ProductId};

use super::repository::{ReviewQueries, ReviewView, Reviewable, ReviewingStand};

/// Shows reviews.
pub struct ReadReviews {
    /// Reviews as pages show them.
    pub queries: Arc<dyn ReviewQueries>,
}

/// Why no reviews are shown.
#[derive(Debug, Error)]
pub enum ReadReviewsError {
    /// There is no such product.
    #[error("the product does not exist")]
    NoProduct,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl ReadReviews {
    /// One page of a product's reviews, the newest first: the same for everybody.
    pub async fn page(&self, product: ProductId, page: PageRequest) -> Result<Page<ReviewView>, ReadReviewsError> {
        self.queries.page(product, page).await?.ok_or(ReadReviewsError::NoProduct)
    }

    /// What the actor wrote of a product, and whether he may write.
    pub async fn stand(&self, actor: &Actor, product: ProductId) -> Result<ReviewingStand, ReadReviewsError> {
        self.queries.stand(actor.user, product).await?.ok_or(ReadReviewsError::NoProduct)
    }

    /// One page of what the actor bought and has not reviewed.
    pub async fn reviewable(&self, actor: &Actor, page: PageRequest) -> Result<Page<Reviewable>, PortFailure> {
        self.queries.reviewable(actor.user, page).await
    }
}
