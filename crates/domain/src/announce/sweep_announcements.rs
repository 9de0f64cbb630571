//! What was told long ago is forgotten.

use std::sync::Arc;
use std::time::Duration;

use crate::shared::{Clock, PortFailure};

use super::{AnnouncementRepository, Swept};

/// Keeps announcements, and the events that they came from, from growing for ever.
pub struct SweepAnnouncements {
    /// Where they are kept.
    pub announcements: Arc<dyn AnnouncementRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// How long they can be looked up.
    pub kept: Duration,
}

impl SweepAnnouncements {
    /// Forgets up to `batch` of a kind, so that nobody waits for it. Safe beside any number of other instances.
    pub async fn run(&self, batch: u32) -> Result<Swept, PortFailure> {
        let swept = self.announcements.sweep(self.clock.now().before(self.kept), batch).await?;
        if swept != Swept::default() {
            let Swept { announcements, events } = swept;
            tracing::debug!(announcements, events, "old announcements and their events forgotten");
        }
        Ok(swept)
    }
}

#[cfg(test)]
mod tests {
    use super::super::MockAnnouncementRepository;
    use super::*;
    use crate::shared::ManualClock;
    use crate::testing::at;

    #[tokio::test]
    async fn what_is_older_than_it_is_kept_is_forgotten() {
        let mut announcements = MockAnnouncementRepository::new();
        let swept = Swept { announcements: 3, events: 5 };
        announcements.expect_sweep().once().returning(move |before, limit| {
            assert_eq!((at(0).since(before), limit), (Duration::from_hours(24), 7));
            Ok(swept)
        });
        let (announcements, clock) = (Arc::new(announcements), Arc::new(ManualClock::at(at(0))));
        let sweep = SweepAnnouncements { announcements, clock, kept: Duration::from_hours(24) };
        assert_eq!(sweep.run(7).await.unwrap(), swept);
    }
}
