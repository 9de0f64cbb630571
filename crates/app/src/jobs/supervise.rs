//! The loop that every job runs in.

use std::error::Error;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use ef_domain::shared::{FailureKind, PortFailure};
use futures::FutureExt;
use tokio::sync::{Notify, watch};

use super::Progress;

/// When a job works, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    /// How long it pauses when nothing waits.
    pub(super) pause: Duration,
    /// How long a batch may take. A database that went away without a word would otherwise end the job for good.
    pub(super) deadline: Duration,
}

/// Repeats the batch until told to stop, and never lets go: a failure, a panic or a batch that does not end costs one
/// batch.
///
/// The pause is the machine's time and not the shop's: a clock that is moved by hand must not turn this into a busy
/// loop. Nothing is cut off by a stop but the pause.
pub(super) async fn supervise<Batch, Run>(name: &'static str, rhythm: Rhythm, stop: watch::Receiver<bool>, batch: Batch)
where
    Batch: Fn() -> Run + Send,
    Run: Future<Output = Result<Progress, PortFailure>> + Send,
{
    supervise_waking(name, rhythm, stop, &Notify::new(), batch).await;
}

/// The same for a job whose pause ends early when somebody notifies it. A notice that comes while it works counts.
pub(super) async fn supervise_waking<Batch, Run>(
    name: &'static str,
    rhythm: Rhythm,
    mut stop: watch::Receiver<bool>,
    wake: &Notify,
    batch: Batch,
) where
    Batch: Fn() -> Run + Send,
    Run: Future<Output = Result<Progress, PortFailure>> + Send,
{
    let mut health = Health::Up;
    while !*stop.borrow() {
        let running = AssertUnwindSafe(async { batch().await }).catch_unwind();
        let (now, progress) = match tokio::time::timeout(rhythm.deadline, running).await {
            Ok(Ok(Ok(progress))) => (Health::Up, progress),
            Ok(Ok(Err(failure))) => {
                health.log_failure(name, &failure);
                (Health::Down, Progress::Idle)
            }
            Ok(Err(_)) => {
                health.log_panic(name);
                (Health::Down, Progress::Idle)
            }
            Err(elapsed) => {
                let during = "running a batch of a job";
                health.log_failure(name, &PortFailure::new(FailureKind::TimedOut, during, elapsed));
                (Health::Down, Progress::Idle)
            }
        };
        if health == Health::Down && now == Health::Up {
            tracing::info!(job = name, "the job works again");
        }
        health = now;
        match progress {
            Progress::More => tokio::task::yield_now().await,
            Progress::Idle => {
                // Whichever comes first. A sender that is gone means the same as a stop.
                tokio::select! {
                    _ = tokio::time::timeout(rhythm.pause, stop.wait_for(|stop| *stop)) => {}
                    () = wake.notified() => {}
                }
                if stop.has_changed().is_err() {
                    return;
                }
            }
        }
    }
}

/// How the last batch went. Only a change is worth a line in the log: a job that ticks five times a second would bury
/// everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Up,
    Down,
}

impl Health {
    fn log_failure(self, job: &'static str, failure: &PortFailure) {
        let error: &(dyn Error + 'static) = failure;
        match self {
            Self::Up => tracing::error!(job, error, "the job fails, and keeps trying"),
            Self::Down => tracing::debug!(job, error, "the job still fails"),
        }
    }

    fn log_panic(self, job: &'static str) {
        match self {
            Self::Up => tracing::error!(job, "the job panicked, and keeps trying"),
            Self::Down => tracing::debug!(job, "the job panicked again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::Instant;

    use super::*;

    const PAUSE: Duration = Duration::from_millis(200);
    const DEADLINE: Duration = Duration::from_mins(1);
    const RHYTHM: Rhythm = Rhythm { pause: PAUSE, deadline: DEADLINE };

    /// Runs a job whose `n`th batch (from 1) ends as `plan` says, until it has run `until` batches; how long that took.
    async fn run(until: u32, plan: impl Fn(u32) -> Result<Progress, PortFailure> + Send + Sync + 'static) -> Duration {
        let (stop, stopped) = watch::channel(false);
        let count = Arc::new(AtomicU32::new(0));
        let plan = Arc::new(plan);
        let began = Instant::now();
        let job = supervise("test", RHYTHM, stopped, move || {
            let (count, plan, stop) = (Arc::clone(&count), Arc::clone(&plan), stop.clone());
            async move {
                let batch = count.fetch_add(1, Ordering::Relaxed) + 1;
                if batch == until {
                    stop.send_replace(true);
                }
                plan(batch)
            }
        });
        tokio::time::timeout(Duration::from_mins(1), job).await.expect("the job stops when told to");
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_job_pauses_between_batches() {
        assert_eq!(run(4, |_| Ok(Progress::Idle)).await, PAUSE * 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_batch_is_followed_at_once() {
        assert_eq!(run(50, |_| Ok(Progress::More)).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_costs_one_batch() {
        let failure = || PortFailure::new(FailureKind::Unreachable, "testing", "down");
        let took = run(4, move |batch| if batch < 4 { Err(failure()) } else { Ok(Progress::Idle) }).await;
        assert_eq!(took, PAUSE * 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_costs_one_batch() {
        let took = run(3, |batch| {
            assert!(batch > 2, "a bug");
            Ok(Progress::Idle)
        });
        assert_eq!(took.await, PAUSE * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_does_not_end_costs_one_batch() {
        let (stop, stopped) = watch::channel(false);
        let count = AtomicU32::new(0);
        let (count, stop) = (&count, &stop);
        let began = Instant::now();
        supervise("test", RHYTHM, stopped, || async move {
            if count.fetch_add(1, Ordering::Relaxed) == 0 {
                std::future::pending::<()>().await;
            }
            stop.send_replace(true);
            Ok(Progress::Idle)
        })
        .await;
        assert_eq!(began.elapsed(), DEADLINE + PAUSE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_does_not_wait_for_the_pause() {
        let (stop, stopped) = watch::channel(false);
        let rhythm = Rhythm { pause: Duration::from_hours(1), ..RHYTHM };
        let job = tokio::spawn(supervise("test", rhythm, stopped, || async { Ok(Progress::Idle) }));
        tokio::time::sleep(Duration::from_millis(1)).await;
        let began = Instant::now();
        stop.send_replace(true);
        job.await.unwrap();
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_notice_ends_the_pause() {
        let (stop, stopped) = watch::channel(false);
        let (wake, count) = (Notify::new(), AtomicU32::new(0));
        let (wake, count, stop) = (&wake, &count, &stop);
        let began = Instant::now();
        supervise_waking("test", RHYTHM, stopped, wake, || async move {
            match count.fetch_add(1, Ordering::Relaxed) {
                0 | 1 => wake.notify_one(),
                2 => {}
                _ => {
                    stop.send_replace(true);
                }
            }
            Ok(Progress::Idle)
        })
        .await;
        assert_eq!((began.elapsed(), count.load(Ordering::Relaxed)), (PAUSE, 4));
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_whose_owner_is_gone_ends() {
        let (stop, stopped) = watch::channel(false);
        let job = tokio::spawn(supervise("test", RHYTHM, stopped, || async { Ok(Progress::Idle) }));
        drop(stop);
        tokio::time::timeout(PAUSE * 3, job).await.expect("the job ends").unwrap();
    }
}
