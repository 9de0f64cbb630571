//! Who of the administrators changed what.

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
            // No foreign keys: the trail outlives what it tells of.
            table("audit_log", columns)
                .col(col("actor_id").big_integer().not_null())
                .col(columns.exact("action", 40).not_null())
                .col(columns.exact("subject", 20).not_null())
                .col(col("subject_id").big_integer().not_null())
                .col(col("changes").text().not_null())
                .col(col("reason").string_len(200))
                .take(),
            // What was done to one thing, the latest first.
            [index("audit_log", &["subject", "subject_id", "id"])],
        )
        .await
    }
}
