//! Taking due mails, one sender each.

use std::convert::Infallible;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ef_domain::account::Email;
use ef_domain::notice::{LeasedMail, Letter, Mail};
use ef_domain::shared::{MailId, Purpose, Timestamp, Vault};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::sql::{all, execute, moment};
use crate::tx::{Stop, Work};

use super::letter::from_json;
use super::outbox::cut;

/// The letter that a closed account still gets.
const FAREWELL: &str = "ACCOUNT_CLOSED";

/// A mail that was due when somebody looked.
#[derive(FromQueryResult)]
pub(super) struct DueRow {
    id: i64,
    recipient: String,
    letter: String,
    payload: String,
    attempts: i32,
    lapses_at: Option<DateTime<Utc>>,
    /// Why its address gets no mail any more, if that is so.
    suppressed: Option<String>,
    /// When the account that it is about was closed, if it was.
    closed_at: Option<DateTime<Utc>>,
}

impl DueRow {
    /// The longest waiting. The index over state and moment gives them in this order.
    pub(super) async fn find(on: &impl ConnectionTrait, now: Timestamp, limit: u32) -> Result<Vec<Self>, DbErr> {
        let sql = format!(
            "SELECT m.id, m.recipient, m.letter, m.payload, m.attempts, m.lapses_at, s.reason AS suppressed, \
             (SELECT u.closed_at FROM user u WHERE u.id = m.user_id) AS closed_at \
             FROM mail_outbox m LEFT JOIN mail_suppression s ON s.email = m.recipient \
             WHERE m.state = 'QUEUED' AND m.next_attempt_at <= ? ORDER BY m.next_attempt_at, m.id LIMIT {limit}"
        );
        all(on, &sql, [moment(now)]).await
    }

    /// Whether its reader is gone. Closing an account ends the mails that wait for it, but not one that another
    /// transaction was just queueing; the farewell is the last one.
    fn is_to_nobody(&self) -> bool {
        self.closed_at.is_some() && self.letter != FAREWELL
    }

    fn open(&self, vault: &dyn Vault) -> Option<(Email, Letter)> {
        let plain = vault.open(Purpose::Letter, &self.payload)?;
        let letter = from_json(&self.letter, &serde_json::from_slice(&plain).ok()?)?;
        Some((Email::parse(&self.recipient).ok()?, letter))
    }
}

/// What a claim came to, if it is committed.
#[derive(Default)]
pub(super) struct Claimed {
    pub(super) mails: Vec<LeasedMail>,
    pub(super) ended: Vec<Ended>,
}

/// A mail that nobody is to get.
pub(super) struct Ended {
    id: i64,
    letter: String,
    end: End,
}

enum End {
    Suppressed,
    Lapsed,
    Unreadable,
}

impl Ended {
    /// For after the commit: until then another sender may be the one that ends it.
    pub(super) fn log(&self) {
        let Self { id: mail, letter, end } = self;
        match end {
            End::Suppressed => tracing::warn!(mail, letter, "mail not sent, its address is suppressed"),
            End::Lapsed => tracing::warn!(mail, letter, "mail not sent in time, nobody needs it any more"),
            End::Unreadable => {
                tracing::error!(mail, letter, "mail given up, it cannot be opened with the keys in use");
            }
        }
    }
}

/// Takes due mails in one transaction, or ends those that nobody is to get.
pub(super) struct Claiming<'a> {
    pub(super) vault: &'a dyn Vault,
    pub(super) due: &'a [DueRow],
    pub(super) now: Timestamp,
    pub(super) lease_ends_at: Timestamp,
}

#[async_trait]
impl Work for Claiming<'_> {
    type Output = Claimed;
    type Refusal = Infallible;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<Claimed, Stop<Infallible>> {
        // Two senders that see the same rows take them in the same order, so that neither waits for the other's.
        let mut due: Vec<&DueRow> = self.due.iter().collect();
        due.sort_unstable_by_key(|row| row.id);
        let mut claimed = Claimed::default();
        for row in due {
            self.take(tx, row, &mut claimed).await?;
        }
        Ok(claimed)
    }
}

impl Claiming<'_> {
    async fn take(&self, tx: &DatabaseTransaction, row: &DueRow, claimed: &mut Claimed) -> Result<(), DbErr> {
        let lapses_at = row.lapses_at.map(Timestamp::new);
        if let Some(reason) = &row.suppressed {
            let change = "state = 'SUPPRESSED', recipient = '', payload = '', reason = ?, settled_at = ?";
            let values = vec![cut(reason), moment(self.now)];
            claimed.ended.extend(self.end(tx, row, End::Suppressed, change, values).await?);
            return Ok(());
        }
        if row.is_to_nobody() || lapses_at.is_some_and(|at| at <= self.now) {
            let change = "state = 'LAPSED', recipient = '', payload = '', settled_at = ?";
            claimed.ended.extend(self.end(tx, row, End::Lapsed, change, vec![moment(self.now)]).await?);
            return Ok(());
        }
        let Some((to, letter)) = row.open(self.vault) else {
            let change = "state = 'PARKED', reason = ?, settled_at = ?";
            let values = vec![cut("it cannot be opened with the keys in use"), moment(self.now)];
            claimed.ended.extend(self.end(tx, row, End::Unreadable, change, values).await?);
            return Ok(());
        };
        let change = "attempts = attempts + 1, next_attempt_at = ?";
        let is_ours = self.write(tx, row, change, vec![moment(self.lease_ends_at)]).await?;
        claimed.mails.extend(is_ours.then(|| LeasedMail {
            mail: Mail { id: MailId::new(row.id), to, letter },
            attempt: u32::try_from(row.attempts).unwrap_or(u32::MAX).saturating_add(1),
            lease_ends_at: self.lease_ends_at,
            lapses_at,
        }));
        Ok(())
    }

    /// Ends the mail; nothing where another sender was faster.
    async fn end(
        &self,
        tx: &DatabaseTransaction,
        row: &DueRow,
        end: End,
        change: &str,
        values: Vec<Value>,
    ) -> Result<Option<Ended>, DbErr> {
        let is_ours = self.write(tx, row, change, values).await?;
        Ok(is_ours.then(|| Ended { id: row.id, letter: row.letter.clone(), end }))
    }

    /// Changes the row if it still is as it was when it was due. Of two senders that saw it, the slower one finds it
    /// taken: not due any more.
    async fn write(
        &self,
        tx: &DatabaseTransaction,
        row: &DueRow,
        change: &str,
        values: Vec<Value>,
    ) -> Result<bool, DbErr> {
        let sql = format!(
            "UPDATE mail_outbox SET updated_at = ?, {change} \
             WHERE id = ? AND state = 'QUEUED' AND attempts = ? AND next_attempt_at <= ?"
        );
        let guard: [Value; 3] = [row.id.into(), row.attempts.into(), moment(self.now)];
        let values = std::iter::once(moment(self.now)).chain(values).chain(guard);
        Ok(execute(tx, &sql, values).await?.rows_affected() == 1)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use ef_migrations::Migrator;
    use sea_orm_migration::MigratorTrait;

    use crate::connect::{DatabaseOptions, connect};
    use crate::tx;

    use super::*;

    /// Opens nothing but what is `open`.
    struct StubbornVault;

    impl Vault for StubbornVault {
        fn seal(&self, _: Purpose, plain: &[u8]) -> String {
            String::from_utf8_lossy(plain).into_owned()
        }

        fn open(&self, _: Purpose, sealed: &str) -> Option<Vec<u8>> {
            (sealed == "open").then(|| br#"{ "at": 0 }"#.to_vec())
        }
    }

    #[tokio::test]
    async fn of_two_senders_that_saw_the_same_mails_one_ends_and_takes_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("mail.db").display());
        let database = connect(&DatabaseOptions::new(url)).await.expect("a database");
        Migrator::up(database.writer(), None).await.expect("a schema");
        let now = Timestamp::from_millis(1_790_000_000_000).expect("within the calendar");
        for (recipient, payload, lapses_at) in [
            ("a@shop.kr", "open", None),
            ("b@shop.kr", "open", Some(now)),
            ("c@shop.kr", "broken", None),
            ("d@shop.kr", "open", None),
        ] {
            let sql = "INSERT INTO mail_outbox (recipient, letter, payload, state, next_attempt_at, lapses_at, created_at, \
                       updated_at) VALUES (?, 'PASSWORD_CHANGED', ?, 'QUEUED', ?, ?, ?, ?)";
            let lapses_at = crate::sql::moment_or_null(lapses_at);
            let values = [recipient.into(), payload.into(), moment(now), lapses_at, moment(now), moment(now)];
            execute(database.writer(), sql, values).await.expect("a mail");
        }
        let sql =
            "INSERT INTO mail_suppression (email, reason, created_at, updated_at) VALUES ('a@shop.kr', 'BOUNCE', ?, ?)";
        execute(database.writer(), sql, [moment(now), moment(now)]).await.expect("a suppression");

        let due = DueRow::find(database.reader(), now, 10).await.expect("due mails");
        let vault: Arc<dyn Vault> = Arc::new(StubbornVault);
        let lease_ends_at = now.after(Duration::from_secs(90));
        let claiming = Claiming { vault: vault.as_ref(), due: &due, now, lease_ends_at };
        let mut came_to = Vec::new();
        for _ in 0..2 {
            let Ok(claimed) = tx::run(&database, "claiming", &claiming).await else { panic!("mails can be claimed") };
            came_to.push((claimed.mails.len(), claimed.ended.len()));
        }
        assert_eq!(came_to, [(1, 3), (0, 0)], "whoever came second has nothing to tell");
    }
}
