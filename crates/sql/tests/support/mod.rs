//! A shop on a database that only one test uses: SQLite in a folder of its own, or a schema of its own on the MySQL
//! server that `EF_TEST_MYSQL_URL` names.

#![allow(dead_code, reason = "every test program uses another part of it")]

pub mod bulk;
pub mod mail;
pub mod money;
pub mod race;
mod scratch;
mod shop;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ef_domain::shared::{Clock, Entropy, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

pub use scratch::Scratch;
pub use shop::{Setup, SqlShop};

/// A shop on SQLite.
pub async fn sqlite() -> SqlShop {
    SqlShop::open(Scratch::sqlite(), Setup::default()).await
}

/// A shop on MySQL.
pub async fn mysql() -> SqlShop {
    SqlShop::open(Scratch::mysql().await, Setup::default()).await
}

/// Makes two tests of each function: one on SQLite, one on MySQL.
#[macro_export]
macro_rules! on_both_databases {
    ($($name:ident)*) => {
        $crate::on_both_databases! { @on sqlite; $($name)* }
        $crate::on_both_databases! { @on mysql; $($name)* }
    };
    (@on $database:ident; $($name:ident)*) => {
        mod $database {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                super::$name($crate::support::$database().await).await;
            })*
        }
    };
}

/// A clock that goes on by itself.
pub struct RunningClock {
    began: Instant,
    at: Timestamp,
}

impl RunningClock {
    /// Starts it at that moment.
    pub fn start(at: Timestamp) -> Arc<Self> {
        Arc::new(Self { began: Instant::now(), at })
    }
}

#[async_trait]
impl Clock for RunningClock {
    fn now(&self) -> Timestamp {
        self.at.after(self.began.elapsed())
    }

    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}

/// Random, and the same in every run.
pub struct SeededEntropy(std::sync::Mutex<StdRng>);

impl SeededEntropy {
    /// The sequence of that seed.
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(std::sync::Mutex::new(StdRng::seed_from_u64(seed))))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}

/// The value below which that share of the values lies.
pub fn percentile(values: &[Duration], share: f64) -> Duration {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let place = (share * sorted.len() as f64).ceil() as usize;
    sorted[place.clamp(1, sorted.len()) - 1]
}
