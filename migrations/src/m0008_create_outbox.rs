//! The outbox: what others may want to hear, written by the transaction that makes it true.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, col, create, index, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        create(
            manager,
            table("outbox", columns)
                .col(col("event").string_len(40).not_null())
                .col(col("user_id").big_integer().not_null())
                .col(col("order_id").big_integer())
                .col(col("payload").text().not_null())
                .col(columns.moment("delivered_at"))
                .take(),
            [index("outbox", &["delivered_at", "id"])],
        )
        .await?;
        Ok(())
    }
}
