//! Accounts and their addresses.

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
            table("user", columns)
                .col(columns.exact("email", 254).not_null().unique_key())
                .col(columns.exact("password", 255))
                .col(col("name").string_len(100).not_null())
                .col(columns.exact("phone", 20).unique_key())
                .col(col("role").string_len(20).not_null())
                .col(col("provider").string_len(20).not_null())
                .col(col("birth_date").date())
                .col(col("address").string_len(500))
                .col(col("session_epoch").big_integer().not_null().default(0))
                .check(Expr::col("role").is_in(["USER", "ADMIN"]))
                .take(),
            [],
        )
        .await?;
        create(
            manager,
            table("user_address", columns)
                .col(col("user_id").big_integer().not_null())
                .col(col("recipient_name").string_len(100).not_null())
                .col(col("phone").string_len(20))
                .col(col("postal_code").string_len(10).not_null())
                .col(col("address_line1").string_len(500).not_null())
                .col(col("address_line2").string_len(500))
                .col(col("is_default").boolean().not_null().default(false))
                .foreign_key(&mut references("user_address", "user_id", "user"))
                .take(),
            [index("user_address", &["user_id"])],
        )
        .await?;
        Ok(())
    }
}
