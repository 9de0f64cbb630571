//! Payments: one row for each attempt to take the money of an order.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, col, create, index, references, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        create(
            manager,
            table("payments", columns)
                .col(col("order_id").big_integer().not_null())
                .col(col("order_number").big_integer().not_null())
                .col(columns.exact("payment_key", 200).not_null().unique_key())
                .col(col("status").string_len(20).not_null())
                .col(col("method").string_len(30))
                .col(col("amount").big_integer().not_null())
                .col(columns.exact("idempotency_key", 100).not_null())
                .col(columns.moment("requested_at").not_null().take())
                .col(columns.moment("deposit_due_at"))
                .col(columns.moment("approved_at"))
                .col(col("decline_code").string_len(100))
                .col(col("decline_repeatable").boolean().not_null().default(false))
                .col(col("refund_cause").string_len(20))
                .col(columns.exact("refund_key", 100))
                .col(columns.moment("refunded_at"))
                .col(columns.moment("check_at"))
                .col(col("checks").big_integer().not_null().default(0))
                .col(col("version").big_integer().not_null().default(0))
                .foreign_key(&mut references("payments", "order_id", "orders"))
                .check(Expr::col("amount").gte(0))
                .take(),
            // Open payments, the longest waiting first (set only while something is open); the payments of an order.
            [index("payments", &["check_at"]), index("payments", &["order_number"])],
        )
        .await?;
        Ok(())
    }
}
