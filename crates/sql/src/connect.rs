//! Connections: one pool for MySQL; a pool of readers and a single writer for SQLite.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ef_domain::shared::{FailureKind, PortFailure};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{Executor, Row};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseBackend, DatabaseConnection};
use secrecy::{ExposeSecret, SecretString};

use crate::failure::failed;

/// Called after every statement, for counting and timing.
pub type StatementObserver = Arc<dyn Fn(&str, Duration) + Send + Sync>;

/// Where the database is and how much of it to use.
#[derive(Clone)]
pub struct DatabaseOptions {
    /// `mysql://user:password@host:port/name` or `sqlite://path`.
    pub url: SecretString,
    /// The most connections of this instance.
    pub max_connections: u32,
    /// How long a request waits for a free connection before it is refused.
    pub acquire_timeout: Duration,
    /// Hears of every statement.
    pub observer: Option<StatementObserver>,
}

impl DatabaseOptions {
    /// Defaults for everything but the address.
    pub fn new(url: impl Into<SecretString>) -> Self {
        Self { url: url.into(), max_connections: 16, acquire_timeout: Duration::from_secs(3), observer: None }
    }
}

impl fmt::Debug for DatabaseOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseOptions").field("max_connections", &self.max_connections).finish_non_exhaustive()
    }
}

/// An open database. Cheap to clone.
///
/// SQLite takes one writer at a time. Writers that meet on its lock would poll for it with growing pauses; here they
/// queue, first come first served, for the one connection that may write.
#[derive(Clone, Debug)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Database {
    /// For statements that only read.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For statements that write, and for migrations.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Which of the two it is.
    pub fn backend(&self) -> DatabaseBackend {
        self.writer.get_database_backend()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// `Unreachable` if it does not.
    pub async fn ping(&self) -> Result<(), PortFailure> {
        self.reader.ping().await.map_err(failed("asking the database for a sign of life"))
    }

    /// The server's name and version, for logs.
    ///
    /// # Errors
    /// `Unreachable` if it does not answer.
    pub async fn version(&self) -> Result<String, PortFailure> {
        let during = "asking the database for its version";
        let (name, sql) = match self.backend() {
            DatabaseBackend::MySql => ("MySQL", "SELECT VERSION()"),
            _ => ("SQLite", "SELECT sqlite_version()"),
        };
        let statement = sea_orm::Statement::from_string(self.backend(), sql);
        let row = self.reader.query_one_raw(statement).await.map_err(failed(during))?;
        let version = row.and_then(|row| row.try_get_by_index::<String>(0).ok());
        let version = version.ok_or_else(|| PortFailure::new(FailureKind::Corrupt, during, "no version"))?;
        Ok(format!("{name} {version}"))
    }

    /// Closes every connection.
    pub async fn close(self) {
        // A connection that cannot be closed in good order is closed all the same.
        let _ = self.reader.close().await;
        let _ = self.writer.close().await;
    }
}

/// Opens the database.
///
/// # Errors
/// `Unreachable` if it is not there.
pub async fn connect(options: &DatabaseOptions) -> Result<Database, PortFailure> {
    let url = options.url.expose_secret();
    if url.starts_with("sqlite:") {
        let writer = open(options, |settings| sqlite(settings, 1)).await?;
        let reader = open(options, |settings| sqlite(settings, options.max_connections)).await?;
        Ok(Database { reader, writer })
    } else {
        let pool = open(options, |settings| mysql(settings, options.max_connections)).await?;
        Ok(Database { reader: pool.clone(), writer: pool })
    }
}

async fn open(
    options: &DatabaseOptions,
    configure: impl FnOnce(&mut ConnectOptions),
) -> Result<DatabaseConnection, PortFailure> {
    let mut settings = ConnectOptions::new(options.url.expose_secret());
    settings
        .acquire_timeout(options.acquire_timeout)
        .connect_timeout(options.acquire_timeout)
        .idle_timeout(Duration::from_mins(5))
        .test_before_acquire_if_idle_for(Duration::from_secs(5))
        .sqlx_logging(false);
    configure(&mut settings);
    let mut connection = sea_orm::Database::connect(settings).await.map_err(failed("connecting to the database"))?;
    if let Some(observer) = options.observer.clone() {
        connection.set_metric_callback(move |info| observer(&info.statement.sql, info.elapsed));
    }
    Ok(connection)
}

/// WAL lets readers read while the writer writes; `FULL` makes a commit survive a power cut, not only a crash.
fn sqlite(settings: &mut ConnectOptions, connections: u32) {
    settings.max_connections(connections).min_connections(1).map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("cache_size", "-16000")
            .pragma("temp_store", "memory")
    });
}

/// READ COMMITTED takes no gap locks, so that orders for different variants never wait for each other; a lock that is
/// not to be had in three seconds is a failure that is tried again.
fn mysql(settings: &mut ConnectOptions, connections: u32) {
    settings.max_connections(connections).min_connections(1).map_sqlx_mysql_pool_opts(|pool| {
        pool.after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
                connection.execute("SET SESSION innodb_lock_wait_timeout = 3").await?;
                // Asked rather than assumed: without strict mode MySQL would cut values off silently.
                let mode = connection.fetch_one("SELECT @@SESSION.sql_mode LIKE '%STRICT_TRANS_TABLES%'").await?;
                if mode.try_get::<i64, _>(0)? == 0 {
                    connection.execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES')").await?;
                }
                Ok(())
            })
        })
    });
}
