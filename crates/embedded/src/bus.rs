//! The bell of one machine, in memory.

use async_trait::async_trait;
use ef_domain::announce::{Announcer, Rings};
use ef_domain::shared::{FailureKind, PortFailure};
use tokio::sync::watch;

/// Rings within one process: there is no other instance.
#[derive(Clone, Debug)]
pub struct EmbeddedAnnouncer {
    rung: watch::Sender<u64>,
}

impl EmbeddedAnnouncer {
    /// A bell that nobody has rung yet.
    pub fn new() -> Self {
        Self { rung: watch::Sender::new(0) }
    }
}

impl Default for EmbeddedAnnouncer {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Announcer for EmbeddedAnnouncer {
    async fn ring(&self) -> Result<(), PortFailure> {
        self.rung.send_modify(|times| *times = times.wrapping_add(1));
        Ok(())
    }

    async fn listen(&self) -> Result<Box<dyn Rings>, PortFailure> {
        Ok(Box::new(EmbeddedRings(self.rung.subscribe())))
    }
}

struct EmbeddedRings(watch::Receiver<u64>);

#[async_trait]
impl Rings for EmbeddedRings {
    async fn next(&mut self) -> Result<(), PortFailure> {
        let heard = self.0.changed().await;
        heard.map_err(|gone| PortFailure::new(FailureKind::Unreachable, "listening for announcements", gone))
    }
}
