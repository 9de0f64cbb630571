//! Writes.

use std::sync::Arc;

use async_trait::async_trait;
use ef_domain::announce::{AnnouncementRepository, Delivery, Swept};
use ef_domain::shared::{AnnouncementId, FailureKind, PortFailure, Timestamp, UserId, Vault};
use sea_orm::FromQueryResult;

use crate::connect::Database;
use crate::failure::bounded;
use crate::sql::{moment, one};
use crate::sweep::{sweep, sweep_found};
use crate::tx::{self, TxFailure};

use super::deliver::Delivering;

const DELIVERING: &str = "turning events into announcements";
const SWEEPING: &str = "sweeping announcements";
const MARKING: &str = "marking announcements as read";

/// Announcements in MySQL or SQLite.
pub struct SqlAnnouncementRepository {
    database: Database,
    vault: Arc<dyn Vault>,
}

impl SqlAnnouncementRepository {
    /// A repository over the database; the vault seals what letters about orders say.
    pub fn new(database: Database, vault: Arc<dyn Vault>) -> Self {
        Self { database, vault }
    }

    /// Whether anything waits. Mostly nothing does, and finding that out takes no lock.
    async fn is_waiting(&self) -> Result<bool, PortFailure> {
        let sql = "SELECT id FROM outbox WHERE delivered_at IS NULL ORDER BY id LIMIT 1";
        let first: Option<Waiting> = bounded(DELIVERING, one(self.database.reader(), sql, [])).await?;
        Ok(first.is_some_and(|event| event.id > 0))
    }
}

#[derive(FromQueryResult)]
struct Waiting {
    id: i64,
}

#[async_trait]
impl AnnouncementRepository for SqlAnnouncementRepository {
    async fn deliver(&self, limit: u32, now: Timestamp) -> Result<Delivery, PortFailure> {
        if !self.is_waiting().await? {
            return Ok(Delivery::default());
        }
        let work = Delivering { vault: self.vault.as_ref(), limit, now };
        match tx::run(&self.database, DELIVERING, &work).await {
            Ok(delivery) => Ok(delivery),
            // Stored or not, nothing is lost: what is not is delivered by the next call, what is, is seen by whoever looks.
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
            Err(TxFailure::Refused(())) => Err(PortFailure::new(FailureKind::Corrupt, DELIVERING, "nothing refuses")),
        }
    }

    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<Swept, PortFailure> {
        // Ids grow with time: only the first rows are looked at, however many there are.
        let oldest = format!("SELECT id, created_at FROM notification ORDER BY id LIMIT {limit}");
        let old = format!(
            "SELECT o.id FROM ({oldest}) o WHERE o.created_at < ? AND o.id < (SELECT MAX(id) FROM notification)"
        );
        let announcements = sweep_found(&self.database, SWEEPING, "notification", &old, [moment(before)]).await?;
        let which = "delivered_at < ? ORDER BY delivered_at, id";
        let events = sweep(&self.database, SWEEPING, "outbox", which, [moment(before)], limit).await?;
        Ok(Swept { announcements, events })
    }

    async fn mark_read(&self, user: UserId, id: AnnouncementId, now: Timestamp) -> Result<bool, PortFailure> {
        let sql = "UPDATE notification SET read_at = COALESCE(read_at, ?), updated_at = ? WHERE id = ? AND user_id = ?";
        let values = [moment(now), moment(now), id.get().into(), user.get().into()];
        Ok(tx::write(&self.database, MARKING, sql, values).await? == 1)
    }

    async fn mark_all_read(&self, user: UserId, now: Timestamp) -> Result<u64, PortFailure> {
        let sql = "UPDATE notification SET read_at = ?, updated_at = ? WHERE user_id = ? AND read_at IS NULL";
        tx::write(&self.database, MARKING, sql, [moment(now), moment(now), user.get().into()]).await
    }
}
