//! What every [`RateLimiter`] keeps to, one function a rule. [`rate_limiter_tests!`](crate::rate_limiter_tests) turns them
//! into tests of one limiter.
//!
//! Every rule draws a key of its own, so that the rules can run at once against one server. Time is passed in.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::DateTime;
use ef_domain::shared::{Allowance, Limit, LimitKey, RateLimiter, Timestamp};
use tokio::task::JoinSet;

/// The limit of every rule that names no other.
pub const LIMIT: Limit = Limit { times: 3, per: Duration::from_mins(10) };

const MOMENT: Duration = Duration::from_millis(1);

/// Makes one test of each rule. The argument is an expression that gives a limiter and whatever must outlive its use; it
/// may await.
#[macro_export]
macro_rules! rate_limiter_tests {
    ($limiter:expr) => {
        $crate::rate_limiter_tests! { @each $limiter;
            as_many_uses_as_the_limit_says_are_granted_and_no_more
            the_window_slides_with_every_use
            no_span_of_that_length_holds_more_uses_than_the_limit_says
            whoever_comes_back_when_he_was_told_to_is_granted
            refused_uses_are_not_counted
            looking_counts_nothing
            looking_sees_what_a_use_would_get
            keys_are_independent
            a_key_that_was_forgotten_begins_anew
            forgetting_what_was_never_used_does_nothing
            a_clock_that_lags_behind_another_instance_grants_nothing_more
            a_limit_that_was_lowered_holds_at_once
            a_key_may_hold_whatever_somebody_typed
            of_many_uses_at_once_exactly_as_many_as_the_limit_says_are_granted
        }
    };
    (@each $limiter:expr; $($rule:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $rule() {
            let (limiter, _outlives_the_test) = $limiter;
            $crate::limits::$rule(::std::sync::Arc::new(limiter)).await;
        }
    )*};
}

/// A key that nobody else in this run and no earlier run has.
pub fn fresh_key() -> LimitKey {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let seed = RandomState::new().hash_one(std::process::id());
    LimitKey::new("test", &[&seed, &NEXT.fetch_add(1, Ordering::Relaxed)])
}

/// When every rule begins: 2027-01-15T08:00:00Z.
pub fn start() -> Timestamp {
    Timestamp::new(DateTime::from_timestamp_millis(1_800_000_000_000).expect("a moment of the calendar"))
}

fn later(seconds: u64) -> Timestamp {
    start().after(Duration::from_secs(seconds))
}

const fn refused(retry_after: Duration) -> Allowance {
    Allowance::Refused { retry_after }
}

type Limiter = Arc<dyn RateLimiter>;

async fn take(limiter: &Limiter, key: &LimitKey, now: Timestamp) -> Allowance {
    limiter.take(key, LIMIT, now).await.expect("the limiter answers")
}

async fn peek(limiter: &Limiter, key: &LimitKey, now: Timestamp) -> Allowance {
    limiter.peek(key, LIMIT, now).await.expect("the limiter answers")
}

/// Three are three.
pub async fn as_many_uses_as_the_limit_says_are_granted_and_no_more(limiter: Limiter) {
    let key = fresh_key();
    for _ in 0..3 {
        assert_eq!(take(&limiter, &key, start()).await, Allowance::Granted);
    }
    assert_eq!(take(&limiter, &key, start()).await, refused(LIMIT.per));
    assert_eq!(take(&limiter, &key, later(1)).await, refused(Duration::from_secs(599)));
}

/// Each use runs out by itself: not all of them at the end of a window.
pub async fn the_window_slides_with_every_use(limiter: Limiter) {
    let key = fresh_key();
    for seconds in [0, 100, 200] {
        assert_eq!(take(&limiter, &key, later(seconds)).await, Allowance::Granted);
    }
    // The first one ran out, and makes place for one.
    assert_eq!(take(&limiter, &key, later(600)).await, Allowance::Granted);
    assert_eq!(take(&limiter, &key, later(600)).await, refused(Duration::from_secs(100)));
    assert_eq!(take(&limiter, &key, later(700)).await, Allowance::Granted);
    assert_eq!(take(&limiter, &key, later(700)).await, refused(Duration::from_secs(100)));
}

/// What a fixed window gets wrong: twice as many around its edge.
pub async fn no_span_of_that_length_holds_more_uses_than_the_limit_says(limiter: Limiter) {
    let key = fresh_key();
    let mut granted = Vec::new();
    for seconds in (0..3000).step_by(37) {
        if take(&limiter, &key, later(seconds)).await == Allowance::Granted {
            granted.push(seconds);
        }
    }
    for window in granted.windows(4) {
        let span = window.last().copied().zip(window.first().copied()).map(|(last, first)| last - first);
        assert!(span >= Some(LIMIT.per.as_secs()), "{window:?}");
    }
    assert!(granted.len() >= 12, "a limit that is not used up by three in ten minutes: {granted:?}");
}

/// The wait is exact to the millisecond.
pub async fn whoever_comes_back_when_he_was_told_to_is_granted(limiter: Limiter) {
    let key = fresh_key();
    for seconds in [0, 7, 7] {
        take(&limiter, &key, later(seconds)).await;
    }
    let now = later(599).after(Duration::from_millis(999));
    let Allowance::Refused { retry_after } = take(&limiter, &key, now).await else { panic!("a fourth use") };
    assert_eq!(retry_after, MOMENT);
    assert_eq!(take(&limiter, &key, now.after(retry_after)).await, Allowance::Granted);
    let Allowance::Refused { retry_after } = take(&limiter, &key, now.after(MOMENT)).await else { panic!("a fifth") };
    let told = now.after(MOMENT).after(retry_after);
    assert_eq!(told, later(607));
    assert_eq!(take(&limiter, &key, told).await, Allowance::Granted);
}

/// Who keeps trying is not kept out for ever.
pub async fn refused_uses_are_not_counted(limiter: Limiter) {
    let key = fresh_key();
    for _ in 0..3 {
        take(&limiter, &key, start()).await;
    }
    for seconds in 1..100 {
        assert_ne!(take(&limiter, &key, later(seconds)).await, Allowance::Granted);
    }
    for _ in 0..3 {
        assert_eq!(take(&limiter, &key, later(600)).await, Allowance::Granted);
    }
}

/// However often.
pub async fn looking_counts_nothing(limiter: Limiter) {
    let key = fresh_key();
    for _ in 0..10 {
        assert_eq!(peek(&limiter, &key, start()).await, Allowance::Granted);
    }
    for _ in 0..3 {
        assert_eq!(take(&limiter, &key, start()).await, Allowance::Granted);
    }
}

/// The same answer and the same wait.
pub async fn looking_sees_what_a_use_would_get(limiter: Limiter) {
    let key = fresh_key();
    for seconds in [0, 5, 9] {
        assert_eq!(peek(&limiter, &key, later(seconds)).await, Allowance::Granted);
        take(&limiter, &key, later(seconds)).await;
    }
    assert_eq!(peek(&limiter, &key, later(10)).await, refused(Duration::from_secs(590)));
    assert_eq!(peek(&limiter, &key, later(600)).await, Allowance::Granted);
}

/// One key's uses are nobody else's.
pub async fn keys_are_independent(limiter: Limiter) {
    let (key, other) = (fresh_key(), fresh_key());
    for _ in 0..4 {
        take(&limiter, &key, start()).await;
    }
    assert_eq!(take(&limiter, &other, start()).await, Allowance::Granted);
    limiter.forget(&other).await.expect("the limiter answers");
    assert_ne!(take(&limiter, &key, start()).await, Allowance::Granted);
}

/// With all of its uses.
pub async fn a_key_that_was_forgotten_begins_anew(limiter: Limiter) {
    let key = fresh_key();
    for _ in 0..4 {
        take(&limiter, &key, start()).await;
    }
    limiter.forget(&key).await.expect("the limiter answers");
    for _ in 0..3 {
        assert_eq!(take(&limiter, &key, start()).await, Allowance::Granted);
    }
    assert_ne!(take(&limiter, &key, start()).await, Allowance::Granted);
}

/// It is no failure either.
pub async fn forgetting_what_was_never_used_does_nothing(limiter: Limiter) {
    let key = fresh_key();
    limiter.forget(&key).await.expect("the limiter answers");
    assert_eq!(take(&limiter, &key, start()).await, Allowance::Granted);
}

/// Uses that lie in the future of the machine that asks count.
pub async fn a_clock_that_lags_behind_another_instance_grants_nothing_more(limiter: Limiter) {
    let key = fresh_key();
    take(&limiter, &key, later(30)).await;
    take(&limiter, &key, start()).await;
    take(&limiter, &key, later(10)).await;
    assert_eq!(take(&limiter, &key, start()).await, refused(LIMIT.per));
    assert_eq!(take(&limiter, &key, later(600)).await, Allowance::Granted);
    assert_eq!(take(&limiter, &key, later(600)).await, refused(Duration::from_secs(10)));
}

/// As after a restart with another configuration: the wait lasts until enough of the old uses ran out.
pub async fn a_limit_that_was_lowered_holds_at_once(limiter: Limiter) {
    let key = fresh_key();
    for seconds in [0, 10, 20] {
        take(&limiter, &key, later(seconds)).await;
    }
    let lower = Limit { times: 1, ..LIMIT };
    let answer = limiter.take(&key, lower, later(30)).await.expect("the limiter answers");
    assert_eq!(answer, refused(Duration::from_secs(590)));
    assert_eq!(limiter.take(&key, lower, later(620)).await.expect("the limiter answers"), Allowance::Granted);
}

/// Nothing in a key can break a store.
pub async fn a_key_may_hold_whatever_somebody_typed(limiter: Limiter) {
    for typed in ["", "a b\r\nDEL *", "\0", "김하늘@example.com", &"x".repeat(100_000)] {
        let key = LimitKey::new("test", &[&typed, &fresh_key().as_str()]);
        for _ in 0..3 {
            assert_eq!(take(&limiter, &key, start()).await, Allowance::Granted);
        }
        assert_ne!(take(&limiter, &key, start()).await, Allowance::Granted);
    }
}

/// Of a hundred, three.
pub async fn of_many_uses_at_once_exactly_as_many_as_the_limit_says_are_granted(limiter: Limiter) {
    let key = fresh_key();
    let mut uses = JoinSet::new();
    for _ in 0..100 {
        let (limiter, key) = (Arc::clone(&limiter), key.clone());
        uses.spawn(async move { take(&limiter, &key, start()).await });
    }
    let granted = uses.join_all().await.into_iter().filter(|answer| *answer == Allowance::Granted).count();
    assert_eq!(granted, 3);
}
