//! The bell of many instances: publish and subscribe.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_redis::redis::Script;
use deadpool_redis::redis::aio::{PubSubSink, PubSubStream};
use ef_domain::announce::{Announcer, Rings};
use ef_domain::shared::{FailureKind, PortFailure};
use futures::{FutureExt, StreamExt};
use tokio::time::timeout;

use crate::key;
use crate::server::RedisServer;

const LISTENING: &str = "listening for announcements";
/// How long a subscription stays silent before Redis is asked for a sign of life. A connection that went away without a
/// word would be silent for ever.
const SILENCE: Duration = Duration::from_secs(10);

/// Rings through a Redis server. A listener has one connection of its own, beside those that calls share.
pub struct RedisAnnouncer {
    server: RedisServer,
    ring: Script,
    silence: Duration,
}

impl RedisAnnouncer {
    /// The bell in that server.
    pub fn new(server: RedisServer) -> Self {
        Self { server, ring: Script::new(include_str!("scripts/ring.lua")), silence: SILENCE }
    }

    /// The same bell, whose listeners ask for a sign of life after that long a silence.
    #[must_use]
    pub fn asking_after(self, silence: Duration) -> Self {
        Self { silence, ..self }
    }
}

impl fmt::Debug for RedisAnnouncer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisAnnouncer").finish_non_exhaustive()
    }
}

#[async_trait]
impl Announcer for RedisAnnouncer {
    async fn ring(&self) -> Result<(), PortFailure> {
        self.server.run("ringing for announcements", &self.ring.key(key::ANNOUNCEMENTS)).await
    }

    async fn listen(&self) -> Result<Box<dyn Rings>, PortFailure> {
        let (sink, stream) = self.server.subscribe(LISTENING, key::ANNOUNCEMENTS).await?.split();
        Ok(Box::new(RedisRings { sink, stream, patience: self.server.timeouts().command, silence: self.silence }))
    }
}

struct RedisRings {
    sink: PubSubSink,
    stream: PubSubStream,
    patience: Duration,
    silence: Duration,
}

impl RedisRings {
    /// Asks a silent server whether it is there.
    async fn check(&mut self) -> Result<(), PortFailure> {
        match timeout(self.patience, self.sink.ping::<()>()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(PortFailure::new(FailureKind::Unreachable, LISTENING, error)),
            Err(error) => Err(PortFailure::new(FailureKind::TimedOut, LISTENING, error)),
        }
    }
}

#[async_trait]
impl Rings for RedisRings {
    async fn next(&mut self) -> Result<(), PortFailure> {
        loop {
            match timeout(self.silence, self.stream.next()).await {
                Ok(Some(_)) => {
                    // Those that came meanwhile say the same.
                    while let Some(Some(_)) = self.stream.next().now_or_never() {}
                    return Ok(());
                }
                Ok(None) => return Err(PortFailure::new(FailureKind::Unreachable, LISTENING, "redis hung up")),
                Err(_) => self.check().await?,
            }
        }
    }
}
