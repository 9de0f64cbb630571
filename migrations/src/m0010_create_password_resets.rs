//! Password resets under way: one row for each address that asked, whether it has an account or not.

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
            table("password_reset", columns)
                .col(columns.exact("email_hash", 64).not_null().unique_key())
                .col(col("user_id").big_integer())
                .col(columns.exact("code_hash", 64))
                .col(col("tries").integer().not_null().default(0))
                .col(columns.moment("code_expires_at"))
                .col(columns.exact("token_hash", 64).unique_key())
                .col(columns.moment("token_expires_at"))
                .col(col("token_epoch").big_integer())
                .take(),
            [index("password_reset", &["updated_at"])],
        )
        .await
    }
}
