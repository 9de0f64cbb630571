//! Where a test's database lives, and its end.

use sea_orm::{ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;

/// A database that goes away with its owner.
pub enum Scratch {
    /// A file in a folder of its own.
    Folder(TempDir),
    /// A schema of its own on a server that others use too.
    Schema {
        /// The server.
        server: String,
        /// The schema.
        name: String,
    },
    /// Somebody else's, who sees to its end.
    Elsewhere,
}

impl Scratch {
    /// An empty SQLite database.
    pub fn sqlite() -> Self {
        Self::Folder(tempfile::tempdir().unwrap())
    }

    /// An empty MySQL database.
    pub async fn mysql() -> Self {
        let server = server();
        let name = format!("ef_test_{}", uuid::Uuid::new_v4().simple());
        let admin = admin(&server).await;
        let sql = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
        admin.execute_unprepared(&sql).await.unwrap();
        admin.close().await.unwrap();
        Self::Schema { server, name }
    }

    /// Its address.
    pub fn url(&self) -> String {
        match self {
            Self::Folder(folder) => format!("sqlite://{}", folder.path().join("shop.db").display()),
            Self::Schema { server, name } => format!("{server}/{name}"),
            Self::Elsewhere => panic!("the address is known to whoever opened it"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where these tests read the environment")]
fn server() -> String {
    let url = std::env::var("EF_TEST_MYSQL_URL").unwrap_or_else(|_| {
        panic!("EF_TEST_MYSQL_URL is not set: run `cargo xtask test`, which starts a server");
    });
    url.trim_end_matches('/').to_owned()
}

async fn admin(server: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.expect("the MySQL server answers")
}

impl Drop for Scratch {
    /// On a thread of its own: the test's runtime may be ending, and a panic must not leave a schema behind either.
    fn drop(&mut self) {
        let Self::Schema { server, name } = self else { return };
        let (server, sql) = (server.clone(), format!("DROP DATABASE IF EXISTS {name}"));
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let admin = admin(&server).await;
                admin.execute_unprepared(&sql).await.unwrap();
            });
        });
        // A schema that stays costs the throw-away server some megabytes; a panic while panicking costs the report.
        let _ = dropping.join();
    }
}
