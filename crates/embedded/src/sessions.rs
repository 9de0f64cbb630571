//! Sessions.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use ef_domain::account::{
    Device, Rotation, SESSIONS_OF_ACCOUNT, SessionId, SessionOwner, SessionRecord, SessionStore, SessionSummary,
    TokenHash,
};
use ef_domain::shared::{PortFailure, Timestamp, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, SqlitePool, Transaction};

use crate::file;

/// The table, and its two ways in besides the id: a user's sessions, and the sessions that ran out.
const SCHEMA: &str = include_str!("schema.sql");

/// The columns that a file of an earlier version lacks, and how it gets them.
const ADDED: [(&str, &str); 2] = [
    ("device", "ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT ''"),
    ("began_at", "ALTER TABLE session ADD COLUMN began_at INTEGER NOT NULL DEFAULT 0"),
];

const COLUMNS: &str = "SELECT name FROM pragma_table_info('session')";

/// Takes the write lock at once: a transaction that began as a reader could not always become a writer.
const BEGIN: &str = "BEGIN IMMEDIATE";

const INSERT: &str = "INSERT INTO session (id, user_id, epoch, current, device, began_at, expires_at) \
    VALUES (?, ?, ?, ?, ?, ?, ?)";

/// Ends what a user has beyond so many sessions besides the new one: those that were used longest ago.
const END_EXCESS: &str = "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE user_id = ?1 AND id <> ?2 \
    ORDER BY COALESCE(spent_at, began_at) DESC, id LIMIT -1 OFFSET ?3)";

const PURGE: &str = "DELETE FROM session WHERE expires_at <= ?";

/// The compare and the swap in one statement. Its guard is the token: of two tabs that present the same one, the second
/// finds no row.
const ROTATE: &str = "UPDATE session SET current = ?, spent = current, spent_at = ?, expires_at = ? \
    WHERE id = ? AND current = ? AND expires_at > ? RETURNING user_id, epoch";

/// A difference below zero is a clock that was set back: within the grace too.
const WITHIN_GRACE: &str = "SELECT user_id, epoch FROM session \
    WHERE id = ? AND spent = ? AND ? - spent_at <= ? AND expires_at > ?";

/// Tells a session that was alive till now from one that had run out.
const FINISH: &str = "DELETE FROM session WHERE id = ? RETURNING expires_at";

const END: &str = "DELETE FROM session WHERE id = ?1 AND (current = ?2 OR spent = ?2)";

const OWNER: &str = "SELECT user_id, epoch, began_at FROM session WHERE id = ?";

const IS_LIVE: &str = "SELECT EXISTS (SELECT 1 FROM session WHERE id = ? AND expires_at > ?)";

/// A session was used when its last token was spent; one that never was, when it began.
const LIST: &str = "SELECT id, epoch, device, began_at, COALESCE(spent_at, began_at) AS used_at, expires_at FROM session \
    WHERE user_id = ? AND expires_at > ? ORDER BY used_at DESC, id";

const END_ONE: &str = "DELETE FROM session WHERE user_id = ? AND id = ?";

const END_OTHERS: &str = "DELETE FROM session WHERE user_id = ? AND id <> ?";

const END_ALL: &str = "DELETE FROM session WHERE user_id = ?";

/// Sessions in a file of this machine.
#[derive(Clone, Debug)]
pub struct EmbeddedSessionStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl EmbeddedSessionStore {
    /// Opens the store in the file at `path`, or makes it.
    ///
    /// # Errors
    /// The file cannot be opened or is something else.
    pub async fn connect(path: &Path) -> Result<Self, PortFailure> {
        let writer = file::open(path, SCHEMA).await?;
        add_missing_columns(&writer).await.map_err(|error| file::failure("bringing sessions up to date", error))?;
        Ok(Self { writer, readers: file::readers(path) })
    }
}

/// Brings a file of an earlier version up to date. Of two processes that open it at once, the second finds it done.
async fn add_missing_columns(writer: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut transaction = writer.begin_with(BEGIN).await?;
    let present: Vec<String> = sqlx::query_scalar(COLUMNS).fetch_all(&mut *transaction).await?;
    for (column, statement) in ADDED {
        if !present.iter().any(|name| name == column) {
            sqlx::query(statement).execute(&mut *transaction).await?;
        }
    }
    transaction.commit().await
}

#[async_trait]
impl SessionStore for EmbeddedSessionStore {
    /// Sessions that ran out are swept out here: as often as somebody signs in, and cheaply.
    async fn begin(&self, session: &SessionRecord) -> Result<(), PortFailure> {
        let stored = async {
            let mut transaction = self.writer.begin_with(BEGIN).await?;
            sqlx::query(PURGE).bind(session.began_at.millis()).execute(&mut *transaction).await?;
            sqlx::query(INSERT)
                .bind(session.id.as_str())
                .bind(session.user.get())
                .bind(session.epoch)
                .bind(session.current.as_str())
                .bind(session.device.as_str())
                .bind(session.began_at.millis())
                .bind(session.expires_at.millis())
                .execute(&mut *transaction)
                .await?;
            sqlx::query(END_EXCESS)
                .bind(session.user.get())
                .bind(session.id.as_str())
                .bind(SESSIONS_OF_ACCOUNT.saturating_sub(1))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await
        };
        stored.await.map_err(|error| file::failure("beginning a session", error))
    }

    async fn owner(&self, session: &SessionId) -> Result<Option<SessionOwner>, PortFailure> {
        let read = async {
            let row = sqlx::query(OWNER).bind(session.as_str()).fetch_optional(&self.readers).await?;
            row.map(|row| {
                let user = UserId::new(row.try_get("user_id")?);
                Ok(SessionOwner { user, epoch: row.try_get("epoch")?, began_at: moment(&row, "began_at")? })
            })
            .transpose()
        };
        read.await.map_err(|error| file::failure("looking a session's owner up", error))
    }

    async fn is_live(&self, session: &SessionId, now: Timestamp) -> Result<bool, PortFailure> {
        let lives =
            sqlx::query_scalar(IS_LIVE).bind(session.as_str()).bind(now.millis()).fetch_one(&self.readers).await;
        lives.map_err(|error| file::failure("looking whether a session lives", error))
    }

    async fn list(&self, user: UserId, now: Timestamp) -> Result<Vec<SessionSummary>, PortFailure> {
        let read = async {
            let rows = sqlx::query(LIST).bind(user.get()).bind(now.millis()).fetch_all(&self.readers).await?;
            rows.iter().map(summary).collect::<Result<Vec<_>, _>>()
        };
        read.await.map_err(|error| file::failure("listing a user's sessions", error))
    }

    async fn rotate(
        &self,
        session: &SessionId,
        presented: &TokenHash,
        successor: &TokenHash,
        now: Timestamp,
        grace: Duration,
        expires_at: Timestamp,
    ) -> Result<Rotation, PortFailure> {
        let stored = async {
            let mut transaction = self.writer.begin_with(BEGIN).await?;
            let swapped = sqlx::query(ROTATE)
                .bind(successor.as_str())
                .bind(now.millis())
                .bind(expires_at.millis())
                .bind(session.as_str())
                .bind(presented.as_str())
                .bind(now.millis())
                .fetch_optional(&mut *transaction)
                .await?;
            let rotation = match swapped {
                Some(row) => Rotation::Rotated { user: UserId::new(row.try_get(0)?), epoch: row.try_get(1)? },
                None => not_current(&mut transaction, session, presented, now, grace).await?,
            };
            transaction.commit().await?;
            Ok(rotation)
        };
        stored.await.map_err(|error| file::failure("rotating a session's token", error))
    }

    async fn end(&self, session: &SessionId, presented: &TokenHash) -> Result<(), PortFailure> {
        let ended = sqlx::query(END).bind(session.as_str()).bind(presented.as_str()).execute(&self.writer).await;
        ended.map(drop).map_err(|error| file::failure("ending a session", error))
    }

    async fn end_one(&self, user: UserId, session: &SessionId) -> Result<bool, PortFailure> {
        let ended = sqlx::query(END_ONE).bind(user.get()).bind(session.as_str()).execute(&self.writer).await;
        let ended = ended.map_err(|error| file::failure("ending one session of a user", error))?;
        Ok(ended.rows_affected() > 0)
    }

    async fn end_others(&self, user: UserId, kept: &SessionId) -> Result<(), PortFailure> {
        let ended = sqlx::query(END_OTHERS).bind(user.get()).bind(kept.as_str()).execute(&self.writer).await;
        ended.map(drop).map_err(|error| file::failure("ending a user's other sessions", error))
    }

    async fn end_all(&self, user: UserId) -> Result<(), PortFailure> {
        let ended = sqlx::query(END_ALL).bind(user.get()).execute(&self.writer).await;
        ended.map(drop).map_err(|error| file::failure("ending all sessions of a user", error))
    }
}

/// What a token comes to that is not the current one.
async fn not_current(
    transaction: &mut Transaction<'_, Sqlite>,
    session: &SessionId,
    presented: &TokenHash,
    now: Timestamp,
    grace: Duration,
) -> Result<Rotation, sqlx::Error> {
    let twin = sqlx::query(WITHIN_GRACE)
        .bind(session.as_str())
        .bind(presented.as_str())
        .bind(now.millis())
        .bind(i64::try_from(grace.as_millis()).unwrap_or(i64::MAX))
        .bind(now.millis())
        .fetch_optional(&mut **transaction)
        .await?;
    if let Some(row) = twin {
        return Ok(Rotation::WithinGrace { user: UserId::new(row.try_get(0)?), epoch: row.try_get(1)? });
    }
    let finished = sqlx::query(FINISH).bind(session.as_str()).fetch_optional(&mut **transaction).await?;
    let was_alive = match finished {
        Some(row) => row.try_get::<i64, _>(0)? > now.millis(),
        None => false,
    };
    Ok(if was_alive { Rotation::Reused } else { Rotation::Unknown })
}

fn summary(row: &SqliteRow) -> Result<SessionSummary, sqlx::Error> {
    let id: &str = row.try_get("id")?;
    Ok(SessionSummary {
        id: SessionId::parse(id).ok_or_else(|| sqlx::Error::Decode("a session's name that is none".into()))?,
        epoch: row.try_get("epoch")?,
        device: Device::new(row.try_get("device")?),
        began_at: moment(row, "began_at")?,
        used_at: moment(row, "used_at")?,
        expires_at: moment(row, "expires_at")?,
    })
}

fn moment(row: &SqliteRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    let millis = row.try_get(column)?;
    Timestamp::from_millis(millis).ok_or_else(|| sqlx::Error::Decode("a moment outside the calendar".into()))
}
