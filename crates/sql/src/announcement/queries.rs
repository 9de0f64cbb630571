//! Reads.

use async_trait::async_trait;
use ef_domain::announce::{Announcement, AnnouncementQueries, Tail};
use ef_domain::shared::{AnnouncementId, Page, PageRequest, PortFailure, UserId};
use sea_orm::{FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::{bounded, corrupt};
use crate::sql::{all, one};

use super::row::{COLUMNS, NotificationRow, announcement};

const READING: &str = "reading announcements";

/// Announcement pages from MySQL or SQLite.
pub struct SqlAnnouncementQueries {
    database: Database,
}

#[derive(FromQueryResult)]
struct Number {
    number: i64,
}

impl SqlAnnouncementQueries {
    /// Queries over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    async fn count(&self, sql: &str, user: UserId) -> Result<u64, PortFailure> {
        let row: Option<Number> = bounded(READING, one(self.database.reader(), sql, [user.get().into()])).await?;
        let number = row.map_or(0, |row| row.number);
        u64::try_from(number).map_err(|error| corrupt(READING, error))
    }

    async fn rows(&self, tail: &str, values: Vec<Value>) -> Result<Vec<NotificationRow>, PortFailure> {
        let sql = format!("SELECT {COLUMNS} FROM notification {tail}");
        bounded(READING, all(self.database.reader(), &sql, values)).await
    }
}

/// The rows that can be read. One that cannot is an alarm.
fn readable(rows: &[NotificationRow]) -> Vec<Announcement> {
    let read = |row: &NotificationRow| match announcement(row, READING) {
        Ok(announcement) => Some(announcement),
        Err(failure) => {
            tracing::error!(notification = row.id, error = failure.chain(), "a notification cannot be read");
            None
        }
    };
    rows.iter().filter_map(read).collect()
}

#[async_trait]
impl AnnouncementQueries for SqlAnnouncementQueries {
    async fn page(&self, user: UserId, page: PageRequest) -> Result<Page<Announcement>, PortFailure> {
        let total = self.count("SELECT COUNT(*) AS number FROM notification WHERE user_id = ?", user).await?;
        if page.offset() >= total {
            return Ok(Page { rows: Vec::new(), request: page, total });
        }
        let tail = "WHERE user_id = ? ORDER BY id DESC LIMIT ? OFFSET ?";
        let rows = self.rows(tail, vec![user.get().into(), page.size().into(), page.offset().into()]).await?;
        Ok(Page { rows: readable(&rows), request: page, total })
    }

    async fn unread(&self, user: UserId) -> Result<u64, PortFailure> {
        self.count("SELECT COUNT(*) AS number FROM notification WHERE user_id = ? AND read_at IS NULL", user).await
    }

    async fn missed(&self, user: UserId, after: AnnouncementId, limit: u32) -> Result<Vec<Announcement>, PortFailure> {
        let tail = "WHERE user_id = ? AND id > ? ORDER BY id DESC LIMIT ?";
        let mut rows = self.rows(tail, vec![user.get().into(), after.get().into(), limit.into()]).await?;
        rows.reverse();
        Ok(readable(&rows))
    }

    async fn after(&self, after: AnnouncementId, limit: u32) -> Result<Tail, PortFailure> {
        let rows = self.rows("WHERE id > ? ORDER BY id LIMIT ?", vec![after.get().into(), limit.into()]).await?;
        let up_to = rows.last().map(|row| AnnouncementId::new(row.id));
        Ok(Tail { announcements: readable(&rows), up_to })
    }

    async fn newest(&self) -> Result<Option<AnnouncementId>, PortFailure> {
        let sql = "SELECT id AS number FROM notification ORDER BY id DESC LIMIT 1";
        let row: Option<Number> = bounded(READING, one(self.database.reader(), sql, [])).await?;
        Ok(row.map(|row| AnnouncementId::new(row.number)))
    }
}
