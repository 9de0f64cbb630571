//! Keys under which clients ask for something once, and what they were answered.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, col, create, index, table, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        create(
            manager,
            table("request_key", columns)
                .col(col("user_id").big_integer().not_null())
                .col(columns.exact("operation", 20).not_null())
                .col(columns.exact("key_hash", 64).not_null())
                .col(columns.exact("fingerprint", 64).not_null())
                .col(columns.exact("token", 64).not_null())
                .col(columns.moment("lease_ends_at").not_null().take())
                .col(columns.moment("done_at"))
                .col(col("order_number").big_integer())
                .col(col("answer_status").integer())
                // An order of a hundred lines does not fit into the 64 KiB of MySQL's TEXT.
                .col(col("answer_body").custom(Alias::new("MEDIUMTEXT")))
                .take(),
            // A key means one request of one account to one operation; the oldest are forgotten first.
            [unique("request_key", &["user_id", "operation", "key_hash"]), index("request_key", &["created_at"])],
        )
        .await
    }
}
