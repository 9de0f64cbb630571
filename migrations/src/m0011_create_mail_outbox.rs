//! Mails on their way out, addresses that get none any more, and the notices that said so.

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
            table("mail_outbox", columns)
                .col(columns.exact("recipient", 254).not_null())
                .col(col("user_id").big_integer())
                .col(col("letter").string_len(40).not_null())
                // Sealed; emptied once the mail needs it no more.
                .col(col("payload").text().not_null())
                .col(col("state").string_len(20).not_null())
                .col(col("attempts").integer().not_null().default(0))
                .col(columns.moment("next_attempt_at").not_null())
                .col(columns.moment("lapses_at"))
                .col(columns.moment("settled_at"))
                .col(columns.exact("message_id", 100))
                .col(col("reason").string_len(500))
                .check(Expr::col("state").is_in(["QUEUED", "SENT", "PARKED", "LAPSED", "SUPPRESSED", "DISCARDED"]))
                .take(),
            [index("mail_outbox", &["state", "next_attempt_at"]), index("mail_outbox", &["message_id"])],
        )
        .await?;
        create(
            manager,
            table("mail_suppression", columns)
                .col(columns.exact("email", 254).not_null().unique_key())
                .col(col("reason").string_len(40).not_null())
                .take(),
            [],
        )
        .await?;
        create(
            manager,
            table("mail_feedback", columns).col(columns.exact("notice_id", 100).not_null().unique_key()).take(),
            [index("mail_feedback", &["created_at"])],
        )
        .await
    }
}
