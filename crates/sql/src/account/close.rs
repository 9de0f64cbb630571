//! The transaction that closes an account.

use async_trait::async_trait;
use ef_domain::notice::NewMail;
use ef_domain::shared::{Role, UserId, Vault};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::mail;
use crate::sql::{all, execute, marks, moment};
use crate::tx::{Stop, Work};

/// What its owner is called in the orders that stay.
const NOBODY: &str = "탈퇴한 회원";

/// What was asked for under a key.
const KEYS: &str = "request_key";
/// Tables whose rows are gone with the account. What the law wants kept, orders and payments, is not among them.
const PERSONAL: [&str; 7] =
    ["user_identity", "user_totp", "user_recovery_code", "user_address", "cart_items", "notification", KEYS];

/// An account that is being closed.
pub(super) struct Closing<'a> {
    pub(super) user: UserId,
    pub(super) mail: &'a NewMail,
    pub(super) vault: &'a dyn Vault,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

#[async_trait]
impl Work for Closing<'_> {
    type Output = ();
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<()>> {
        let now = moment(self.mail.queued_at);
        // Keys before the account's row: a request under a key locks the key first and then, by the foreign key of what
        // it inserts, the account. Those that are claimed in between go with the rest.
        self.erase(tx, KEYS).await?;
        // The account's row next, as everywhere: what comes to the account meanwhile waits, and then finds it closed.
        let sql = "UPDATE user SET email = ?, name = ?, password = NULL, phone = NULL, birth_date = NULL, \
             address = NULL, role = ?, session_epoch = session_epoch + 1, closed_at = ?, updated_at = ? \
             WHERE id = ? AND closed_at IS NULL";
        let values = [
            nobodys_email(self.user).into(),
            NOBODY.into(),
            Role::User.name().into(),
            now.clone(),
            now.clone(),
            self.user.get().into(),
        ];
        if execute(tx, sql, values).await?.rows_affected() == 0 {
            return Err(Stop::Refused(()));
        }
        for table in PERSONAL {
            self.erase(tx, table).await?;
        }
        self.lapse_queued(tx, now).await?;
        mail::write(tx, self.vault, self.mail).await?;
        Ok(())
    }
}

impl Closing<'_> {
    /// What is this person's in that table.
    async fn erase(&self, tx: &DatabaseTransaction, table: &str) -> Result<(), DbErr> {
        execute(tx, &format!("DELETE FROM {table} WHERE user_id = ?"), [self.user.get().into()]).await.map(|_| ())
    }

    /// Mails that still wait for this person are of no use to him any more.
    async fn lapse_queued(&self, tx: &DatabaseTransaction, now: Value) -> Result<(), DbErr> {
        // Read first and then named: an update that looked for them would wait for every mail that is being sent.
        let sql = "SELECT id FROM mail_outbox WHERE state IN ('QUEUED', 'PARKED') AND (user_id = ? OR recipient = ?)";
        let values = [self.user.get().into(), self.mail.to.as_str().into()];
        let queued: Vec<IdRow> = all(tx, sql, values).await?;
        if queued.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "UPDATE mail_outbox SET state = 'LAPSED', recipient = '', payload = '', settled_at = ?, updated_at = ? \
             WHERE state IN ('QUEUED', 'PARKED') AND id IN ({})",
            marks(queued.len())
        );
        let ids = queued.into_iter().map(|row| Value::from(row.id));
        execute(tx, &sql, [now.clone(), now].into_iter().chain(ids)).await?;
        Ok(())
    }
}

/// A text that is unique and no address: nobody can sign up with it.
fn nobodys_email(user: UserId) -> String {
    format!("closed-{user}@invalid")
}

#[cfg(test)]
mod tests {
    use ef_domain::account::Email;

    use super::*;

    #[test]
    fn nobody_can_sign_up_with_the_email_of_a_closed_account() {
        assert!(Email::parse(&nobodys_email(UserId::new(7))).is_err());
        assert_ne!(nobodys_email(UserId::new(7)), nobodys_email(UserId::new(8)));
    }
}
