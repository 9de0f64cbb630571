//! How the shop does.

use ef_domain::order::{LowStock, OrderStatus, PaymentStatus, ShopFigures};
use ef_domain::shared::{PortFailure, ProductId, Timestamp, VariantId};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::failure::{bounded, corrupt};
use crate::sql::{all, moment, one, won};

use super::READING;

#[derive(FromQueryResult)]
struct SinceRow {
    placed: i64,
    paid: i64,
    revenue: i64,
}

#[derive(FromQueryResult)]
struct WaitingRow {
    to_ship: i64,
    oldest: Option<DateTimeUtc>,
}

#[derive(FromQueryResult)]
struct RefundingRow {
    refunding: i64,
}

#[derive(FromQueryResult)]
struct LowRow {
    variant_id: i64,
    product_id: i64,
    product_name: String,
    variant_name: String,
    available: i64,
}

/// Orders since that moment, what waits, and what is scarce.
pub(super) async fn figures(
    reader: &impl ConnectionTrait,
    since: Timestamp,
    little: i64,
    limit: u32,
) -> Result<ShopFigures, PortFailure> {
    let sql = "SELECT COUNT(*) AS placed, COUNT(CASE WHEN o.payment_status = ? THEN 1 END) AS paid, \
         CAST(COALESCE(SUM(CASE WHEN o.payment_status = ? THEN o.total_amount END), 0) AS SIGNED) AS revenue \
         FROM orders o WHERE o.created_at >= ?";
    let completed = || PaymentStatus::Completed.name().into();
    let since: Option<SinceRow> = bounded(READING, one(reader, sql, [completed(), completed(), moment(since)])).await?;
    let sql = "SELECT COUNT(CASE WHEN o.refund_restock IS NULL THEN 1 END) AS to_ship, \
         MIN(CASE WHEN o.refund_restock IS NULL THEN o.created_at END) AS oldest FROM orders o WHERE o.status = ?";
    let confirmed = [OrderStatus::Confirmed.name().into()];
    let waiting: Option<WaitingRow> = bounded(READING, one(reader, sql, confirmed)).await?;
    let missing = || corrupt(READING, "a sum without a row");
    let (since, waiting) = (since.ok_or_else(missing)?, waiting.ok_or_else(missing)?);
    Ok(ShopFigures {
        placed: whole(since.placed)?,
        paid: whole(since.paid)?,
        revenue: won(since.revenue, READING)?,
        to_ship: whole(waiting.to_ship)?,
        oldest_to_ship: waiting.oldest.map(Timestamp::new),
        refunding: refunding(reader).await?,
        low_stock: low_stock(reader, little, limit).await?,
    })
}

/// Refunds that are not through: those that were asked for, and money that no order can keep.
async fn refunding(reader: &impl ConnectionTrait) -> Result<u64, PortFailure> {
    let sql = "SELECT COUNT(*) AS refunding FROM payments p WHERE p.check_at > ? AND p.status = 'REFUND_DUE'";
    // What is open has a moment of its next check. SQLite looks into an index for a comparison, not for `IS NOT NULL`.
    let row: Option<RefundingRow> = bounded(READING, one(reader, sql, [DateTimeUtc::UNIX_EPOCH.into()])).await?;
    whole(row.map_or(0, |row| row.refunding))
}

async fn low_stock(reader: &impl ConnectionTrait, little: i64, limit: u32) -> Result<Vec<LowStock>, PortFailure> {
    let sql = format!(
        "SELECT v.id AS variant_id, p.id AS product_id, p.name AS product_name, v.size AS variant_name, \
         v.stock - v.reserved_stock AS available FROM product_variant v JOIN product p ON p.id = v.product_id \
         WHERE p.retired_at IS NULL AND p.status <> 'DISCONTINUED' AND v.stock - v.reserved_stock <= ? \
         ORDER BY available, v.id LIMIT {limit}"
    );
    let rows: Vec<LowRow> = bounded(READING, all(reader, &sql, [little.into()])).await?;
    let line = |row: LowRow| LowStock {
        variant: VariantId::new(row.variant_id),
        product: ProductId::new(row.product_id),
        product_name: row.product_name,
        variant_name: row.variant_name,
        available: row.available,
    };
    Ok(rows.into_iter().map(line).collect())
}

fn whole(count: i64) -> Result<u64, PortFailure> {
    u64::try_from(count).map_err(|error| corrupt(READING, error))
}
