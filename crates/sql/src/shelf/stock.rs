//! The transaction that counts pieces in or out by hand.

use async_trait::async_trait;
use ef_domain::catalogue::{Editor, StockAdjustment, StockLevel};
use ef_domain::shared::{AuditAction, AuditChanges, AuditEntry, AuditSubject, ProductId};
use sea_orm::{DatabaseTransaction, FromQueryResult, Value};

use crate::audit;
use crate::sql::{execute, moment, one};
use crate::tx::{Stop, Work};

/// What the ledger calls it.
const DIRECTION: &str = "ADJUST";

/// Why nothing was counted.
pub(super) enum Refusal {
    /// There is no such variant.
    NotFound,
    /// The stock would leave its bounds.
    OutOfBounds(StockLevel),
}

/// Pieces on their way in or out.
pub(super) struct Adjusting<'a> {
    pub(super) adjustment: &'a StockAdjustment,
    pub(super) by: Editor,
}

#[derive(FromQueryResult)]
struct LevelRow {
    product_id: i64,
    size: String,
    stock: i64,
    reserved_stock: i64,
}

#[async_trait]
impl Work for Adjusting<'_> {
    type Output = StockLevel;
    type Refusal = Refusal;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<StockLevel, Stop<Refusal>> {
        let StockAdjustment { variant, delta, reason } = self.adjustment;
        let (variant, at) = (variant.get(), self.by.at);
        // The bounds stand in the statement that writes: an order that takes a hold a moment earlier is seen, and one a
        // moment later sees this.
        let sql = "UPDATE product_variant SET stock = stock + ?, updated_at = ? \
             WHERE id = ? AND stock + ? >= reserved_stock AND stock + ? <= ?";
        let guarded: [Value; 6] = [
            (*delta).into(),
            moment(at),
            variant.into(),
            (*delta).into(),
            (*delta).into(),
            StockAdjustment::SHELF.into(),
        ];
        let is_done = execute(tx, sql, guarded).await?.rows_affected() == 1;
        let sql = "SELECT product_id, size, stock, reserved_stock FROM product_variant WHERE id = ?";
        let row: Option<LevelRow> = one(tx, sql, [variant.into()]).await?;
        let Some(row) = row else { return Err(Stop::Refused(Refusal::NotFound)) };
        let product = ProductId::new(row.product_id);
        let level = StockLevel { product, stock: row.stock, reserved: row.reserved_stock };
        if !is_done {
            return Err(Stop::Refused(Refusal::OutOfBounds(level)));
        }
        let sql = "INSERT INTO stock_ledger (variant_id, direction, stock_delta, reserved_delta, actor_id, reason, \
             created_at, updated_at) VALUES (?, ?, ?, 0, ?, ?, ?, ?)";
        let line: [Value; 7] = [
            variant.into(),
            DIRECTION.into(),
            (*delta).into(),
            self.by.user.get().into(),
            reason.as_str().into(),
            moment(at),
            moment(at),
        ];
        execute(tx, sql, line).await?;
        let mut changes = AuditChanges::new();
        changes.note(format!("variants.{}.stock", row.size), row.stock.saturating_sub(*delta), row.stock);
        let entry = AuditEntry {
            actor: self.by.user,
            action: AuditAction::StockAdjusted,
            subject: AuditSubject::Product(product),
            changes,
            reason: Some(reason.clone()),
            at,
        };
        audit::write(tx, &entry).await?;
        Ok(level)
    }
}
