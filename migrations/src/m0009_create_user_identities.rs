//! Log-ins at a partner that open accounts, and accounts that were closed.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add_column, col, create, references, table, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        create(
            manager,
            table("user_identity", columns)
                .col(col("user_id").big_integer().not_null())
                .col(col("provider").string_len(20).not_null())
                .col(columns.exact("subject", 64).not_null())
                .foreign_key(&mut references("user_identity", "user_id", "user"))
                .take(),
            [unique("user_identity", &["provider", "subject"]), unique("user_identity", &["user_id", "provider"])],
        )
        .await?;
        add_column(manager, "user", columns.moment("closed_at")).await
    }
}
