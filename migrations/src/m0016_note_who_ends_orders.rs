//! Whose doing the end of an order was, and refunds that are under way.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, add_index, col};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "orders", col("ended_by").string_len(20).take()).await?;
        add_column(manager, "orders", col("ended_by_user").big_integer().take()).await?;
        // Set only while a refund is under way: whether the goods return to the shelf.
        add_column(manager, "orders", col("refund_restock").boolean().take()).await?;
        // The administrators' list, with and without a status.
        add_index(manager, "orders", &["created_at"]).await?;
        add_index(manager, "orders", &["status", "created_at"]).await
    }
}
