//! What the partners share: one clock, one memory.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::mail::{Mail, MailError, MailSettings};
use crate::naver::{Naver, NaverSettings};
use crate::store::{NotDurable, Record, Store, Write};
use crate::toss::{Toss, TossSettings};

const CLOCK: &str = "clock";

/// How far ahead the clock runs, as remembered.
#[derive(Debug, Default, Serialize, Deserialize)]
struct ClockRecord {
    ahead_s: i64,
}

/// What the partners are told when they start.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) toss: TossSettings,
    pub(crate) naver: NaverSettings,
    pub(crate) mail: MailSettings,
}

/// The partners and what they share.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) toss: Arc<Toss>,
    pub(crate) naver: Arc<Naver>,
    pub(crate) mail: Arc<Mail>,
    clock: Arc<Clock>,
    store: Arc<Store>,
}

impl World {
    /// A world that goes on where `remembered` ends.
    pub(crate) fn new(settings: Settings, store: Store, remembered: &[Record]) -> Result<Self, MailError> {
        let ahead = remembered.iter().find(|record| record.kind == CLOCK).map(Record::read::<ClockRecord>);
        let clock = Arc::new(Clock::ahead_by(ahead.transpose()?.unwrap_or_default().ahead_s));
        let store = Arc::new(store);
        let toss = Arc::new(Toss::new(settings.toss, remembered, Arc::clone(&clock), Arc::clone(&store))?);
        let naver = Arc::new(Naver::new(settings.naver, remembered, Arc::clone(&clock), Arc::clone(&store))?);
        let mail = Arc::new(Mail::new(settings.mail, remembered, Arc::clone(&clock), Arc::clone(&store))?);
        Ok(Self { toss, naver, mail, clock, store })
    }

    /// Moves time forward; whatever falls due happens before this returns.
    pub(crate) fn advance(&self, seconds: i64) -> chrono::DateTime<chrono::Utc> {
        let ahead_s = self.clock.advance(seconds);
        self.store.submit(vec![Write::put(CLOCK, "offset", &ClockRecord { ahead_s })]);
        self.toss.time_has_moved();
        self.mail.time_has_moved();
        self.clock.now()
    }

    /// The present, in sandbox time.
    pub(crate) fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now()
    }

    /// Forgets everything.
    pub(crate) fn reset(&self) {
        // Each partner is locked before the memory is cleared, so nothing that happened before comes back after.
        self.toss.reset(|| {
            self.naver.reset(|| {
                self.mail.reset(|| {
                    self.clock.reset();
                    self.store.submit(vec![Write::Clear]);
                });
            });
        });
    }

    /// Waits until everything that was changed so far is on disk.
    pub(crate) async fn settled(&self) -> Result<(), NotDurable> {
        self.store.settled().await
    }

    /// Writes what is left and closes the memory.
    pub(crate) async fn close(&self) {
        self.store.close().await;
    }
}
