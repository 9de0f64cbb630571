//! Reviews as pages show them.

use async_trait::async_trait;
use ef_domain::review::{AuthorName, OwnReview, ReviewQueries, ReviewView, Reviewable, ReviewingStand};
use ef_domain::shared::{Page, PageRequest, PortFailure, ProductId, ReviewId, Timestamp, UserId};
use sea_orm::FromQueryResult;
use sea_orm::prelude::DateTimeUtc;

use crate::connect::Database;
use crate::failure::{bounded, corrupt};
use crate::sql::{all, one};

use super::row::{changed_at, half_steps, rating, text};
use super::write::BOUGHT;

const READING: &str = "reading reviews";

/// What somebody paid for, kept, and wrote nothing about: one row for each product.
const UNREVIEWED: &str = "FROM orders o JOIN order_items i ON i.order_id = o.id \
    WHERE o.user_id = ? AND o.payment_status = 'COMPLETED' AND o.status IN ('CONFIRMED', 'SHIPPED', 'DELIVERED') \
    AND NOT EXISTS (SELECT 1 FROM review r WHERE r.user_id = o.user_id AND r.product_id = i.product_id)";

/// Reviews from MySQL or SQLite.
pub struct SqlReviewQueries {
    database: Database,
}

impl SqlReviewQueries {
    /// Queries over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[derive(FromQueryResult)]
struct Count {
    rows_found: i64,
}

#[derive(FromQueryResult)]
struct ListedRow {
    id: i64,
    half_steps: i64,
    body: Option<String>,
    version: i64,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
    author: String,
    closed_at: Option<DateTimeUtc>,
}

#[derive(FromQueryResult)]
struct StandRow {
    id: Option<i64>,
    half_steps: Option<i64>,
    body: Option<String>,
    version: Option<i64>,
    created_at: Option<DateTimeUtc>,
    updated_at: Option<DateTimeUtc>,
    bought: i64,
}

#[derive(FromQueryResult)]
struct ReviewableRow {
    product_id: i64,
    name: String,
    image_url: Option<String>,
    bought_at: DateTimeUtc,
}

#[async_trait]
impl ReviewQueries for SqlReviewQueries {
    async fn page(&self, product: ProductId, page: PageRequest) -> Result<Option<Page<ReviewView>>, PortFailure> {
        let reader = self.database.reader();
        // The product knows how many there are, because every write of a review tells it.
        let sql = "SELECT review_count AS rows_found FROM product WHERE id = ?";
        let count: Option<Count> = bounded(READING, one(reader, sql, [product.get().into()])).await?;
        let Some(count) = count else { return Ok(None) };
        let total = u64::try_from(count.rows_found).map_err(|error| corrupt(READING, error))?;
        let sql = format!(
            "SELECT r.id, {} AS half_steps, r.body, r.version, r.created_at, r.updated_at, u.name AS author, u.closed_at \
             FROM review r JOIN user u ON u.id = r.user_id WHERE r.product_id = ? \
             ORDER BY r.created_at DESC, r.id DESC LIMIT {} OFFSET ?",
            half_steps("r"),
            page.size()
        );
        let rows: Vec<ListedRow> =
            bounded(READING, all(reader, &sql, [product.get().into(), page.offset().into()])).await?;
        let rows = rows.into_iter().map(listed).collect::<Result<_, _>>()?;
        Ok(Some(Page { rows, request: page, total }))
    }

    async fn stand(&self, user: UserId, product: ProductId) -> Result<Option<ReviewingStand>, PortFailure> {
        let sql = format!(
            "SELECT r.id, {} AS half_steps, r.body, r.version, r.created_at, r.updated_at, EXISTS ({BOUGHT}) AS bought \
             FROM product p LEFT JOIN review r ON r.product_id = p.id AND r.user_id = ? WHERE p.id = ?",
            half_steps("r")
        );
        let (user, product) = (user.get(), product.get());
        let values = [user.into(), product.into(), user.into(), product.into()];
        let row: Option<StandRow> = bounded(READING, one(self.database.reader(), &sql, values)).await?;
        row.map(|row| {
            let bought = row.bought == 1;
            let review = own(row)?;
            Ok(ReviewingStand { may_write: bought && review.is_none(), review })
        })
        .transpose()
    }

    async fn reviewable(&self, user: UserId, page: PageRequest) -> Result<Page<Reviewable>, PortFailure> {
        let reader = self.database.reader();
        let sql = format!("SELECT COUNT(DISTINCT i.product_id) AS rows_found {UNREVIEWED}");
        let count: Option<Count> = bounded(READING, one(reader, &sql, [user.get().into()])).await?;
        let total = count.and_then(|count| u64::try_from(count.rows_found).ok()).unwrap_or_default();
        let sql = format!(
            "SELECT b.product_id, p.name, p.image_url, b.bought_at FROM \
             (SELECT i.product_id, MAX(o.created_at) AS bought_at {UNREVIEWED} GROUP BY i.product_id) b \
             JOIN product p ON p.id = b.product_id ORDER BY b.bought_at DESC, b.product_id DESC LIMIT {} OFFSET ?",
            page.size()
        );
        let rows: Vec<ReviewableRow> =
            bounded(READING, all(reader, &sql, [user.get().into(), page.offset().into()])).await?;
        let rows = rows.into_iter().map(|row| Reviewable {
            product: ProductId::new(row.product_id),
            name: row.name,
            image: row.image_url,
            bought_at: Timestamp::new(row.bought_at),
        });
        Ok(Page { rows: rows.collect(), request: page, total })
    }
}

fn listed(row: ListedRow) -> Result<ReviewView, PortFailure> {
    Ok(ReviewView {
        id: ReviewId::new(row.id),
        author: match row.closed_at {
            Some(_) => AuthorName::gone(),
            None => AuthorName::masked(&row.author),
        },
        rating: rating(row.half_steps, READING)?,
        text: text(row.body),
        written_at: Timestamp::new(row.created_at),
        changed_at: changed_at(row.version, row.updated_at),
    })
}

/// The review in the row, if there is one.
fn own(row: StandRow) -> Result<Option<OwnReview>, PortFailure> {
    let Some(id) = row.id else { return Ok(None) };
    let incomplete = || corrupt(READING, format!("review {id} is incomplete"));
    let version = row.version.ok_or_else(incomplete)?;
    Ok(Some(OwnReview {
        id: ReviewId::new(id),
        rating: rating(row.half_steps.ok_or_else(incomplete)?, READING)?,
        text: text(row.body),
        written_at: Timestamp::new(row.created_at.ok_or_else(incomplete)?),
        changed_at: changed_at(version, row.updated_at.ok_or_else(incomplete)?),
    }))
}
