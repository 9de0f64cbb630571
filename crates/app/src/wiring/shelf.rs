//! Keeping the shelf.

use std::sync::Arc;

use ef_domain::catalogue::{KeepProducts, KeepTags};
use ef_domain::shared::Clock;
use ef_sql::{Database, SqlAuditQueries, SqlProductRepository, SqlTagRepository};

use crate::shop::Keeping;

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
