//! Sessions.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use ef_domain::account::{Rotation, SessionId, SessionRecord, SessionStore, TokenHash};
use ef_domain::shared::{PortFailure, Timestamp, UserId};
use sqlx::{Row, Sqlite, SqlitePool, Transaction};

use crate::file;

/// The table, and its two ways in besides the id: a user's sessions, and the sessions that ran out.
const SCHEMA: &str = include_str!("schema.sql");

/// Takes the write lock at once: a transaction that began as a reader could not always become a writer.
const BEGIN: &str = "BEGIN IMMEDIATE";

const INSERT: &str = "INSERT INTO session (id, user_id, epoch, current, expires_at) VALUES (?, ?, ?, ?, ?)";

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

/// Whose session it is.
const OWNER: &str = "SELECT user_id, epoch FROM session WHERE id = ?";
const END_ALL: &str = "DELETE FROM session WHERE user_id = ?";

/// Sessions in a file of this machine.
#[derive(Clone, Debug)]
pub struct EmbeddedSessionStore {
    pool: SqlitePool,
}

impl EmbeddedSessionStore {
    /// Opens the store in the file at `path`, or makes it.
    ///
    /// # Errors
    /// The file cannot be opened or is something else.
    pub async fn connect(path: &Path) -> Result<Self, PortFailure> {
        Ok(Self { pool: file::open(path, SCHEMA).await? })
    }
}

#[async_trait]
impl SessionStore for EmbeddedSessionStore {
    /// Sessions that ran out are swept out here: as often as somebody signs in, and cheaply.
    async fn begin(&self, session: &SessionRecord) -> Result<(), PortFailure> {
        let stored = async {
            let mut transaction = self.pool.begin_with(BEGIN).await?;
            sqlx::query(PURGE).bind(session.began_at.millis()).execute(&mut *transaction).await?;
            sqlx::query(INSERT)
                .bind(session.id.as_str())
                .bind(session.user.get())
                .bind(session.epoch)
                .bind(session.current.as_str())
                .bind(session.expires_at.millis())
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await
        };
        stored.await.map_err(|error| file::failure("beginning a session", error))
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
            let mut transaction = self.pool.begin_with(BEGIN).await?;
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
        let ended = sqlx::query(END).bind(session.as_str()).bind(presented.as_str()).execute(&self.pool).await;
        ended.map(drop).map_err(|error| file::failure("ending a session", error))
    }

    async fn owner(&self, session: &SessionId) -> Result<Option<(UserId, i64)>, PortFailure> {
        let row = sqlx::query_as::<_, (i64, i64)>(OWNER).bind(session.as_str()).fetch_optional(&self.pool).await;
        let row = row.map_err(|error| file::failure("looking a session's owner up", error))?;
        Ok(row.map(|(user, epoch)| (UserId::new(user), epoch)))
    }

    async fn end_all(&self, user: UserId) -> Result<(), PortFailure> {
        let ended = sqlx::query(END_ALL).bind(user.get()).execute(&self.pool).await;
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
