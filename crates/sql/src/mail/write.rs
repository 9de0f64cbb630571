//! Putting a mail into the outbox.

use ef_domain::notice::NewMail;
use ef_domain::shared::{Purpose, Timestamp, Vault};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, DbErr, EntityTrait};

use crate::entity::mail_outbox;

use super::letter::to_json;

/// Queues the mail with the transaction. A letter may hold a code, so it is sealed: whoever reads the table learns
/// whom the shop is about to write to, and not what.
pub(crate) async fn write(tx: &DatabaseTransaction, vault: &dyn Vault, mail: &NewMail) -> Result<(), DbErr> {
    insert(tx, row(mail, sealed(vault, mail))).await
}

fn sealed(vault: &dyn Vault, mail: &NewMail) -> String {
    vault.seal(Purpose::Letter, to_json(&mail.letter).to_string().as_bytes())
}

/// Queues them in one statement; nothing where there is none.
pub(crate) async fn write_all(tx: &DatabaseTransaction, vault: &dyn Vault, mails: &[NewMail]) -> Result<(), DbErr> {
    if mails.is_empty() {
        return Ok(());
    }
    let rows = mails.iter().map(|mail| row(mail, sealed(vault, mail)));
    mail_outbox::Entity::insert_many(rows).exec_without_returning(tx).await.map(|_| ())
}

/// Writes the row of a mail that nobody gets, so that asking for somebody who does not exist costs what asking for
/// anybody else does.
pub(crate) async fn write_discarded(tx: &DatabaseTransaction, mail: &NewMail) -> Result<(), DbErr> {
    let settled = mail_outbox::ActiveModel {
        recipient: Set(String::new()),
        state: Set("DISCARDED".to_owned()),
        settled_at: Set(Some(mail.queued_at.to_utc())),
        ..row(mail, String::new())
    };
    insert(tx, settled).await
}

fn row(mail: &NewMail, payload: String) -> mail_outbox::ActiveModel {
    let now = mail.queued_at.to_utc();
    mail_outbox::ActiveModel {
        recipient: Set(mail.to.as_str().to_owned()),
        user_id: Set(mail.user.map(ef_domain::shared::UserId::get)),
        letter: Set(mail.letter.kind().to_owned()),
        payload: Set(payload),
        state: Set("QUEUED".to_owned()),
        attempts: Set(0),
        next_attempt_at: Set(now),
        lapses_at: Set(mail.lapses_at.map(Timestamp::to_utc)),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    }
}

async fn insert(tx: &DatabaseTransaction, row: mail_outbox::ActiveModel) -> Result<(), DbErr> {
    mail_outbox::Entity::insert(row).exec_without_returning(tx).await.map(|_| ())
}
