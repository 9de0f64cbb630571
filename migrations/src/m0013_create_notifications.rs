//! What shoppers are told live, and whose turn it is to tell.

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
            table("notification", columns)
                .col(col("outbox_id").big_integer().not_null())
                .col(col("user_id").big_integer().not_null())
                .col(col("order_id").big_integer().not_null())
                .col(col("order_number").big_integer().not_null())
                .col(col("kind").string_len(40).not_null())
                .col(col("witnessed").boolean().not_null().default(false))
                .col(columns.moment("due_at"))
                .col(columns.moment("happened_at").not_null().take())
                .col(columns.moment("read_at"))
                .take(),
            // An event is announced once; somebody's announcements in their order; those that he has not read.
            [
                unique("notification", &["outbox_id"]),
                index("notification", &["user_id", "id"]),
                index("notification", &["user_id", "read_at"]),
            ],
        )
        .await?;
        // Its one row is locked by whoever turns events into notifications: ids appear in their order.
        create(manager, table("notification_turn", columns).take(), []).await?;
        manager
            .get_connection()
            .execute_unprepared(
                "INSERT INTO notification_turn (id, created_at, updated_at) \
                 SELECT 1, '2026-01-01 00:00:00.000', '2026-01-01 00:00:00.000' \
                 WHERE NOT EXISTS (SELECT id FROM notification_turn)",
            )
            .await?;
        Ok(())
    }
}
