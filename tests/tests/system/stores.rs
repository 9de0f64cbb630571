//! Where a shop keeps things: one machine's files, or a MySQL database of its own and Redis.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

/// The stores of one shop.
pub enum Stores {
    /// SQLite files in the data folder.
    Embedded,
    /// MySQL and Redis.
    Servers {
        /// The database server, without a database.
        mysql: String,
        /// This shop's database.
        database: String,
        /// The Redis server.
        redis: String,
    },
}

impl Stores {
    /// A database that only this shop uses. Sessions have random names, so that shops can share a Redis.
    pub async fn servers() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let (mysql, redis) = (address("EF_TEST_MYSQL_URL"), address("EF_TEST_REDIS_URL"));
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let database = format!("ef_system_{}_{number}", std::process::id());
        run(&mysql, &format!("CREATE DATABASE {database}")).await;
        Self::Servers { mysql, database, redis }
    }

    /// What the server must be told.
    pub fn variables(&self) -> Vec<(String, String)> {
        match self {
            Self::Embedded => Vec::new(),
            Self::Servers { mysql, database, redis } => vec![
                ("EF__DATABASE__URL".to_owned(), format!("{mysql}/{database}")),
                ("EF__REDIS__URL".to_owned(), redis.clone()),
            ],
        }
    }

    /// Where Redis is, as `host:port`.
    pub fn redis(&self) -> &str {
        match self {
            Self::Embedded => panic!("one machine has no Redis"),
            Self::Servers { redis, .. } => {
                let address = redis.trim_start_matches("redis://");
                address.split('/').next().unwrap_or(address)
            }
        }
    }

    /// The shop's tables, past the shop.
    pub async fn open(&self, data: &Path) -> Tables {
        let url = match self {
            Self::Embedded => format!("sqlite://{}?mode=ro", data.join("energy-factory.sqlite").display()),
            Self::Servers { mysql, database, .. } => format!("{mysql}/{database}"),
        };
        Tables(Database::connect(quiet(&url)).await.unwrap())
    }
}

impl Drop for Stores {
    /// In a thread with a runtime of its own: nothing can be awaited here.
    fn drop(&mut self) {
        if let Self::Servers { mysql, database, .. } = self {
            let (mysql, database) = (mysql.clone(), database.clone());
            let drop_it = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(run(&mysql, &format!("DROP DATABASE {database}")));
            };
            // A database that is left over on a server for tests harms nobody.
            let _ = std::thread::spawn(drop_it).join();
        }
    }
}

/// The shop's tables.
pub struct Tables(DatabaseConnection);

impl Tables {
    /// The one number that the query yields; no row or NULL counts as zero.
    pub async fn number(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.0.get_database_backend(), sql);
        let row = self.0.query_one_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let number =
            row.map(|row| row.try_get_by_index::<Option<i64>>(0).unwrap_or_else(|error| panic!("{sql}: {error}")));
        number.flatten().unwrap_or_default()
    }

    /// The rows of the query, whose columns are texts.
    pub async fn texts<const COLUMNS: usize>(&self, sql: &str) -> Vec<[String; COLUMNS]> {
        let statement = Statement::from_string(self.0.get_database_backend(), sql);
        let rows = self.0.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let cells = |row: &sea_orm::QueryResult| {
            std::array::from_fn(|column| row.try_get_by_index::<Option<String>>(column).unwrap().unwrap_or_default())
        };
        rows.iter().map(cells).collect()
    }
}

async fn run(server: &str, sql: &str) {
    // MySQL wants to know a database; this one is always there.
    let connection = Database::connect(quiet(&format!("{server}/mysql"))).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

fn quiet(url: &str) -> sea_orm::ConnectOptions {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    options
}

#[expect(clippy::disallowed_methods, reason = "the one place where these tests learn where their servers are")]
fn address(variable: &str) -> String {
    let given = std::env::var(variable).ok().filter(|url| !url.is_empty());
    let url = given.unwrap_or_else(|| panic!("{variable} is not set: run `cargo xtask test`, which starts a server"));
    url.trim_end_matches('/').to_owned()
}
