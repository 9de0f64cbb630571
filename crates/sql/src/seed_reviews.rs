//! Reviews for a shop that nobody has bought anything in, for demonstrations. Real rows by accounts that nobody signs in
//! to, so that every mean on every page is the mean of something.

use std::collections::HashMap;

use async_trait::async_trait;
use ef_domain::review::{Rating, RatingTally};
use ef_domain::shared::{PortFailure, Role, Timestamp};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::connect::Database;
use crate::sql::{all, execute, marks, moment};
use crate::tx::{self, Stop, TxFailure, Work};

const SEEDING: &str = "loading the demo reviews";
/// Rows of one statement.
const ROWS: usize = 500;

/// Somebody who has an opinion and no way in.
#[derive(Clone, Debug)]
pub struct SeedReviewer {
    /// His address; it is nobody's mailbox.
    pub email: String,
    /// His name.
    pub name: String,
}

/// What he thinks.
#[derive(Clone, Debug)]
pub struct SeedReview {
    /// Whose: his place in the list of reviewers.
    pub reviewer: usize,
    /// Of what, by its slug.
    pub product: String,
    /// How good it is.
    pub rating: Rating,
    /// In words.
    pub text: Option<String>,
    /// When he said so.
    pub at: Timestamp,
}

/// Opens the reviewers' accounts and stores what they think, unless any of the accounts is there: what was taken down since
/// stays down. How many reviews were stored.
///
/// # Errors
/// [`PortFailure`] if the database fails; nothing was stored then.
pub async fn seed_reviews(
    database: &Database,
    reviewers: &[SeedReviewer],
    reviews: &[SeedReview],
    now: Timestamp,
) -> Result<usize, PortFailure> {
    match tx::run(database, SEEDING, &Seeding { reviewers, reviews, now }).await {
        Ok(count) => Ok(count),
        Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
        Err(TxFailure::Refused(never)) => match never {},
    }
}

struct Seeding<'a> {
    reviewers: &'a [SeedReviewer],
    reviews: &'a [SeedReview],
    now: Timestamp,
}

/// An id and the text by which it is known.
#[derive(FromQueryResult)]
struct Known {
    id: i64,
    known_by: String,
}

#[async_trait]
impl Work for Seeding<'_> {
    type Output = usize;
    type Refusal = std::convert::Infallible;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<usize, Stop<Self::Refusal>> {
        if self.reviewers.is_empty() || !self.accounts(tx).await?.is_empty() {
            return Ok(0);
        }
        self.open_accounts(tx).await?;
        let accounts = self.accounts(tx).await?;
        let sql = "SELECT id, slug AS known_by FROM product WHERE slug IS NOT NULL";
        let products: Vec<Known> = all(tx, sql, []).await?;
        let products: HashMap<String, i64> = products.into_iter().map(|row| (row.known_by, row.id)).collect();
        let rows: Vec<(i64, i64, &SeedReview)> =
            self.reviews.iter().filter_map(|review| self.row(review, &accounts, &products)).collect();
        for chunk in rows.chunks(ROWS) {
            insert(tx, chunk).await?;
        }
        sum_up(tx, &rows).await?;
        Ok(rows.len())
    }
}

impl Seeding<'_> {
    async fn accounts(&self, tx: &DatabaseTransaction) -> Result<HashMap<String, i64>, DbErr> {
        let sql = format!("SELECT id, email AS known_by FROM user WHERE email IN ({})", marks(self.reviewers.len()));
        let emails = self.reviewers.iter().map(|reviewer| Value::from(reviewer.email.as_str()));
        let rows: Vec<Known> = all(tx, &sql, emails).await?;
        Ok(rows.into_iter().map(|row| (row.known_by, row.id)).collect())
    }

    /// Without a password and without an identity there is no way in.
    async fn open_accounts(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let rows = vec!["(?, ?, ?, 'LOCAL', ?, ?)"; self.reviewers.len()].join(", ");
        let sql = format!("INSERT INTO user (email, name, role, provider, created_at, updated_at) VALUES {rows}");
        let values = self.reviewers.iter().flat_map(|reviewer| -> [Value; 5] {
            let role = Role::User.name().into();
            [reviewer.email.as_str().into(), reviewer.name.as_str().into(), role, moment(self.now), moment(self.now)]
        });
        execute(tx, &sql, values).await.map(|_| ())
    }

    /// Author, product and review, where both are there.
    fn row<'a>(
        &self,
        review: &'a SeedReview,
        accounts: &HashMap<String, i64>,
        products: &HashMap<String, i64>,
    ) -> Option<(i64, i64, &'a SeedReview)> {
        let author = accounts.get(&self.reviewers.get(review.reviewer)?.email)?;
        Some((*author, *products.get(&review.product)?, review))
    }
}

async fn insert(tx: &DatabaseTransaction, rows: &[(i64, i64, &SeedReview)]) -> Result<(), DbErr> {
    let places = vec!["(?, ?, ?, ?, 0, ?, ?)"; rows.len()].join(", ");
    let sql = format!(
        "INSERT INTO review (user_id, product_id, rating, body, version, created_at, updated_at) VALUES {places}"
    );
    let values = rows.iter().flat_map(|(author, product, review)| -> [Value; 6] {
        let (rating, text) = (review.rating.to_string().into(), review.text.clone().into());
        [(*author).into(), (*product).into(), rating, text, moment(review.at), moment(review.at)]
    });
    execute(tx, &sql, values).await.map(|_| ())
}

/// No product had a review before.
async fn sum_up(
    tx: &DatabaseTransaction,
    rows: &[(i64, i64, &SeedReview)],
) -> Result<(), Stop<std::convert::Infallible>> {
    let mut tallies = HashMap::<i64, RatingTally>::new();
    for (_, product, review) in rows {
        let tally = tallies.entry(*product).or_default();
        tally.count = tally.count.saturating_add(1);
        tally.half_steps = tally.half_steps.saturating_add(u64::from(review.rating.half_steps()));
    }
    let corrupt = |error: std::num::TryFromIntError| Stop::Corrupt(error.to_string());
    for (product, tally) in tallies {
        let count = i64::try_from(tally.count).map_err(corrupt)?;
        let tenths = i64::try_from(tally.mean().tenths()).map_err(corrupt)?;
        let sql = "UPDATE product SET review_count = ?, average_rating = ? / 10.0 WHERE id = ?";
        execute(tx, sql, [count.into(), tenths.into(), product.into()]).await?;
    }
    Ok(())
}
