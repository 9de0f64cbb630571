//! Second factors and their recovery codes.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, col, create, references, table, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        create(
            manager,
            table("user_totp", columns)
                .col(col("user_id").big_integer().not_null().unique_key())
                .col(col("sealed_secret").text().not_null())
                .col(col("is_confirmed").boolean().not_null().default(false))
                .col(col("last_step").big_integer().not_null().default(0))
                .foreign_key(&mut references("user_totp", "user_id", "user"))
                .take(),
            [],
        )
        .await?;
        create(
            manager,
            table("user_recovery_code", columns)
                .col(col("user_id").big_integer().not_null())
                .col(columns.exact("code_hash", 64).not_null())
                .col(columns.moment("used_at"))
                .foreign_key(&mut references("user_recovery_code", "user_id", "user"))
                .take(),
            [unique("user_recovery_code", &["user_id", "code_hash"])],
        )
        .await
    }
}
