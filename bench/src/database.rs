//! The databases that are measured on: made for the run, gone after it.

use std::path::Path;

use crate::Outcome;
use crate::settings::{Engine, Settings};
use crate::store::{Store, row};

/// What MySQL says about itself, in one line.
const SELF_DESCRIPTION: &str = "SELECT CAST(CONCAT('innodb_flush_log_at_trx_commit=', \
    @@innodb_flush_log_at_trx_commit, ', sync_binlog=', @@sync_binlog, ', innodb_doublewrite=', @@innodb_doublewrite, \
    ', log_bin=', @@log_bin, ', innodb_buffer_pool_size=', @@innodb_buffer_pool_size DIV 1048576, ' MiB') AS CHAR) AS line";
/// What a MySQL that loses nothing says about itself first.
const DURABLE: &str = "innodb_flush_log_at_trx_commit=1, sync_binlog=1,";

const STATEMENTS: &str = "SELECT CAST(VARIABLE_VALUE AS SIGNED) AS counted FROM performance_schema.global_status \
    WHERE VARIABLE_NAME = 'Questions'";

row! { LineRow { line: String } }
row! { CountRow { counted: i64 } }

/// A database of this run.
#[derive(Debug)]
pub struct Database {
    /// Which.
    pub engine: Engine,
    /// Where.
    pub url: String,
    /// The Redis beside it.
    pub redis: Option<String>,
    /// What it is and what it promises.
    pub description: String,
    /// To make it, to look at its counters, to drop it.
    control: Option<(Store, String)>,
}

impl Database {
    /// Makes an empty one.
    pub async fn create(engine: Engine, settings: &Settings, folder: &Path) -> Outcome<Self> {
        match (engine, &settings.servers) {
            (Engine::Sqlite, _) => Ok(Self {
                engine,
                url: format!("sqlite://{}", folder.join("shop.sqlite").display()),
                redis: None,
                description: "journal_mode=WAL, synchronous=FULL; sessions in a file beside it".to_owned(),
                control: None,
            }),
            (Engine::MySql, None) => Err("no MySQL was named".into()),
            (Engine::MySql, Some(servers)) => {
                let control = Store::connect(&servers.mysql, 1).await?;
                let line = control.one::<LineRow>(SELF_DESCRIPTION, &[]).await?.line;
                if !line.starts_with(DURABLE) {
                    return Err(format!("this MySQL forgets what it promised ({line})").into());
                }
                let name = format!("ef_bench_{}", std::process::id());
                control.execute(&format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"), &[]).await?;
                Ok(Self {
                    engine,
                    url: format!("{}/{name}", servers.mysql.trim_end_matches('/')),
                    redis: Some(servers.redis.clone()),
                    description: format!(
                        "{}, {line}; sessions in {}",
                        servers.mysql_description, servers.redis_description
                    ),
                    control: Some((control, name)),
                })
            }
        }
    }

    /// How many statements it has executed so far, where it counts them.
    pub async fn statements(&self) -> Outcome<Option<i64>> {
        let Some((control, _)) = &self.control else { return Ok(None) };
        Ok(Some(control.one::<CountRow>(STATEMENTS, &[]).await?.counted))
    }

    /// Drops it.
    pub async fn drop(self) -> Outcome {
        if let Some((control, name)) = self.control {
            control.execute(&format!("DROP DATABASE {name}"), &[]).await?;
            control.close().await;
        }
        Ok(())
    }
}
