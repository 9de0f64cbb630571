//! Addresses that get no mail any more.

use async_trait::async_trait;
use ef_domain::account::Email;
use ef_domain::notice::{NoticeId, SuppressionList, SuppressionReason};
use ef_domain::shared::{PortFailure, Timestamp};
use sea_orm::{DatabaseBackend, DatabaseTransaction, Value};

use crate::connect::Database;
use crate::failure::is_duplicate_of;
use crate::sql::{execute, moment};
use crate::tx::{self, Stop, TxFailure, Work};

const TAKING: &str = "suppressing addresses";

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
