//! Reviews behind their port.

use async_trait::async_trait;
use ef_domain::review::{
    ChangeReviewFailure, RemoveReviewFailure, ReviewDraft, ReviewRemoval, ReviewRepository, StoredReview,
    WriteReviewFailure,
};
use ef_domain::shared::{PortFailure, ProductId, ReviewId, UserId, Version};
use sea_orm::FromQueryResult;

use crate::connect::Database;
use crate::failure::bounded;
use crate::sql::one;
use crate::tx::{self, TxFailure};

use super::row;
use super::write::{Changing, Missing, Refusal, Removing, Withdrawing, Writing};

const READING: &str = "reading a review";
const WRITING: &str = "writing a review";
const CHANGING: &str = "changing a review";
const WITHDRAWING: &str = "withdrawing a review";
const REMOVING: &str = "removing a review";

/// Reviews in MySQL or SQLite.
pub struct SqlReviewRepository {
    database: Database,
}

impl SqlReviewRepository {
    /// A repository over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[derive(FromQueryResult)]
struct StoredRow {
    id: i64,
    product_id: i64,
    half_steps: i64,
    body: Option<String>,
    version: i64,
}

#[async_trait]
impl ReviewRepository for SqlReviewRepository {
    async fn write(&self, review: &ReviewDraft) -> Result<ReviewId, WriteReviewFailure> {
        tx::run(&self.database, WRITING, &Writing(review)).await.map_err(|failure| match failure {
            TxFailure::Refused(Refusal::NoProduct) => WriteReviewFailure::NoProduct,
            TxFailure::Refused(Refusal::NotBought) => WriteReviewFailure::NotBought,
            TxFailure::Refused(Refusal::AlreadyWritten) => WriteReviewFailure::AlreadyWritten,
            TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure) => failure.into(),
        })
    }

    async fn change(&self, review: &ReviewDraft) -> Result<(), ChangeReviewFailure> {
        tx::run(&self.database, CHANGING, &Changing(review)).await.map_err(unchanged)
    }

    async fn withdraw(&self, author: UserId, product: ProductId) -> Result<(), ChangeReviewFailure> {
        tx::run(&self.database, WITHDRAWING, &Withdrawing { author, product }).await.map_err(unchanged)
    }

    async fn find(&self, id: ReviewId) -> Result<Option<StoredReview>, PortFailure> {
        let sql = format!(
            "SELECT r.id, r.product_id, {} AS half_steps, r.body, r.version FROM review r WHERE r.id = ?",
            row::half_steps("r")
        );
        let found: Option<StoredRow> = bounded(READING, one(self.database.reader(), &sql, [id.get().into()])).await?;
        let stored = |found: StoredRow| {
            Ok(StoredReview {
                id: ReviewId::new(found.id),
                product: ProductId::new(found.product_id),
                rating: row::rating(found.half_steps, READING)?,
                text: row::text(found.body),
                version: Version::new(found.version),
            })
        };
        found.map(stored).transpose()
    }

    async fn remove(&self, removal: &ReviewRemoval) -> Result<(), RemoveReviewFailure> {
        tx::run(&self.database, REMOVING, &Removing(removal)).await.map_err(|failure| match failure {
            TxFailure::Refused(Missing) => RemoveReviewFailure::Stale,
            TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure) => failure.into(),
        })
    }
}

fn unchanged(failure: TxFailure<Missing>) -> ChangeReviewFailure {
    match failure {
        TxFailure::Refused(Missing) => ChangeReviewFailure::NotFound,
        TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure) => failure.into(),
    }
}
