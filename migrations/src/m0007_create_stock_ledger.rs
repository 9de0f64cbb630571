//! The stock ledger: every move of every piece, so that the counters can be proved.

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
            table("stock_ledger", columns)
                .col(col("variant_id").big_integer().not_null())
                .col(col("order_id").big_integer())
                .col(col("direction").string_len(20).not_null())
                .col(col("stock_delta").big_integer().not_null())
                .col(col("reserved_delta").big_integer().not_null())
                .foreign_key(&mut references("stock_ledger", "variant_id", "product_variant"))
                .take(),
            [index("stock_ledger", &["order_id"]), index("stock_ledger", &["variant_id"])],
        )
        .await?;
        Ok(())
    }
}
