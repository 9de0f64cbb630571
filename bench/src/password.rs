//! The ceiling of a log-in: comparing a password, as often as the server may at once.

use std::time::{Duration, Instant};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier as _};

use crate::Outcome;
use crate::load::Round;
use crate::store::{Store, Value, row};

row! { HashRow { password: String } }

/// The stored hash of an account: it names the cost that it was made with.
pub async fn stored(store: &Store, user: i64) -> Outcome<String> {
    let row: HashRow = store.one("SELECT password FROM user WHERE id = ?", &[Value::Whole(user)]).await?;
    Ok(row.password)
}

/// How many passwords the server compares at once.
pub fn lanes() -> usize {
    let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    cpus.saturating_sub(1).max(1)
}

/// Compares on that many threads until the time is up.
pub async fn round(hash: String, password: &'static str, lanes: usize, length: Duration) -> Outcome<Round> {
    let began = Instant::now();
    let threads: Vec<_> = (0..lanes)
        .map(|_| {
            let hash = hash.clone();
            tokio::task::spawn_blocking(move || compare(&hash, password, began, length))
        })
        .collect();
    let mut times = Vec::new();
    for thread in threads {
        times.extend(thread.await??);
    }
    Ok(Round::new(times, began.elapsed()))
}

fn compare(hash: &str, password: &str, began: Instant, length: Duration) -> Outcome<Vec<Duration>> {
    let hash = PasswordHash::new(hash).map_err(|error| format!("the stored hash cannot be read: {error}"))?;
    let mut times = Vec::new();
    while began.elapsed() < length {
        let step = Instant::now();
        let compared = Argon2::default().verify_password(password.as_bytes(), &hash);
        compared.map_err(|error| format!("the stored hash is not the password's: {error}"))?;
        times.push(step.elapsed());
    }
    Ok(times)
}
