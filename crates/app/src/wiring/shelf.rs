//! Keeping the shelf.

use std::sync::Arc;

use ef_domain::catalogue::{KeepProducts, KeepTags};
use ef_domain::review::{KeepReviews, ModerateReviews, ReadReviews, ReviewQueries, ReviewRepository};
use ef_domain::shared::Clock;
use ef_sql::{
    Database, SqlAuditQueries, SqlProductRepository, SqlReviewQueries, SqlReviewRepository, SqlTagRepository,
};

use crate::shop::{Keeping, Reviews};

/// What administrators do with the shelf.
pub(super) fn keeping(database: &Database, clock: &Arc<dyn Clock>) -> Keeping {
    Keeping {
        products: KeepProducts {
            products: Arc::new(SqlProductRepository::new(database.clone())),
            clock: Arc::clone(clock),
        },
        tags: KeepTags { tags: Arc::new(SqlTagRepository::new(database.clone())), clock: Arc::clone(clock) },
        audit: Arc::new(SqlAuditQueries::new(database.clone())),
    }
}

/// What is done with reviews.
pub(super) fn reviews(database: &Database, clock: &Arc<dyn Clock>) -> Reviews {
    let reviews: Arc<dyn ReviewRepository> = Arc::new(SqlReviewRepository::new(database.clone()));
    let queries: Arc<dyn ReviewQueries> = Arc::new(SqlReviewQueries::new(database.clone()));
    Reviews {
        read: ReadReviews { queries: Arc::clone(&queries) },
        keep: KeepReviews { reviews: Arc::clone(&reviews), queries, clock: Arc::clone(clock) },
        moderate: ModerateReviews { reviews, clock: Arc::clone(clock) },
    }
}
