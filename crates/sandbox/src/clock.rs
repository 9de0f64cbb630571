//! The sandbox's own time: the machine's clock plus an offset that a tester can push forward.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// An instant of sandbox time.
pub(crate) type Moment = DateTime<Utc>;

/// Korea keeps no daylight saving: its wall clock is this far ahead of UTC all year.
const KOREA_AHEAD: TimeDelta = TimeDelta::hours(9);

/// The furthest that one request may push the clock: ten years.
pub(crate) const LONGEST_ADVANCE_S: i64 = 10 * 366 * 24 * 3600;

/// A clock that only ever runs ahead of the machine's.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_s: AtomicI64,
}

impl Clock {
    /// A clock that already runs `ahead_s` seconds ahead, as remembered from an earlier run.
    pub(crate) fn ahead_by(ahead_s: i64) -> Self {
        Self { ahead_s: AtomicI64::new(ahead_s) }
    }

    /// The present, in sandbox time.
    #[expect(clippy::disallowed_methods, reason = "this is the room where the sandbox reads the clock")]
    pub(crate) fn now(&self) -> Moment {
        Utc::now() + TimeDelta::try_seconds(self.ahead_s.load(Ordering::SeqCst)).unwrap_or_default()
    }

    /// Moves the clock forward and tells how far ahead it runs now.
    pub(crate) fn advance(&self, seconds: i64) -> i64 {
        self.ahead_s.fetch_add(seconds, Ordering::SeqCst).saturating_add(seconds)
    }

    /// Back to the machine's time.
    pub(crate) fn reset(&self) {
        self.ahead_s.store(0, Ordering::SeqCst);
    }
}

/// `2026-11-22T22:00:00+09:00`, the way Korean partners print an instant.
pub(crate) fn korean_time(moment: Moment) -> String {
    (moment + KOREA_AHEAD).format("%Y-%m-%dT%H:%M:%S+09:00").to_string()
}

/// `2026-01-02T14:46:59.653270`: Korean wall time without an offset, as their webhooks print it.
pub(crate) fn korean_wall_time(moment: Moment) -> String {
    (moment + KOREA_AHEAD).format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// `20261122220000`: Korean wall time as a run of digits, used inside keys.
pub(crate) fn korean_digits(moment: Moment) -> String {
    (moment + KOREA_AHEAD).format("%Y%m%d%H%M%S").to_string()
}

/// Year and month on a Korean calendar.
pub(crate) fn korean_month(moment: Moment) -> String {
    (moment + KOREA_AHEAD).format("%Y-%m").to_string()
}

/// Reads a wall time without an offset (`yyyy-MM-ddTHH:mm:ss`) as Korean time.
pub(crate) fn parse_korean_wall_time(text: &str) -> Option<Moment> {
    let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok()?;
    naive.and_utc().checked_sub_signed(KOREA_AHEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_time_survives_the_round_trip() {
        let moment = parse_korean_wall_time("2026-11-22T22:00:00").unwrap();
        assert_eq!(korean_time(moment), "2026-11-22T22:00:00+09:00");
        assert_eq!(korean_digits(moment), "20261122220000");
        assert_eq!(moment.to_rfc3339(), "2026-11-22T13:00:00+00:00");
    }

    #[test]
    fn advancing_adds_up_and_reset_returns_to_the_machines_time() {
        let clock = Clock::ahead_by(5);
        assert_eq!(clock.advance(10), 15);
        clock.reset();
        assert_eq!(clock.advance(1), 1);
    }
}
