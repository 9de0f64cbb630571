//! Events become announcements, and announcements reach the streams of this instance.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::announce::{Announcer, DeliverAnnouncements, SweepAnnouncements};
use ef_domain::shared::PortFailure;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::config::LiveConfig;
use crate::live::Feed;
use crate::shop::Shop;

use super::Progress;
use super::supervise::{Rhythm, supervise, supervise_waking};

/// How often an instance looks for announcements that no ring told it of.
const LOOK: Duration = Duration::from_secs(1);
/// How often there is a look for what was told long ago.
const SWEEP: Duration = Duration::from_hours(1);
/// How many rows of a kind go at a time, so that nobody waits for it.
const SWEPT: u32 = 500;
/// How long it waits before it listens anew.
const DEAF: Duration = Duration::from_secs(1);

/// Starts all of it: delivering, listening to the bell, telling, and forgetting.
pub(super) fn start(shop: &Arc<Shop>, deadline: Duration, stop: &watch::Receiver<bool>) -> [JoinHandle<()>; 4] {
    let LiveConfig { pause, batch, .. } = shop.live.config;
    let (delivering, telling, bell) = (Arc::clone(shop), Arc::clone(shop), Arc::clone(shop.live.feed.bell()));
    let delivery = supervise("deliver_announcements", Rhythm { pause, deadline }, stop.clone(), move || {
        let shop = Arc::clone(&delivering);
        async move { deliver(&shop.deliver_announcements, batch, shop.live.feed.bell()).await }
    });
    let (rhythm, stopped, wake) = (Rhythm { pause: LOOK, deadline }, stop.clone(), Arc::clone(&bell));
    let telling = async move {
        let batch = || {
            let shop = Arc::clone(&telling);
            async move { tell(&shop.live.feed).await }
        };
        supervise_waking("tell_announcements", rhythm, stopped, &wake, batch).await;
    };
    let listening = listen(Arc::clone(&shop.live.announcer), bell, stop.clone());
    let sweeping = Arc::clone(shop);
    let forgetting = supervise("sweep_announcements", Rhythm { pause: SWEEP, deadline }, stop.clone(), move || {
        let shop = Arc::clone(&sweeping);
        async move { forget(&shop.live.sweep, SWEPT).await }
    });
    [tokio::spawn(delivery), tokio::spawn(telling), tokio::spawn(listening), tokio::spawn(forgetting)]
}

/// Turns one batch of events into announcements.
async fn deliver(use_case: &DeliverAnnouncements, size: u32, bell: &Notify) -> Result<Progress, PortFailure> {
    let delivery = use_case.run(size).await?;
    if delivery.announced > 0 {
        // This instance need not wait for its own ring, least of all from a Redis that is down.
        bell.notify_one();
    }
    let full = u32::try_from(delivery.taken).is_ok_and(|taken| taken >= size);
    Ok(if full { Progress::More } else { Progress::Idle })
}

/// Tells the streams of this instance what is new.
async fn tell(feed: &Feed) -> Result<Progress, PortFailure> {
    Ok(if feed.read_on().await? { Progress::More } else { Progress::Idle })
}

/// Forgets a few rows of what is old.
async fn forget(use_case: &SweepAnnouncements, size: u32) -> Result<Progress, PortFailure> {
    let swept = use_case.run(size).await?;
    let full = swept.announcements.max(swept.events) >= u64::from(size);
    Ok(if full { Progress::More } else { Progress::Idle })
}

/// Listens to the bell for the whole instance, until it is told to stop. Whoever listens anew looks, because it may have
/// rung meanwhile.
async fn listen(announcer: Arc<dyn Announcer>, bell: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    let mut deaf = false;
    while !*stop.borrow() {
        let failure = tokio::select! {
            failure = hear(announcer.as_ref(), &bell, &mut deaf) => failure,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        if !deaf {
            tracing::warn!(
                error = failure.chain(),
                "the bell for announcements is not heard, they come a little later"
            );
            deaf = true;
        }
        // Whichever comes first. A sender that is gone means the same as a stop.
        let _ = tokio::time::timeout(DEAF, stop.wait_for(|stop| *stop)).await;
        if stop.has_changed().is_err() {
            return;
        }
    }
}

/// Passes rings on until it cannot.
async fn hear(announcer: &dyn Announcer, bell: &Notify, deaf: &mut bool) -> PortFailure {
    let mut rings = match announcer.listen().await {
        Ok(rings) => rings,
        Err(failure) => return failure,
    };
    if *deaf {
        tracing::info!("the bell for announcements is heard again");
        *deaf = false;
    }
    loop {
        bell.notify_one();
        if let Err(failure) = rings.next().await {
            return failure;
        }
    }
}

#[cfg(test)]
mod tests {
    use ef_domain::announce::{Delivery, MockAnnouncementRepository, MockAnnouncer, MockRings, Rings, Swept};
    use ef_domain::shared::{FailureKind, ManualClock, Timestamp};

    use super::*;

    fn use_case(delivery: Delivery) -> DeliverAnnouncements {
        let mut announcements = MockAnnouncementRepository::new();
        announcements.expect_deliver().returning(move |_, _| Ok(delivery));
        let mut announcer = MockAnnouncer::new();
        announcer.expect_ring().returning(|| Ok(()));
        let clock = ManualClock::at(Timestamp::from_millis(1_800_000_000_000).unwrap());
        let (announcements, announcer) = (Arc::new(announcements), Arc::new(announcer));
        DeliverAnnouncements { announcements, announcer, clock: Arc::new(clock) }
    }

    #[tokio::test]
    async fn a_full_batch_asks_for_more() {
        let bell = Notify::new();
        for (taken, progress) in [(3, Progress::More), (2, Progress::Idle), (0, Progress::Idle)] {
            let delivery = Delivery { taken, announced: 0 };
            assert_eq!(deliver(&use_case(delivery), 3, &bell).await.unwrap(), progress);
        }
    }

    #[tokio::test]
    async fn what_is_old_goes_in_full_batches_until_none_is_full() {
        for (announcements, events, progress) in
            [(3, 0, Progress::More), (0, 3, Progress::More), (2, 2, Progress::Idle)]
        {
            let mut old = MockAnnouncementRepository::new();
            old.expect_sweep().returning(move |_, _| Ok(Swept { announcements, events }));
            let clock = ManualClock::at(Timestamp::from_millis(1_800_000_000_000).unwrap());
            let (announcements, clock) = (Arc::new(old), Arc::new(clock));
            let sweep = SweepAnnouncements { announcements, clock, kept: Duration::from_hours(24) };
            assert_eq!(forget(&sweep, 3).await.unwrap(), progress);
        }
    }

    fn broken() -> PortFailure {
        PortFailure::new(FailureKind::Unreachable, "listening", "gone")
    }

    /// The first connection breaks at once, the second one after a ring; each time the instance looks.
    #[tokio::test(start_paused = true)]
    async fn whoever_went_deaf_listens_anew_and_looks() {
        let mut announcer = MockAnnouncer::new();
        announcer.expect_listen().once().returning(|| Err(broken()));
        announcer.expect_listen().once().returning(|| {
            let mut rings = MockRings::new();
            rings.expect_next().once().returning(|| Err(broken()));
            Ok(Box::new(rings))
        });
        announcer.expect_listen().returning(|| {
            let mut rings = MockRings::new();
            rings.expect_next().once().returning(|| Ok(()));
            rings.expect_next().returning(|| Err(broken()));
            Ok(Box::new(rings))
        });
        let (stop, stopped) = watch::channel(false);
        let bell = Arc::new(Notify::new());
        let listening = tokio::spawn(listen(Arc::new(announcer), Arc::clone(&bell), stopped));
        let began = tokio::time::Instant::now();
        bell.notified().await;
        assert_eq!(began.elapsed(), DEAF);
        bell.notified().await;
        assert_eq!(began.elapsed(), DEAF * 2);
        stop.send_replace(true);
        listening.await.unwrap();
    }

    /// A bell that nobody rings.
    struct Silence;

    #[async_trait::async_trait]
    impl Rings for Silence {
        async fn next(&mut self) -> Result<(), PortFailure> {
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_waits_for_no_ring() {
        let mut announcer = MockAnnouncer::new();
        announcer.expect_listen().returning(|| Ok(Box::new(Silence)));
        let (stop, stopped) = watch::channel(false);
        let listening = tokio::spawn(listen(Arc::new(announcer), Arc::new(Notify::new()), stopped));
        tokio::time::sleep(Duration::from_millis(1)).await;
        stop.send_replace(true);
        listening.await.unwrap();
    }
}
