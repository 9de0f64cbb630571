//! A storm: many people sign in at once, while others only look around.
//!
//! Comparing a password is slow and takes memory on purpose. What is measured is that only those wait for it who sign in,
//! that each of them gets an answer before his page gives up, and that the memory is used again.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;

use crate::Outcome;
use crate::bare::PAGE_SIZE;
use crate::http::{self, Connection};
use crate::load::Round;
use crate::report::{millis, verdict};
use crate::server::Running;
use crate::shoppers::{self, PASSWORD, Shopper};

/// How many sign in at once, each to an account of his own.
const PEOPLE: usize = 200;
/// How many look around.
const LOOKERS: usize = 4;
/// How long each of those looks at a page: they are visitors, not a load.
const LOOK: Duration = Duration::from_millis(20);
/// How long they look around before the storm.
const CALM: Duration = Duration::from_secs(3);

/// The slowest answer to a log-in. The front end gives up after 10 s.
const ANSWER_GOAL: Duration = Duration::from_secs(8);
/// 99 of 100 product lists take no longer than that many times what they take in calm,
const LIST_GOAL_RATIO: u32 = 3;
/// or than that, whichever is more.
const LIST_GOAL: Duration = Duration::from_millis(20);
/// The most memory that the storm may add, in MB.
const GROWTH_GOAL: f64 = 100.0;

/// What it came to.
#[derive(Clone, Debug)]
pub struct Storm {
    /// Product lists before.
    calm: Round,
    /// Product lists meanwhile.
    meanwhile: Round,
    /// The log-ins.
    log_ins: Round,
    /// The slowest of them.
    slowest: Duration,
    /// How many were answered with something else than 200.
    refused: usize,
    /// By how much the server grew at most, in MB.
    growth_mb: f64,
}

/// Takes a storm of accounts that nobody else has: their numbers begin there.
pub async fn take(server: &Running, first: usize) -> Outcome<Storm> {
    let people = shoppers::sign_up(server.address, first..first + PEOPLE).await?;
    let calm = looking(server.address, async { tokio::time::sleep(CALM).await }).await?.0;
    let before = server.memory_mb("VmRSS")?;
    let over = AtomicBool::new(false);
    let storm = async {
        let outcome = sign_in(server.address, &people).await;
        over.store(true, Ordering::Relaxed);
        outcome
    };
    let (storm, largest) = tokio::join!(looking(server.address, storm), largest(server, &over));
    let (meanwhile, storm) = storm?;
    let (log_ins, slowest, refused) = storm?;
    Ok(Storm { calm, meanwhile, log_ins, slowest, refused, growth_mb: (largest? - before).max(0.0) })
}

/// Lets people look at the product list until that is over, and says how long each look took.
async fn looking<T>(server: SocketAddr, until: impl Future<Output = T>) -> Outcome<(Round, T)> {
    let over = Arc::new(AtomicBool::new(false));
    let mut lookers = JoinSet::new();
    let began = Instant::now();
    for _ in 0..LOOKERS {
        let (mut connection, over) = (Connection::open(server).await?, Arc::clone(&over));
        lookers.spawn(async move {
            let request = http::get(&format!("/api/products?page=0&size={PAGE_SIZE}&sort=createdAt,desc"));
            let mut times = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let look = Instant::now();
                match connection.exchange(&request).await? {
                    200 => times.push(look.elapsed()),
                    status => return Err(format!("the product list was answered with {status}").into()),
                }
                tokio::time::sleep(LOOK).await;
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(times)
        });
    }
    let outcome = until.await;
    over.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    while let Some(ended) = lookers.join_next().await {
        times.extend(ended??);
    }
    Ok((Round::new(times, began.elapsed()), outcome))
}

/// All of them at once; how long each waited, the slowest, and how many were refused.
async fn sign_in(server: SocketAddr, people: &[Shopper]) -> Outcome<(Round, Duration, usize)> {
    let mut ready = Vec::new();
    for person in people {
        let body = json!({ "email": person.email, "password": PASSWORD });
        ready.push((Connection::open(server).await?, http::post("/api/auth/login", None, &body)));
    }
    let began = Instant::now();
    let mut attempts = JoinSet::new();
    for (mut connection, request) in ready {
        attempts.spawn(async move {
            let status = connection.exchange(&request).await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((began.elapsed(), status))
        });
    }
    let (mut times, mut refused) = (Vec::new(), 0);
    while let Some(ended) = attempts.join_next().await {
        let (time, status) = ended??;
        times.push(time);
        refused += usize::from(status != 200);
    }
    let slowest = times.iter().max().copied().unwrap_or_default();
    Ok((Round::new(times, began.elapsed()), slowest, refused))
}

/// The most memory that the server has until it is over.
async fn largest(server: &Running, over: &AtomicBool) -> Outcome<f64> {
    let mut largest = 0.0_f64;
    while !over.load(Ordering::Relaxed) {
        largest = largest.max(server.memory_mb("VmRSS")?);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(largest.max(server.memory_mb("VmRSS")?))
}

impl Storm {
    /// For the terminal, while the run goes on.
    pub fn in_short(&self) -> String {
        format!(
            "{PEOPLE} log-ins at once: slowest {} ({} refused), product list {} instead of {}, {:.0} MB more",
            ms(self.slowest),
            self.refused,
            ms(self.meanwhile.slowest_percent),
            ms(self.calm.slowest_percent),
            self.growth_mb
        )
    }

    fn list_goal(&self) -> Duration {
        (self.calm.slowest_percent * LIST_GOAL_RATIO).max(LIST_GOAL)
    }
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calm, meanwhile, log_ins, slowest, refused, growth_mb } = self;
        writeln!(f, "| {PEOPLE} log-ins at once | Figure | Goal |\n| --- | --- | --- |")?;
        let answered = verdict(*slowest <= ANSWER_GOAL && *refused == 0);
        writeln!(
            f,
            "| slowest log-in (half within; refused) | {} ({}; {refused}) | {}: {answered} |",
            ms(*slowest),
            ms(log_ins.median),
            ms(ANSWER_GOAL)
        )?;
        let goal = self.list_goal();
        writeln!(
            f,
            "| product list meanwhile, 99 of 100 within (in calm) | {} ({}) | {}: {} |",
            ms(meanwhile.slowest_percent),
            ms(calm.slowest_percent),
            ms(goal),
            verdict(meanwhile.slowest_percent <= goal)
        )?;
        writeln!(
            f,
            "| memory that it adds at most | {growth_mb:.0} MB | {GROWTH_GOAL:.0} MB: {} |",
            verdict(*growth_mb <= GROWTH_GOAL)
        )
    }
}

fn ms(time: Duration) -> String {
    millis(time.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(millis: u64) -> Round {
        Round::new(vec![Duration::from_millis(millis)], Duration::from_secs(1))
    }

    #[test]
    fn a_list_that_is_quick_in_calm_may_take_twenty_milliseconds() {
        let storm = |calm| Storm {
            calm: round(calm),
            meanwhile: round(25),
            log_ins: round(3000),
            slowest: Duration::from_secs(5),
            refused: 0,
            growth_mb: 31.0,
        };
        assert!(storm(2).to_string().contains("| 25 ms (2.0 ms) | 20 ms: **missed** |"), "{}", storm(2));
        assert!(storm(9).to_string().contains("| 25 ms (9.0 ms) | 27 ms: met |"), "{}", storm(9));
        assert!(storm(9).to_string().contains("| 31 MB | 100 MB: met |"), "{}", storm(9));
    }
}
