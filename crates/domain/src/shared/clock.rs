//! Time, injected.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Utc};

/// A moment in UTC, to the millisecond: the precision that every store keeps, so that a value read back equals the
/// value written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The moment, with anything finer than a millisecond cut off.
    pub fn new(moment: DateTime<Utc>) -> Self {
        Self(moment.trunc_subsecs(3))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z; `None` where that is outside the calendar.
    pub fn from_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }

    /// The same moment, if every store can hold it and compare with it. The calendar of MySQL has the years 1000 to 9999,
    /// and that of this program many more: whatever somebody outside made up comes through here.
    pub fn storable(self) -> Option<Self> {
        (1_000..=9_999).contains(&self.0.year()).then_some(self)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The moment as the calendar library's type.
    pub fn to_utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The moment `span` later; the end of the calendar where that would be past it.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        let span = TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
        Self::new(self.0.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// The moment `span` earlier; the beginning of the calendar where that would be before it.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        let span = TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
        Self::new(self.0.checked_sub_signed(span).unwrap_or(DateTime::<Utc>::MIN_UTC))
    }

    /// How long after `earlier` this is; zero if it is not.
    pub fn since(self, earlier: Self) -> Duration {
        (self.0 - earlier.0).to_std().unwrap_or_default()
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The time, and waiting for it.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;

    /// Returns once `span` has passed. Holds nothing meanwhile.
    async fn sleep(&self, span: Duration);
}

/// A clock that moves only when told to, for tests. Sleeping moves it.
#[cfg(any(test, feature = "mock"))]
#[derive(Debug)]
pub struct ManualClock(std::sync::Mutex<Timestamp>);

#[cfg(any(test, feature = "mock"))]
impl ManualClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(std::sync::Mutex::new(now))
    }

    /// Moves the clock forward.
    ///
    /// # Panics
    /// If a test panicked while it held the clock.
    pub fn advance(&self, span: Duration) {
        let mut now = self.0.lock().expect("no test panics while it holds the clock");
        *now = now.after(span);
    }
}

#[cfg(any(test, feature = "mock"))]
#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no test panics while it holds the clock")
    }

    async fn sleep(&self, span: Duration) {
        self.advance(span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_store_holds_the_years_of_four_digits_and_no_others() {
        let at = |text: &str| Timestamp::new(DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc));
        for moment in [at("1000-01-01T00:00:00Z"), at("2026-01-31T09:00:00Z"), at("9999-12-31T23:59:59.999Z")] {
            assert_eq!(moment.storable(), Some(moment));
        }
        let ends = [Timestamp::new(DateTime::<Utc>::MIN_UTC), Timestamp::new(DateTime::<Utc>::MAX_UTC)];
        let nearest = [at("0999-12-31T23:59:59.999Z"), at("9999-12-31T23:59:59.999Z").after(Duration::from_millis(1))];
        for moment in ends.into_iter().chain(nearest).chain([at("0000-01-01T00:00:00Z")]) {
            assert_eq!(moment.storable(), None, "{moment}");
        }
    }
}
