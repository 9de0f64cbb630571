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
}

impl DueRow {
    /// The longest waiting. The index over state and moment gives them in this order.
    pub(super) async fn find(on: &impl ConnectionTrait, now: Timestamp, limit: u32) -> Result<Vec<Self>, DbErr> {
        let sql = format!(
            "SELECT m.id, m.recipient, m.letter, m.payload, m.attempts, m.lapses_at, s.reason AS suppressed \
             FROM mail_outbox m LEFT JOIN mail_suppression s ON s.email = m.recipient \
             WHERE m.state = 'QUEUED' AND m.next_attempt_at <= ? ORDER BY m.next_attempt_at, m.id LIMIT {limit}"
        );
        all(on, &sql, [moment(now)]).await
    }

    fn open(&self, vault: &dyn Vault) -> Option<(Email, Letter)> {
        let plain = vault.open(Purpose::Letter, &self.payload)?;
        let letter = from_json(&self.letter, &serde_json::from_slice(&plain).ok()?)?;
        Some((Email::parse(&self.recipient).ok()?, letter))
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
    type Output = Vec<LeasedMail>;
    type Refusal = Infallible;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<Vec<LeasedMail>, Stop<Infallible>> {
        // Two senders that see the same rows take them in the same order, so that neither waits for the other's.
        let mut due: Vec<&DueRow> = self.due.iter().collect();
        due.sort_unstable_by_key(|row| row.id);
        let mut leased = Vec::new();
        for row in due {
            leased.extend(self.take(tx, row).await?);
        }
        Ok(leased)
    }
}

impl Claiming<'_> {
    async fn take(&self, tx: &DatabaseTransaction, row: &DueRow) -> Result<Option<LeasedMail>, DbErr> {
        let lapses_at = row.lapses_at.map(Timestamp::new);
        if let Some(reason) = &row.suppressed {
            let change = "state = 'SUPPRESSED', recipient = '', payload = '', reason = ?, settled_at = ?";
            self.write(tx, row, change, vec![cut(reason), moment(self.now)]).await?;
            tracing::warn!(mail = row.id, letter = row.letter, "mail not sent, its address is suppressed");
            return Ok(None);
        }
        if lapses_at.is_some_and(|at| at <= self.now) {
            let change = "state = 'LAPSED', recipient = '', payload = '', settled_at = ?";
            self.write(tx, row, change, vec![moment(self.now)]).await?;
            tracing::warn!(mail = row.id, letter = row.letter, "mail not sent in time, nobody needs it any more");
            return Ok(None);
        }
        let Some((to, letter)) = row.open(self.vault) else {
            let change = "state = 'PARKED', reason = ?, settled_at = ?";
            let reason = cut("it cannot be opened with the keys in use");
            self.write(tx, row, change, vec![reason, moment(self.now)]).await?;
            tracing::error!(
                mail = row.id,
                letter = row.letter,
                "mail given up, it cannot be opened with the keys in use"
            );
            return Ok(None);
        };
        let change = "attempts = attempts + 1, next_attempt_at = ?";
        let is_ours = self.write(tx, row, change, vec![moment(self.lease_ends_at)]).await?;
        Ok(is_ours.then(|| LeasedMail {
            mail: Mail { id: MailId::new(row.id), to, letter },
            attempt: u32::try_from(row.attempts).unwrap_or(u32::MAX).saturating_add(1),
            lease_ends_at: self.lease_ends_at,
            lapses_at,
        }))
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
