//! The virtual account that a deposit is awaited on, and where the money of one goes back to.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add_column, col};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        add_column(manager, "payments", col("deposit_bank").string_len(20).take()).await?;
        add_column(manager, "payments", columns.exact("deposit_account", 50)).await?;
        add_column(manager, "payments", col("deposit_holder").string_len(100).take()).await?;
        // The buyer's own account, sealed, and only while a refund to it is under way.
        add_column(manager, "payments", columns.exact("refund_account", 1000)).await
    }
}
