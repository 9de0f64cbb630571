//! Whether a store answers, remembered, so that not everybody waits for its silence.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::shared::Timestamp;

/// How long a store that did not answer is left alone: those who are signed in shall not wait for its time-out with
/// every request.
pub(super) const RESPITE: Duration = Duration::from_secs(2);

/// The pulse of a store: beating, or silent.
#[derive(Debug, Default)]
pub struct StorePulse {
    /// Until when it is left alone, in milliseconds since 1970; zero while it answers.
    silent_until: AtomicI64,
}

impl StorePulse {
    /// Whether to ask now. After a respite one caller tries, and the others do without until he has an answer.
    pub(super) fn may_ask(&self, now: Timestamp) -> bool {
        let until = self.silent_until.load(Ordering::Relaxed);
        if until == 0 {
            return true;
        }
        let next = now.after(RESPITE).millis();
        until <= now.millis()
            && self.silent_until.compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// It answered; whether that is news.
    pub(super) fn answered(&self) -> bool {
        // Nearly always it did before, and a look is cheaper than a write that every processor has to hear of.
        self.silent_until.load(Ordering::Relaxed) != 0 && self.silent_until.swap(0, Ordering::Relaxed) != 0
    }

    /// It did not answer; whether that is news.
    pub(super) fn was_silent(&self, now: Timestamp) -> bool {
        self.silent_until.swap(now.after(RESPITE).millis(), Ordering::Relaxed) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    #[test]
    fn a_silent_store_is_left_alone_and_then_asked_by_one() {
        let pulse = StorePulse::default();
        assert!(pulse.may_ask(at(0)) && !pulse.answered());
        assert!(pulse.was_silent(at(0)), "that is news");
        assert!(!pulse.was_silent(at(0)), "two who asked at once tell it once");
        assert!(!pulse.may_ask(at(1)));
        assert!(pulse.may_ask(at(2)), "somebody tries");
        assert!(!pulse.may_ask(at(2)), "and only he");
        assert!(!pulse.was_silent(at(3)), "the same spell");
        assert!(pulse.may_ask(at(5)) && pulse.answered());
        assert!(pulse.may_ask(at(5)) && pulse.may_ask(at(5)));
    }

    #[test]
    fn somebody_who_gave_up_trying_does_not_silence_the_store_for_ever() {
        let pulse = StorePulse::default();
        pulse.was_silent(at(0));
        assert!(pulse.may_ask(at(2)));
        assert!(pulse.may_ask(at(4)));
    }
}
