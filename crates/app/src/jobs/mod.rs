//! Work beside requests. A job is a loop: look, do at most one batch, pause. Every step is idempotent and guarded in the
//! database, so that any number of instances can run all of them, and a job may be cut off at any point.
//!
//! To add a job: a module with a `batch` function around its use case, and a line in [`Jobs::start`].

mod announce;
mod deliver_mail;
mod expire_orders;
mod forget_requests;
mod reconcile_payments;
mod supervise;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::JobsConfig;
use crate::shop::Shop;

use supervise::{Rhythm, supervise};

/// How long a stop waits for batches under way. What is cut off then is taken up by the next start.
const DRAIN: Duration = Duration::from_secs(10);

/// What a batch says about the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// There was as much to do as fits into a batch, and it went well: go on at once.
    More,
    /// Nothing waits: pause.
    Idle,
}

/// The running jobs.
#[derive(Debug)]
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Jobs {
    /// Starts every job.
    pub fn start(shop: &Arc<Shop>, config: &JobsConfig) -> Self {
        let (stop, stopped) = watch::channel(false);
        let JobsConfig { expire_orders_batch, reconcile_payments_batch, .. } = *config;
        let rhythm = |pause| Rhythm { pause, deadline: config.batch_timeout };
        let (expiry, reconciliation) = (rhythm(config.expire_orders_pause), rhythm(config.reconcile_payments_pause));
        let expiring = Arc::clone(shop);
        let reconciling = Arc::clone(shop);
        let mut tasks = vec![
            tokio::spawn(supervise("expire_orders", expiry, stopped.clone(), move || {
                let shop = Arc::clone(&expiring);
                async move { expire_orders::batch(&shop.orders.expire, expire_orders_batch).await }
            })),
            tokio::spawn(supervise("reconcile_payments", reconciliation, stopped.clone(), move || {
                let shop = Arc::clone(&reconciling);
                async move { reconcile_payments::batch(&shop.payments.reconcile, reconcile_payments_batch).await }
            })),
        ];
        tasks.push(forget_requests::start(shop, config.batch_timeout, &stopped));
        tasks.push(deliver_mail::start(shop, config.batch_timeout, &stopped));
        tasks.extend(announce::start(shop, config.batch_timeout, &stopped));
        Self { stop, tasks }
    }

    /// Stops every job once its batch is done.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let aborts: Vec<_> = self.tasks.iter().map(JoinHandle::abort_handle).collect();
        if tokio::time::timeout(DRAIN, futures::future::join_all(self.tasks)).await.is_err() {
            tracing::warn!("a job was still busy and is cut off; the next start takes up what it left");
            aborts.iter().for_each(tokio::task::AbortHandle::abort);
        }
    }
}
