//! Limits, in memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use ef_domain::shared::{Allowance, Limit, LimitKey, PortFailure, RateLimiter, Timestamp};

/// How many keys there are at least before those that ran out are looked for.
const SWEEP_FROM: usize = 1024;

/// Counts in memory. A restart forgets every use, which on one machine means that whoever it counted against has at most
/// as many more.
///
/// It keeps one moment for each use that a limit still counts, so its size follows the limits and how many people act at
/// once. Keys whose uses ran out are swept whenever the keys have doubled since the last sweep: a sweep costs no more
/// than the uses before it did.
#[derive(Debug, Default)]
pub struct EmbeddedRateLimiter {
    log: Mutex<Log>,
}

impl EmbeddedRateLimiter {
    /// A limiter that has counted nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets one call at a time look. A call never waits for anything but memory meanwhile, so a thread that panicked
    /// has left nothing half done.
    fn with<T>(&self, look: impl FnOnce(&mut Log) -> T) -> T {
        look(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl RateLimiter for EmbeddedRateLimiter {
    async fn take(&self, key: &LimitKey, limit: Limit, now: Timestamp) -> Result<Allowance, PortFailure> {
        Ok(self.with(|log| log.take(key.digest(), limit, now)))
    }

    async fn peek(&self, key: &LimitKey, limit: Limit, now: Timestamp) -> Result<Allowance, PortFailure> {
        Ok(self.with(|log| log.uses.get(&key.digest()).map_or(Allowance::Granted, |uses| uses.allow(limit, now))))
    }

    async fn forget(&self, key: &LimitKey) -> Result<(), PortFailure> {
        self.with(|log| log.uses.remove(&key.digest()));
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Log {
    uses: HashMap<[u8; 32], Uses>,
    /// How many keys the last sweep left.
    left: usize,
}

impl Log {
    fn take(&mut self, key: [u8; 32], limit: Limit, now: Timestamp) -> Allowance {
        let uses = self.uses.entry(key).or_default();
        let allowance = uses.allow(limit, now);
        if allowance == Allowance::Granted {
            uses.add(limit.per, now);
            self.sweep(now);
        }
        allowance
    }

    fn sweep(&mut self, now: Timestamp) {
        if self.uses.len() < SWEEP_FROM.max(self.left.saturating_mul(2)) {
            return;
        }
        self.uses.retain(|_, uses| uses.per.is_some_and(|per| uses.counted(per, now) > 0));
        self.uses.shrink_to_fit();
        self.left = self.uses.len();
    }
}

/// When a key was used, the earliest first.
#[derive(Debug, Default)]
struct Uses {
    moments: Vec<Timestamp>,
    /// How long a use counts.
    per: Option<Duration>,
}

impl Uses {
    /// How many uses count at that moment. One that lies in its future counts: another thread read the clock later.
    fn counted(&self, per: Duration, now: Timestamp) -> usize {
        self.moments.len().saturating_sub(self.moments.partition_point(|used| used.after(per) <= now))
    }

    fn allow(&self, limit: Limit, now: Timestamp) -> Allowance {
        let most = usize::try_from(limit.times.max(1)).unwrap_or(usize::MAX);
        // With that many counted, the earliest of the last `most` has to run out first.
        let blocking = self.moments.len().checked_sub(most).and_then(|place| self.moments.get(place));
        match blocking.filter(|_| self.counted(limit.per, now) >= most) {
            Some(used) => Allowance::Refused { retry_after: used.after(limit.per).since(now) },
            None => Allowance::Granted,
        }
    }

    fn add(&mut self, per: Duration, now: Timestamp) {
        self.moments.retain(|used| used.after(per) > now);
        self.moments.insert(self.moments.partition_point(|used| *used <= now), now);
        self.per = Some(per);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { times: 2, per: Duration::from_mins(1) };

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000).expect("a moment").after(Duration::from_secs(seconds))
    }

    #[test]
    fn keys_whose_uses_ran_out_are_swept_and_others_stay() {
        let mut log = Log::default();
        let key = |number: u32| LimitKey::new("test", &[&number]).digest();
        for number in 0..1000 {
            log.take(key(number), LIMIT, at(0));
        }
        for number in 1000..1023 {
            log.take(key(number), LIMIT, at(30));
        }
        assert_eq!(log.uses.len(), 1023);
        log.take(key(1023), LIMIT, at(60));
        assert_eq!(log.uses.len(), 24);
        assert!(log.uses.capacity() < 100, "{}", log.uses.capacity());
    }

    #[test]
    fn a_key_keeps_no_more_moments_than_its_limit_counts() {
        let mut log = Log::default();
        let key = LimitKey::new("test", &[]).digest();
        for second in 0..1000 {
            log.take(key, LIMIT, at(second));
        }
        assert!(log.uses.get(&key).is_some_and(|uses| uses.moments.len() <= 2));
    }
}
