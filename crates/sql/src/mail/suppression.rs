//! Addresses that get no mail any more.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ef_domain::account::Email;
use ef_domain::notice::{NoticeId, Suppression, SuppressionList, SuppressionReason};
use ef_domain::shared::{Page, PageRequest, PortFailure, SuppressionId, Timestamp};
use sea_orm::{DatabaseBackend, DatabaseTransaction, FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::{bounded, corrupt, is_duplicate_of};
use crate::sql::{all, execute, moment, one};
use crate::sweep::sweep;
use crate::tx::{self, Stop, TxFailure, Work};

use super::outbox::CountRow;

const TAKING: &str = "suppressing addresses";
const LISTING: &str = "listing suppressed addresses";
const LIFTING: &str = "lifting a suppression";
const FORGETTING: &str = "forgetting old notices";

/// The suppression list in MySQL or SQLite.
pub struct SqlSuppressionList {
    database: Database,
}

impl SqlSuppressionList {
    /// The list in the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[derive(FromQueryResult)]
struct SuppressionRow {
    id: i64,
    email: String,
    reason: String,
    created_at: DateTime<Utc>,
}

fn suppression(row: &SuppressionRow) -> Result<Suppression, PortFailure> {
    let unknown = || corrupt(LISTING, "an address is suppressed for a reason that nobody knows");
    Ok(Suppression {
        id: SuppressionId::new(row.id),
        address: Email::parse(&row.email).map_err(|rule| corrupt(LISTING, rule))?,
        reason: SuppressionReason::parse(&row.reason).ok_or_else(unknown)?,
        since: Timestamp::new(row.created_at),
    })
}

#[async_trait]
impl SuppressionList for SqlSuppressionList {
    async fn take(
        &self,
        notice: &NoticeId,
        addresses: &[Email],
        reason: SuppressionReason,
        now: Timestamp,
    ) -> Result<bool, PortFailure> {
        let mut addresses: Vec<&str> = addresses.iter().map(Email::as_str).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let work = Taking { notice, addresses, reason, now, backend: self.database.backend() };
        match tx::run(&self.database, TAKING, &work).await {
            Ok(()) => Ok(true),
            Err(TxFailure::Refused(KnownNotice)) => Ok(false),
            // The partner sends it again; if it was stored, it is known then.
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
        }
    }

    async fn list(&self, of: Option<Email>, page: PageRequest) -> Result<Page<Suppression>, PortFailure> {
        let reader = self.database.reader();
        let which = if of.is_some() { "WHERE email = ?" } else { "" };
        let values: Vec<Value> = of.iter().map(|address| address.as_str().into()).collect();
        let sql = format!("SELECT COUNT(*) AS total FROM mail_suppression {which}");
        let count = one::<CountRow>(reader, &sql, values.clone());
        let total = bounded(LISTING, count).await?.map_or(0, |row| row.total);
        let sql = format!(
            "SELECT id, email, reason, created_at FROM mail_suppression {which} ORDER BY id DESC LIMIT {} OFFSET {}",
            page.size(),
            page.offset()
        );
        let rows = bounded(LISTING, all::<SuppressionRow>(reader, &sql, values)).await?;
        let rows = rows.iter().map(suppression).collect::<Result<_, _>>()?;
        let total = u64::try_from(total).map_err(|error| corrupt(LISTING, error))?;
        Ok(Page { rows, request: page, total })
    }

    async fn lift(&self, suppression: SuppressionId) -> Result<bool, PortFailure> {
        let sql = "DELETE FROM mail_suppression WHERE id = ?";
        Ok(tx::write(&self.database, LIFTING, sql, [suppression.get().into()]).await? == 1)
    }

    async fn forget_notices(&self, before: Timestamp, limit: u32) -> Result<u64, PortFailure> {
        let which = "created_at < ? ORDER BY created_at";
        sweep(&self.database, FORGETTING, "mail_feedback", which, [moment(before)], limit).await
    }
}

/// The notice was taken before.
struct KnownNotice;

struct Taking<'a> {
    notice: &'a NoticeId,
    /// In ascending order, so that two notices about the same people do not wait for each other.
    addresses: Vec<&'a str>,
    reason: SuppressionReason,
    now: Timestamp,
    backend: DatabaseBackend,
}

#[async_trait]
impl Work for Taking<'_> {
    type Output = ();
    type Refusal = KnownNotice;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<KnownNotice>> {
        let sql = "INSERT INTO mail_feedback (notice_id, created_at, updated_at) VALUES (?, ?, ?)";
        let values = [self.notice.as_str().into(), moment(self.now), moment(self.now)];
        match execute(tx, sql, values).await {
            Ok(_) => {}
            // The unique index is the guard: of two deliveries of one notice the slower one waits here for the faster.
            Err(error) if is_duplicate_of(&error, "notice_id") => return Err(Stop::Refused(KnownNotice)),
            Err(error) => return Err(error.into()),
        }
        if self.addresses.is_empty() {
            return Ok(());
        }
        let row = |address: &&str| -> [Value; 4] {
            [(*address).into(), self.reason.name().into(), moment(self.now), moment(self.now)]
        };
        let marks = vec!["(?, ?, ?, ?)"; self.addresses.len()].join(", ");
        let unless_there = match self.backend {
            DatabaseBackend::MySql => "ON DUPLICATE KEY UPDATE email = mail_suppression.email",
            _ => "ON CONFLICT (email) DO NOTHING",
        };
        let sql = format!(
            "INSERT INTO mail_suppression (email, reason, created_at, updated_at) VALUES {marks} {unless_there}"
        );
        execute(tx, &sql, self.addresses.iter().flat_map(row)).await?;
        Ok(())
    }
}
