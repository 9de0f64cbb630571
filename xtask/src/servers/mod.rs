//! Throw-away MySQL and Redis servers for tests and benches.
//!
//! Each server is looked for in this order, MySQL and Redis apart:
//! 1. the address in `EF_TEST_MYSQL_URL` / `EF_TEST_REDIS_URL` (benches: `EF_BENCH_...`);
//! 2. a Docker engine, with the images of production (`mysql:8.0`, `redis:7.2`);
//! 3. a server program on the `PATH`;
//! 4. packages of Debian, unpacked into a private folder: nothing is installed.
//!
//! Tests that drive a browser get one in much the same way (see [`Browser`]).
//!
//! A server we started ends with this process, however this process ends (see [`crate::watchdog`]).

mod browser;
mod docker;
mod fetch;
mod mysql;
mod probe;
mod redis;

pub use browser::{Browser, CHROMIUM};

use crate::shell::Outcome;
use crate::watchdog::Watchdog;

/// What the servers are for: it decides what a commit costs, and which variables name given servers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Nothing waits for the disk.
    Tests,
    /// The defaults of MySQL 8.0: redo log and binary log synced at every commit.
    Benches,
}

impl Purpose {
    /// The environment variable that names MySQL to whatever we run.
    pub fn mysql_variable(self) -> &'static str {
        match self {
            Self::Tests => "EF_TEST_MYSQL_URL",
            Self::Benches => "EF_BENCH_MYSQL_URL",
        }
    }

    /// The environment variable that names Redis to whatever we run.
    pub fn redis_variable(self) -> &'static str {
        match self {
            Self::Tests => "EF_TEST_REDIS_URL",
            Self::Benches => "EF_BENCH_REDIS_URL",
        }
    }
}

/// A server that answers, until it is dropped.
pub struct Server {
    /// For example `mysql://root@127.0.0.1:24123`; no database is named, tests create their own.
    pub url: String,
    /// What answered and where it came from: `MySQL 8.0.43 (Docker image mysql:8.0)`.
    pub description: String,
    _watchdog: Option<Watchdog>,
}

/// Both servers.
pub struct Servers {
    purpose: Purpose,
    /// MySQL 8 or later, by Oracle.
    pub mysql: Server,
    /// Redis or Valkey.
    pub redis: Server,
}

impl Servers {
    /// Finds or starts both.
    pub fn start(purpose: Purpose) -> Outcome<Self> {
        let mysql = mysql::start(purpose)?;
        println!("xtask: {} at {}", mysql.description, probe::without_password(&mysql.url));
        let redis = redis::start(purpose)?;
        println!("xtask: {} at {}", redis.description, probe::without_password(&redis.url));
        Ok(Self { purpose, mysql, redis })
    }

    /// The variables by which tests or benches find the servers.
    pub fn variables(&self) -> [(&'static str, &str); 2] {
        [(self.purpose.mysql_variable(), &self.mysql.url), (self.purpose.redis_variable(), &self.redis.url)]
    }
}
