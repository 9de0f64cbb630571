//! The database as the server has it: the same driver, pools of the same size and settings, and nothing above them.

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::mysql::{MySqlArguments, MySqlPool, MySqlPoolOptions, MySqlRow};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, Executor, FromRow, MySql, Sqlite, Transaction};

use crate::Outcome;

/// How many connections the server and its ceilings have.
pub const CONNECTIONS: u32 = 20;

/// A value for a `?`.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// A whole number.
    Whole(i64),
    /// Text.
    Text(&'a str),
    /// Text that may be missing.
    Optional(Option<&'a str>),
    /// A moment.
    At(DateTime<Utc>),
}

/// Declares a row that both databases can fill, column by column.
macro_rules! row {
    ($(#[$meta:meta])* $name:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug)]
        #[allow(dead_code, reason = "the server decodes every column that a statement yields, so its ceiling does too")]
        pub struct $name {
            $(pub $field: $kind,)*
        }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            for<'i> &'i str: sqlx::ColumnIndex<R>,
            $($kind: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)*
        {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok(Self { $($field: row.try_get(stringify!($field))?,)* })
            }
        }
    };
}
pub(crate) use row;

/// What both databases can fill.
pub trait Filled: for<'r> FromRow<'r, MySqlRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin {}

impl<T> Filled for T where T: for<'r> FromRow<'r, MySqlRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin {}

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Store {
    /// One pool.
    MySql(MySqlPool),
    /// Readers, and the one connection that writes.
    Sqlite {
        /// They read.
        reader: SqlitePool,
        /// It writes.
        writer: SqlitePool,
    },
}

impl Store {
    /// Opens it as the server does.
    pub async fn connect(url: &str, connections: u32) -> Outcome<Self> {
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite { reader: sqlite(url, connections).await?, writer: sqlite(url, 1).await? })
        } else {
            Ok(Self::MySql(mysql(url, connections).await?))
        }
    }

    /// All rows.
    pub async fn all<R: Filled>(&self, sql: &str, values: &[Value<'_>]) -> Outcome<Vec<R>> {
        Ok(match self {
            Self::MySql(pool) => sqlx::query_as_with(AssertSqlSafe(sql), for_mysql(values)?).fetch_all(pool).await?,
            Self::Sqlite { reader, .. } => {
                sqlx::query_as_with(AssertSqlSafe(sql), for_sqlite(values)?).fetch_all(reader).await?
            }
        })
    }

    /// The first row, which must be there.
    pub async fn one<R: Filled>(&self, sql: &str, values: &[Value<'_>]) -> Outcome<R> {
        let missing = || format!("no row: {sql}");
        Ok(self.all(sql, values).await?.pop().ok_or_else(missing)?)
    }

    /// Writes, by itself; how many rows it touched.
    pub async fn execute(&self, sql: &str, values: &[Value<'_>]) -> Outcome<u64> {
        Ok(match self {
            Self::MySql(pool) => {
                let done = sqlx::query_with(AssertSqlSafe(sql), for_mysql(values)?).execute(pool).await?;
                done.rows_affected()
            }
            Self::Sqlite { writer, .. } => {
                let done = sqlx::query_with(AssertSqlSafe(sql), for_sqlite(values)?).execute(writer).await?;
                done.rows_affected()
            }
        })
    }

    /// Begins a transaction.
    pub async fn begin(&self) -> Outcome<Writing> {
        Ok(match self {
            Self::MySql(pool) => Writing::MySql(pool.begin().await?),
            Self::Sqlite { writer, .. } => Writing::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
        })
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::MySql(pool) => pool.close().await,
            Self::Sqlite { reader, writer } => {
                reader.close().await;
                writer.close().await;
            }
        }
    }
}

/// A transaction.
#[derive(Debug)]
pub enum Writing {
    /// Of MySQL.
    MySql(Transaction<'static, MySql>),
    /// Of SQLite.
    Sqlite(Transaction<'static, Sqlite>),
}

impl Writing {
    /// Writes; how many rows it touched.
    pub async fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Outcome<u64> {
        Ok(match self {
            Self::MySql(tx) => {
                let done = sqlx::query_with(AssertSqlSafe(sql), for_mysql(values)?).execute(&mut **tx).await?;
                done.rows_affected()
            }
            Self::Sqlite(tx) => {
                let done = sqlx::query_with(AssertSqlSafe(sql), for_sqlite(values)?).execute(&mut **tx).await?;
                done.rows_affected()
            }
        })
    }

    /// Inserts a row; its id. SQLite gives it back in the same statement.
    pub async fn insert(&mut self, sql: &str, values: &[Value<'_>]) -> Outcome<i64> {
        Ok(match self {
            Self::MySql(tx) => {
                let done = sqlx::query_with(AssertSqlSafe(sql), for_mysql(values)?).execute(&mut **tx).await?;
                i64::try_from(done.last_insert_id())?
            }
            Self::Sqlite(tx) => {
                let sql = format!("{sql} RETURNING id");
                let query = sqlx::query_as_with(AssertSqlSafe(sql), for_sqlite(values)?);
                let (id,): (i64,) = query.fetch_one(&mut **tx).await?;
                id
            }
        })
    }

    /// Makes it so.
    pub async fn commit(self) -> Outcome {
        match self {
            Self::MySql(tx) => tx.commit().await?,
            Self::Sqlite(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

async fn mysql(url: &str, connections: u32) -> Outcome<MySqlPool> {
    let options = MySqlPoolOptions::new().max_connections(connections).test_before_acquire(false).after_connect(
        |connection, _| {
            Box::pin(async move {
                connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
                Ok(())
            })
        },
    );
    Ok(options.connect(url).await?)
}

async fn sqlite(url: &str, connections: u32) -> Outcome<SqlitePool> {
    let file = SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", "-16000")
        .pragma("temp_store", "memory");
    let options = SqlitePoolOptions::new().max_connections(connections).test_before_acquire(false);
    Ok(options.connect_with(file).await?)
}

fn for_mysql(values: &[Value<'_>]) -> Outcome<MySqlArguments> {
    let mut arguments = MySqlArguments::default();
    for value in values {
        match value {
            Value::Whole(number) => arguments.add(number)?,
            Value::Text(text) => arguments.add(text)?,
            Value::Optional(text) => arguments.add(text)?,
            Value::At(moment) => arguments.add(moment)?,
        }
    }
    Ok(arguments)
}

fn for_sqlite(values: &[Value<'_>]) -> Outcome<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Whole(number) => arguments.add(number)?,
            Value::Text(text) => arguments.add(text)?,
            Value::Optional(text) => arguments.add(text)?,
            Value::At(moment) => arguments.add(moment)?,
        }
    }
    Ok(arguments)
}
