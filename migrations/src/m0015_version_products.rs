//! Products that several administrators edit, and that leave the shelf without leaving the books.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add_column, col};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        add_column(manager, "product", col("version").big_integer().not_null().default(0).take()).await?;
        add_column(manager, "product", columns.moment("retired_at")).await?;
        // Who counted pieces in or out by hand, and why.
        add_column(manager, "stock_ledger", col("actor_id").big_integer().take()).await?;
        add_column(manager, "stock_ledger", col("reason").string_len(200).take()).await
    }
}
