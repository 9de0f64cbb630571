//! Events become announcements.

use std::sync::Arc;

use crate::shared::{Clock, PortFailure};

use super::{AnnouncementRepository, Announcer, Delivery};

/// Turns events into announcements.
pub struct DeliverAnnouncements {
    /// Where announcements are kept.
    pub announcements: Arc<dyn AnnouncementRepository>,
    /// Tells every instance.
    pub announcer: Arc<dyn Announcer>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

impl DeliverAnnouncements {
    /// Turns up to `batch` events into announcements and rings. A bell that does not ring delays them a little and fails
    /// nothing: they are stored.
    pub async fn run(&self, batch: u32) -> Result<Delivery, PortFailure> {
        let delivery = self.announcements.deliver(batch, self.clock.now()).await?;
        if delivery.announced > 0
            && let Err(failure) = self.announcer.ring().await
        {
            tracing::warn!(error = failure.chain(), "instances hear of announcements later than usual");
        }
        Ok(delivery)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MockAnnouncementRepository, MockAnnouncer};
    use super::*;
    use crate::shared::{FailureKind, ManualClock, Timestamp};

    fn delivering(delivery: Delivery, announcer: MockAnnouncer) -> DeliverAnnouncements {
        let mut announcements = MockAnnouncementRepository::new();
        announcements.expect_deliver().returning(move |_, _| Ok(delivery));
        let clock = ManualClock::at(Timestamp::from_millis(1_800_000_000_000).unwrap());
        let (announcements, announcer) = (Arc::new(announcements), Arc::new(announcer));
        DeliverAnnouncements { announcements, announcer, clock: Arc::new(clock) }
    }

    #[tokio::test]
    async fn nobody_rings_for_nothing() {
        for delivery in [Delivery::default(), Delivery { taken: 3, announced: 0 }] {
            let mut announcer = MockAnnouncer::new();
            announcer.expect_ring().never();
            assert_eq!(delivering(delivery, announcer).run(100).await.unwrap(), delivery);
        }
    }

    #[tokio::test]
    async fn a_bell_that_does_not_ring_fails_nothing() {
        let delivery = Delivery { taken: 3, announced: 2 };
        let mut announcer = MockAnnouncer::new();
        let down = || PortFailure::new(FailureKind::Unreachable, "ringing", "down");
        announcer.expect_ring().once().returning(move || Err(down()));
        assert_eq!(delivering(delivery, announcer).run(100).await.unwrap(), delivery);
    }
}
