//! Limits.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_redis::redis::{Script, ScriptInvocation};
use ef_domain::shared::{Allowance, Limit, LimitKey, PortFailure, RateLimiter, Timestamp};

use crate::key;
use crate::server::RedisServer;

/// Counts in a Redis server: for each key the moments of those uses that its limit still counts. The count is exact
/// whatever falls into which minute, and a key whose uses ran out is gone by itself.
pub struct RedisRateLimiter {
    server: RedisServer,
    take: Script,
    peek: Script,
    forget: Script,
}

impl RedisRateLimiter {
    /// A limiter in that server.
    pub fn new(server: RedisServer) -> Self {
        Self {
            server,
            take: Script::new(include_str!("scripts/take.lua")),
            peek: Script::new(include_str!("scripts/peek.lua")),
            forget: Script::new(include_str!("scripts/forget.lua")),
        }
    }

    async fn ask(
        &self,
        during: &'static str,
        call: &mut ScriptInvocation<'_>,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Allowance, PortFailure> {
        let per = u64::try_from(limit.per.as_millis()).unwrap_or(u64::MAX);
        let wait: u64 = self.server.run(during, call.arg(limit.times.max(1)).arg(per).arg(now.millis())).await?;
        Ok(match wait {
            0 => Allowance::Granted,
            millis => Allowance::Refused { retry_after: Duration::from_millis(millis) },
        })
    }
}

impl fmt::Debug for RedisRateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRateLimiter").finish_non_exhaustive()
    }
}

#[async_trait]
impl RateLimiter for RedisRateLimiter {
    async fn take(&self, key: &LimitKey, limit: Limit, now: Timestamp) -> Result<Allowance, PortFailure> {
        self.ask("counting a use", &mut self.take.key(key::uses(key)), limit, now).await
    }

    async fn peek(&self, key: &LimitKey, limit: Limit, now: Timestamp) -> Result<Allowance, PortFailure> {
        self.ask("asking for a limit", &mut self.peek.key(key::uses(key)), limit, now).await
    }

    async fn forget(&self, key: &LimitKey) -> Result<(), PortFailure> {
        self.server.run("forgetting uses", &self.forget.key(key::uses(key))).await
    }
}
