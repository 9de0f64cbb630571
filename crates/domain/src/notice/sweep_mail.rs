//! Mails that are done are forgotten after a while.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::shared::{Clock, PortFailure, Timestamp};

use super::{MailOutbox, SuppressionList, SweepBefore};

/// How long a settled mail and a notice can be looked up. The partner repeats a notice for hours, not for weeks.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// How long a discarded mail can. Strangers have most of them written.
const DISCARDED_KEPT: Duration = Duration::from_hours(24);
/// How often there is a look for old ones.
const PAUSE: Duration = Duration::from_hours(1);
/// How many of a kind go at a time, so that nobody waits for it.
const SWEPT: u32 = 500;

/// Keeps what is stored about mails from growing for ever.
pub struct SweepMail {
    /// Where mails are.
    pub outbox: Arc<dyn MailOutbox>,
    /// Where notices are.
    pub suppressed: Arc<dyn SuppressionList>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// When it is to be done next. Starts as [`SweepRota::default`].
    pub rota: SweepRota,
}

impl SweepMail {
    /// Forgets some of what is old, if the time has come: once an hour, and again at once while there is more. How many
    /// rows went. Safe beside any number of other instances.
    pub async fn run(&self) -> Result<u64, PortFailure> {
        let now = self.clock.now();
        if !self.rota.is_due(now) {
            return Ok(0);
        }
        // First of all, so that a sweep which fails is not tried at every look.
        self.rota.put(now.after(PAUSE));
        let before = SweepBefore { settled: now.before(KEPT), discarded: now.before(DISCARDED_KEPT) };
        let mails = self.outbox.sweep(before, SWEPT).await?;
        let notices = self.suppressed.forget_notices(now.before(KEPT), SWEPT).await?;
        if mails.max(notices) >= u64::from(SWEPT) {
            self.rota.put(now);
        }
        if mails + notices > 0 {
            tracing::debug!(mails, notices, "old mails and notices forgotten");
        }
        Ok(mails + notices)
    }
}

/// When old mails are looked for next.
#[derive(Debug, Default)]
pub struct SweepRota(Mutex<Option<Timestamp>>);

impl SweepRota {
    fn is_due(&self, now: Timestamp) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none_or(|next| next <= now)
    }

    fn put(&self, next: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::{MockMailOutbox, MockSuppressionList};
    use crate::shared::{FailureKind, ManualClock};
    use crate::testing::at;

    fn sweeper(outbox: MockMailOutbox, clock: &Arc<ManualClock>) -> SweepMail {
        let mut suppressed = MockSuppressionList::new();
        suppressed.expect_forget_notices().returning(|_, _| Ok(3));
        SweepMail {
            outbox: Arc::new(outbox),
            suppressed: Arc::new(suppressed),
            clock: clock.clone(),
            rota: SweepRota::default(),
        }
    }

    #[tokio::test]
    async fn what_is_old_is_forgotten_once_an_hour() {
        let clock = Arc::new(ManualClock::at(at(0)));
        let mut outbox = MockMailOutbox::new();
        outbox.expect_sweep().times(2).returning(|before, _| {
            assert_eq!(before.discarded.since(before.settled), Duration::from_hours(29 * 24));
            Ok(7)
        });
        let sweep = sweeper(outbox, &clock);
        assert_eq!(sweep.run().await.unwrap(), 10);
        clock.advance(Duration::from_mins(59));
        assert_eq!(sweep.run().await.unwrap(), 0);
        clock.advance(Duration::from_mins(1));
        assert_eq!(sweep.run().await.unwrap(), 10);
    }

    #[tokio::test]
    async fn a_sweep_that_left_some_goes_on_and_one_that_failed_waits() {
        let clock = Arc::new(ManualClock::at(at(0)));
        let mut outbox = MockMailOutbox::new();
        let gone = |_, _| Err(PortFailure::new(FailureKind::Unreachable, "sweeping", "gone"));
        outbox.expect_sweep().times(1).returning(gone);
        outbox.expect_sweep().times(1).returning(|_, _| Ok(500));
        let sweep = sweeper(outbox, &clock);
        assert!(sweep.run().await.is_err());
        assert_eq!(sweep.run().await.unwrap(), 0);
        clock.advance(Duration::from_hours(1));
        assert_eq!(sweep.run().await.unwrap(), 503);
        assert!(sweep.rota.is_due(clock.now()));
    }
}
