//! The transactions that write, change and erase a review.
//!
//! Each begins with the product's row: whoever else writes about the product waits there, so that the ratings which are
//! summed up at the end are all there are, and the sum is stored before anybody can add to it.

use async_trait::async_trait;
use ef_domain::review::{RatingTally, ReviewDraft, ReviewRemoval};
use ef_domain::shared::{ProductId, ReviewId, UserId};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::audit;
use crate::failure::is_duplicate_of;
use crate::sql::{execute, moment, one};
use crate::tx::{Stop, Work};

use super::row::half_steps;

/// That `?`, an account, has paid for `?`, a product, and kept his parcel.
pub(super) const BOUGHT: &str = "SELECT 1 FROM orders o JOIN order_items i ON i.order_id = o.id \
    WHERE o.user_id = ? AND i.product_id = ? AND o.payment_status = 'COMPLETED' \
    AND o.status IN ('CONFIRMED', 'SHIPPED', 'DELIVERED')";

/// Why nothing was stored.
pub(super) enum Refusal {
    /// There is no such product.
    NoProduct,
    /// It was not bought.
    NotBought,
    /// It is reviewed already.
    AlreadyWritten,
}

/// The author wrote none, or it is not what it was.
pub(super) struct Missing;

#[derive(FromQueryResult)]
struct TallyRow {
    reviews: i64,
    half_steps: Option<i64>,
}

/// A review on its way into the shop.
pub(super) struct Writing<'a>(pub(super) &'a ReviewDraft);

#[async_trait]
impl Work for Writing<'_> {
    type Output = ReviewId;
    type Refusal = Refusal;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<ReviewId, Stop<Refusal>> {
        let draft = self.0;
        if !take(tx, draft.product).await? {
            return Err(Stop::Refused(Refusal::NoProduct));
        }
        let sql = format!(
            "INSERT INTO review (user_id, product_id, rating, body, version, created_at, updated_at) \
             SELECT ?, ?, ?, ?, 0, ?, ? WHERE EXISTS ({BOUGHT})"
        );
        let (author, product) = (draft.author.get(), draft.product.get());
        let [rating, body] = said(draft);
        let values: [Value; 8] = [
            author.into(),
            product.into(),
            rating,
            body,
            moment(draft.at),
            moment(draft.at),
            author.into(),
            product.into(),
        ];
        let done = execute(tx, &sql, values).await.map_err(|error| {
            if is_duplicate_of(&error, "user_id") {
                Stop::Refused(Refusal::AlreadyWritten)
            } else {
                Stop::Failed(error)
            }
        })?;
        if done.rows_affected() == 0 {
            return Err(Stop::Refused(Refusal::NotBought));
        }
        let id = i64::try_from(done.last_insert_id()).map_err(|error| Stop::Corrupt(error.to_string()))?;
        sum_up(tx, draft.product).await?;
        Ok(ReviewId::new(id))
    }
}

/// What a review says from now on.
pub(super) struct Changing<'a>(pub(super) &'a ReviewDraft);

#[async_trait]
impl Work for Changing<'_> {
    type Output = ();
    type Refusal = Missing;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<Missing>> {
        let draft = self.0;
        take(tx, draft.product).await?;
        let sql = "UPDATE review SET rating = ?, body = ?, version = version + 1, updated_at = ? \
             WHERE user_id = ? AND product_id = ?";
        let [rating, body] = said(draft);
        let values = [rating, body, moment(draft.at), draft.author.get().into(), draft.product.get().into()];
        existing(execute(tx, sql, values).await?.rows_affected())?;
        sum_up(tx, draft.product).await
    }
}

/// A review that its author takes back.
pub(super) struct Withdrawing {
    pub(super) author: UserId,
    pub(super) product: ProductId,
}

#[async_trait]
impl Work for Withdrawing {
    type Output = ();
    type Refusal = Missing;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<Missing>> {
        take(tx, self.product).await?;
        let sql = "DELETE FROM review WHERE user_id = ? AND product_id = ?";
        existing(execute(tx, sql, [self.author.get().into(), self.product.get().into()]).await?.rows_affected())?;
        sum_up(tx, self.product).await
    }
}

/// A review that an administrator takes down.
pub(super) struct Removing<'a>(pub(super) &'a ReviewRemoval);

#[async_trait]
impl Work for Removing<'_> {
    type Output = ();
    type Refusal = Missing;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<Missing>> {
        let ReviewRemoval { review, entry } = self.0;
        take(tx, review.product).await?;
        let sql = "DELETE FROM review WHERE id = ? AND version = ?";
        existing(execute(tx, sql, [review.id.get().into(), review.version.get().into()]).await?.rows_affected())?;
        sum_up(tx, review.product).await?;
        audit::write(tx, entry).await?;
        Ok(())
    }
}

/// Takes the product's row until the end of the transaction; whether there is one. An update that changes nothing takes
/// it like any other.
async fn take(tx: &DatabaseTransaction, product: ProductId) -> Result<bool, DbErr> {
    let sql = "UPDATE product SET review_count = review_count WHERE id = ?";
    Ok(execute(tx, sql, [product.get().into()]).await?.rows_affected() == 1)
}

fn said(draft: &ReviewDraft) -> [Value; 2] {
    [draft.rating.to_string().into(), draft.text.as_ref().map(|text| text.as_str().to_owned()).into()]
}

fn existing(rows: u64) -> Result<(), Stop<Missing>> {
    if rows == 1 { Ok(()) } else { Err(Stop::Refused(Missing)) }
}

/// Stores the product's mean and number of reviews. They are counted anew rather than moved: whatever they were before,
/// now they are right.
async fn sum_up<R>(tx: &DatabaseTransaction, product: ProductId) -> Result<(), Stop<R>> {
    let sql = format!(
        "SELECT COUNT(*) AS reviews, CAST(SUM({}) AS SIGNED INTEGER) AS half_steps FROM review r WHERE r.product_id = ?",
        half_steps("r")
    );
    let row: Option<TallyRow> = one(tx, &sql, [product.get().into()]).await?;
    let row = row.unwrap_or(TallyRow { reviews: 0, half_steps: None });
    let corrupt = |error: std::num::TryFromIntError| Stop::Corrupt(error.to_string());
    let tally = RatingTally {
        count: u64::try_from(row.reviews).map_err(corrupt)?,
        half_steps: u64::try_from(row.half_steps.unwrap_or_default()).map_err(corrupt)?,
    };
    let tenths = i64::try_from(tally.mean().tenths()).map_err(corrupt)?;
    // The division is the database's, so that the column holds the number nearest to the decimal.
    let sql = "UPDATE product SET review_count = ?, average_rating = ? / 10.0 WHERE id = ?";
    execute(tx, sql, [row.reviews.into(), tenths.into(), product.get().into()]).await?;
    Ok(())
}
