//! The outbox as its deliverer and its administrators see it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ef_domain::account::Email;
use ef_domain::notice::{Claim, LeasedMail, MailOutbox, MailOutcome, ParkedMail, SweepBefore};
use ef_domain::shared::{MailId, Page, PageRequest, PortFailure, Timestamp, Vault};
use sea_orm::{FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::{bounded, corrupt};
use crate::sql::{all, moment, one};
use crate::sweep::sweep;
use crate::tx::{self, TxFailure};

use super::claim::{Claimed, Claiming, DueRow, Ended};

const CLAIMING: &str = "claiming mails";
const SETTLING: &str = "settling a mail";
const LISTING: &str = "listing parked mails";
const REQUEUEING: &str = "queueing a parked mail again";
const DISCARDING: &str = "discarding a parked mail";
const SWEEPING: &str = "sweeping settled mails";

/// How a mail ends for good, other than by being discarded.
const ENDS: [&str; 3] = ["SENT", "LAPSED", "SUPPRESSED"];

/// The most characters of a reason that are kept.
pub(super) const LONGEST_REASON: usize = 500;

/// Mails in MySQL or SQLite.
pub struct SqlMailOutbox {
    database: Database,
    vault: Arc<dyn Vault>,
}

impl SqlMailOutbox {
    /// The outbox in the database; the vault opens what the letters say.
    pub fn new(database: Database, vault: Arc<dyn Vault>) -> Self {
        Self { database, vault }
    }
}

#[derive(FromQueryResult)]
struct ParkedRow {
    id: i64,
    recipient: String,
    letter: String,
    attempts: i32,
    reason: Option<String>,
    created_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
    lapses_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
pub(super) struct CountRow {
    pub(super) total: i64,
}

fn parked_mail(row: ParkedRow) -> Result<ParkedMail, PortFailure> {
    let parked_at = row.settled_at.ok_or_else(|| corrupt(LISTING, "a parked mail does not say since when"))?;
    Ok(ParkedMail {
        id: MailId::new(row.id),
        to: Email::parse(&row.recipient).map_err(|rule| corrupt(LISTING, rule))?,
        letter: row.letter,
        attempts: u32::try_from(row.attempts).map_err(|error| corrupt(LISTING, error))?,
        reason: row.reason.unwrap_or_default(),
        queued_at: Timestamp::new(row.created_at),
        parked_at: Timestamp::new(parked_at),
        lapses_at: row.lapses_at.map(Timestamp::new),
    })
}

#[async_trait]
impl MailOutbox for SqlMailOutbox {
    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Claim, PortFailure> {
        // Most looks find nothing, and those take no lock.
        let due = bounded(CLAIMING, DueRow::find(self.database.reader(), now, limit)).await?;
        if due.is_empty() {
            return Ok(Claim::default());
        }
        let work = Claiming { vault: self.vault.as_ref(), due: &due, now, lease_ends_at: now.after(lease) };
        match tx::run(&self.database, CLAIMING, &work).await {
            Ok(Claimed { mails, ended }) => {
                ended.iter().for_each(Ended::log);
                Ok(Claim { due: due.len(), mails })
            }
            // If it was stored after all, the leases end without a sender and the mails come back.
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
            Err(TxFailure::Refused(never)) => match never {},
        }
    }

    async fn settle(&self, mail: &LeasedMail, outcome: &MailOutcome, now: Timestamp) -> Result<bool, PortFailure> {
        let (change, mut values): (&str, Vec<Value>) = match outcome {
            MailOutcome::Sent(id) => (
                "state = 'SENT', recipient = '', payload = '', reason = NULL, message_id = ?, settled_at = ?",
                vec![id.as_str().into(), moment(now)],
            ),
            MailOutcome::Lapsed => {
                ("state = 'LAPSED', recipient = '', payload = '', settled_at = ?", vec![moment(now)])
            }
            MailOutcome::Parked { reason } => {
                ("state = 'PARKED', reason = ?, settled_at = ?", vec![cut(reason), moment(now)])
            }
            MailOutcome::Retry { at, counts: true, reason } => {
                ("next_attempt_at = ?, reason = ?", vec![moment(*at), cut(reason)])
            }
            MailOutcome::Retry { at, counts: false, reason } => {
                ("attempts = attempts - 1, next_attempt_at = ?, reason = ?", vec![moment(*at), cut(reason)])
            }
        };
        // The number of tries alone is no name of a lease: a try that did not count gives its number back. Together
        // with the lease's end it is.
        let sql = format!(
            "UPDATE mail_outbox SET updated_at = ?, {change} \
             WHERE id = ? AND state = 'QUEUED' AND next_attempt_at = ? AND attempts = ?"
        );
        values.insert(0, moment(now));
        values.extend([mail.mail.id.get().into(), moment(mail.lease_ends_at), mail.attempt.into()]);
        Ok(tx::write(&self.database, SETTLING, &sql, values).await? == 1)
    }

    async fn parked(&self, page: PageRequest) -> Result<Page<ParkedMail>, PortFailure> {
        let reader = self.database.reader();
        let count = one::<CountRow>(reader, "SELECT COUNT(*) AS total FROM mail_outbox WHERE state = 'PARKED'", []);
        let total = bounded(LISTING, count).await?.map_or(0, |row| row.total);
        let sql = format!(
            "SELECT id, recipient, letter, attempts, reason, created_at, settled_at, lapses_at FROM mail_outbox \
             WHERE state = 'PARKED' ORDER BY next_attempt_at DESC, id DESC LIMIT {} OFFSET {}",
            page.size(),
            page.offset()
        );
        let rows = bounded(LISTING, all::<ParkedRow>(reader, &sql, [])).await?;
        let rows = rows.into_iter().map(parked_mail).collect::<Result<_, _>>()?;
        let total = u64::try_from(total).map_err(|error| corrupt(LISTING, error))?;
        Ok(Page { rows, request: page, total })
    }

    async fn requeue(&self, mail: MailId, now: Timestamp) -> Result<bool, PortFailure> {
        let sql = "UPDATE mail_outbox SET state = 'QUEUED', attempts = 0, next_attempt_at = ?, reason = NULL, \
                   settled_at = NULL, updated_at = ? WHERE id = ? AND state = 'PARKED'";
        let values = [moment(now), moment(now), mail.get().into()];
        Ok(tx::write(&self.database, REQUEUEING, sql, values).await? == 1)
    }

    async fn discard(&self, mail: MailId, now: Timestamp) -> Result<bool, PortFailure> {
        let sql = "UPDATE mail_outbox SET state = 'DISCARDED', recipient = '', payload = '', settled_at = ?, updated_at = ? \
                   WHERE id = ? AND state = 'PARKED'";
        let values = [moment(now), moment(now), mail.get().into()];
        Ok(tx::write(&self.database, DISCARDING, sql, values).await? == 1)
    }

    async fn sweep(&self, before: SweepBefore, limit: u32) -> Result<u64, PortFailure> {
        let mut swept = 0;
        let ends = ENDS.map(|state| (state, before.settled));
        for (state, before) in ends.into_iter().chain([("DISCARDED", before.discarded)]) {
            // The index knows when a mail was due, which is about when it was settled.
            let which =
                format!("state = '{state}' AND next_attempt_at < ? AND settled_at < ? ORDER BY next_attempt_at");
            let values = [moment(before), moment(before)];
            swept += sweep(&self.database, SWEEPING, "mail_outbox", &which, values, limit).await?;
        }
        Ok(swept)
    }
}

/// A reason that fits its column.
pub(super) fn cut(reason: &str) -> Value {
    reason.chars().take(LONGEST_REASON).collect::<String>().into()
}
