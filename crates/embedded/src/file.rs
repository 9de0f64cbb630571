//! An SQLite file with one writer.

use std::path::Path;
use std::time::Duration;

use ef_domain::shared::{FailureKind, PortFailure};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// How long a call waits for its turn, and a second process (a server that is just being replaced) for the file.
const TURN_TIMEOUT: Duration = Duration::from_secs(3);

/// Opens the file, or makes it. One connection: callers queue in memory instead of failing with `SQLITE_BUSY`. Every
/// commit is on the disk before it is answered (`synchronous = FULL`), so that not even a power cut takes back a
/// rotation which a browser has already heard of.
pub(crate) async fn open(path: &Path, schema: &'static str) -> Result<SqlitePool, PortFailure> {
    const DURING: &str = "opening an embedded store";
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(TURN_TIMEOUT);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(TURN_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(|error| failure(DURING, error))?;
    sqlx::raw_sql(schema).execute(&pool).await.map_err(|error| failure(DURING, error))?;
    Ok(pool)
}

/// Connections that only read. In WAL mode a reader waits for no writer and no writer for a reader.
const READERS: u32 = 4;

/// Readers of a file that [`open`] has opened; each connects when it is first needed.
pub(crate) fn readers(path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(TURN_TIMEOUT);
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(TURN_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

/// What an error of the library means to the shop.
pub(crate) fn failure(during: &'static str, error: sqlx::Error) -> PortFailure {
    let kind = match &error {
        sqlx::Error::PoolTimedOut => FailureKind::TimedOut,
        sqlx::Error::Database(database) => match database.code().as_deref().and_then(primary) {
            Some(SQLITE_BUSY | SQLITE_LOCKED) => FailureKind::TimedOut,
            Some(SQLITE_CONSTRAINT | SQLITE_CORRUPT | SQLITE_MISMATCH | SQLITE_NOTADB) => FailureKind::Corrupt,
            _ => FailureKind::Unreachable,
        },
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::Decode(_)
        | sqlx::Error::RowNotFound => FailureKind::Corrupt,
        _ => FailureKind::Unreachable,
    };
    PortFailure::new(kind, during, error)
}

const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_CONSTRAINT: u32 = 19;
const SQLITE_MISMATCH: u32 = 20;
const SQLITE_NOTADB: u32 = 26;

/// The primary part of an extended result code: its lowest byte.
fn primary(extended: &str) -> Option<u32> {
    extended.parse::<u32>().ok().map(|code| code & 0xff)
}
