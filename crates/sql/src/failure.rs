//! From what the databases report to what the domain can act on.

use std::error::Error;
use std::time::Duration;

use ef_domain::shared::{FailureKind, PortFailure};
use sea_orm::sqlx;
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// Names the operation during which a statement failed.
pub(crate) fn failed(during: &'static str) -> impl Fn(DbErr) -> PortFailure {
    move |error| PortFailure::new(kind(&error), during, error)
}

/// How long a read, or one attempt of a transaction, may take. A healthy database answers in milliseconds; this is for
/// one that vanished without closing its connections.
pub(crate) const LONGEST: Duration = Duration::from_secs(8);

/// The outcome of a statement, in bounded time.
pub(crate) async fn bounded<T>(
    during: &'static str,
    statement: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, PortFailure> {
    match tokio::time::timeout(LONGEST, statement).await {
        Ok(outcome) => outcome.map_err(failed(during)),
        Err(elapsed) => Err(PortFailure::new(FailureKind::TimedOut, during, elapsed)),
    }
}

/// A row that no transition could have written.
pub(crate) fn corrupt(during: &'static str, what: impl Into<Box<dyn Error + Send + Sync>>) -> PortFailure {
    PortFailure::new(FailureKind::Corrupt, during, what)
}

/// Whether a unique index on that column refused the row.
pub(crate) fn is_duplicate_of(error: &DbErr, column: &str) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(message)) if message.contains(column))
}

/// Whether a foreign key refused the statement: what it erases is referred to, or what it refers to is gone.
pub(crate) fn is_referenced(error: &DbErr) -> bool {
    match database_error(error) {
        Some(Code::MySql(number)) => matches!(number, 1451 | 1452),
        // SQLite reports a restricted delete as a failed trigger.
        Some(Code::Sqlite(number)) => matches!(number, 787 | 1811),
        None => false,
    }
}

/// Whether the whole transaction may simply be tried again: it was rolled back because of somebody else's, or its
/// connection broke before it could commit.
pub(crate) fn is_worth_repeating(error: &DbErr) -> bool {
    is_lost_race(error) || is_connection_error(error)
}

/// Whether the database undid the statement in favour of somebody else's.
pub(crate) fn is_lost_race(error: &DbErr) -> bool {
    match database_error(error) {
        // 1205 lock wait timeout, 1213 deadlock
        Some(Code::MySql(number)) => matches!(number, 1205 | 1213),
        // The low byte is the primary code: 5 busy, 6 locked.
        Some(Code::Sqlite(number)) => matches!(number & 0xff, 5 | 6),
        None => false,
    }
}

fn kind(error: &DbErr) -> FailureKind {
    if matches!(error, DbErr::ConnectionAcquire(_)) || is_connection_error(error) {
        return FailureKind::Unreachable;
    }
    if is_worth_repeating(error) {
        return FailureKind::TimedOut;
    }
    match database_error(error) {
        // 1040 too many connections, 1044/1045 access denied, 1053 shutdown in progress, 1290 read-only, 3024 timed out
        Some(Code::MySql(1040 | 1044 | 1045 | 1053 | 1290 | 3024)) => FailureKind::Unreachable,
        // 10 disk I/O error, 13 disk full, 14 cannot open
        Some(Code::Sqlite(number)) if matches!(number & 0xff, 10 | 13 | 14) => FailureKind::Unreachable,
        _ => FailureKind::Corrupt,
    }
}

enum Code {
    MySql(u16),
    Sqlite(u32),
}

fn database_error(error: &DbErr) -> Option<Code> {
    let sqlx::Error::Database(error) = sqlx_error(error)? else {
        return None;
    };
    let error: &dyn DatabaseError = error.as_ref();
    if let Some(mysql) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return Some(Code::MySql(mysql.number()));
    }
    let code = error.code()?;
    code.parse().ok().map(Code::Sqlite)
}

fn is_connection_error(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(_) => database_error(error).is_none(),
        _ => matches!(
            sqlx_error(error),
            Some(
                sqlx::Error::Io(_)
                    | sqlx::Error::Tls(_)
                    | sqlx::Error::Protocol(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::WorkerCrashed
            )
        ),
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
