//! Whose turn it is to change the schema.

use sea_orm_migration::prelude::DbErr;
use sea_orm_migration::sea_orm::sqlx::{self, ConnectOptions, Connection, MySqlConnection};
use sea_orm_migration::sea_orm::{DatabaseBackend, DatabaseConnection, RuntimeErr};

/// Named after the database: shops that share a server do not wait for each other. A lock's name has 64 characters.
/// The wait is long enough for every migration that belongs into a start.
const TAKE: &str = "SELECT GET_LOCK(CONCAT('energy-factory-migrate-', LEFT(SHA2(DATABASE(), 256), 40)), 60)";

/// The right to change the schema. MySQL takes it back when the connection goes away, whatever became of its holder.
pub(crate) struct Turn(Option<MySqlConnection>);

impl Turn {
    /// Waits until nobody else changes the schema. An SQLite file has one instance, and nobody to wait for.
    pub(crate) async fn take(database: &DatabaseConnection) -> Result<Self, DbErr> {
        if database.get_database_backend() != DatabaseBackend::MySql {
            return Ok(Self(None));
        }
        // A connection beside the pool: one of the pool's own could be closed meanwhile, or be the only one.
        let settings = database.get_mysql_connection_pool().connect_options();
        let mut connection = settings.connect().await.map_err(failed)?;
        let taken: Option<i64> = sqlx::query_scalar(TAKE).fetch_one(&mut connection).await.map_err(failed)?;
        match taken {
            Some(1) => Ok(Self(Some(connection))),
            _ => Err(DbErr::Custom("another instance has been changing the schema for a minute".to_owned())),
        }
    }

    /// Lets the next one in.
    pub(crate) async fn give_back(self) {
        if let Some(connection) = self.0 {
            // A connection that cannot be closed in good order is closed all the same, and its lock goes with it.
            let _ = connection.close().await;
        }
    }
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}
