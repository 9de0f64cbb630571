//! Keys of requests, and the answers that they got, are forgotten.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::once::ForgetRequests;
use ef_domain::shared::PortFailure;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::shop::Shop;

use super::Progress;
use super::supervise::{Rhythm, supervise};

/// How often there is a look for old ones. Nobody waits for it: a key that is too old counts as new before it is gone.
const PAUSE: Duration = Duration::from_mins(10);
/// How many go at a time, so that nobody waits for it.
const BATCH: u32 = 500;

/// Starts the job.
pub(super) fn start(shop: &Arc<Shop>, deadline: Duration, stopped: &watch::Receiver<bool>) -> JoinHandle<()> {
    let rhythm = Rhythm { pause: PAUSE, deadline };
    let shop = Arc::clone(shop);
    tokio::spawn(supervise("forget_requests", rhythm, stopped.clone(), move || {
        let shop = Arc::clone(&shop);
        async move { batch(&shop.forget_requests, BATCH).await }
    }))
}

/// Forgets one batch.
async fn batch(use_case: &ForgetRequests, size: u32) -> Result<Progress, PortFailure> {
    let forgotten = use_case.run(size).await?;
    Ok(if forgotten >= u64::from(size) { Progress::More } else { Progress::Idle })
}

#[cfg(test)]
mod tests {
    use ef_domain::once::MockRequestLedger;
    use ef_domain::shared::{ManualClock, Timestamp};

    use super::*;

    #[tokio::test]
    async fn what_is_older_than_a_day_goes_in_batches_until_one_is_not_full() {
        let now = Timestamp::from_millis(1_700_000_000_000).unwrap();
        let keep = Duration::from_hours(24);
        for (gone, then) in [(3, Progress::More), (2, Progress::Idle), (0, Progress::Idle)] {
            let mut ledger = MockRequestLedger::new();
            ledger.expect_forget().times(1).returning(move |before, limit| {
                assert_eq!((before.after(keep), limit), (now, 3));
                Ok(gone)
            });
            let use_case = ForgetRequests { ledger: Arc::new(ledger), clock: Arc::new(ManualClock::at(now)), keep };
            assert_eq!(batch(&use_case, 3).await.unwrap(), then);
        }
    }
}
