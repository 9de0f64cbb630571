//! What every [`SessionStore`] keeps to, one function a rule. [`session_store_tests!`](crate::session_store_tests) turns
//! them into tests of one store.
//!
//! Every rule draws its own sessions and users, so that the rules can run at once against one server. Time is passed
//! in; the one clock that is not ours, a store's own expiry, starts from the real time and never has to pass.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::DateTime;
use ef_domain::account::{
    Device, RefreshToken, Rotation, SessionId, SessionRecord, SessionStore, SessionSummary, TokenHash,
};
use ef_domain::shared::{Timestamp, UserId};
use tokio::task::JoinSet;

mod look;

pub use look::*;

/// How long a spent token still yields its successor, in every rule.
pub const GRACE: Duration = Duration::from_secs(10);
/// How long a session lives without a refresh, in every rule.
pub const LIFETIME: Duration = Duration::from_hours(1);

const MOMENT: Duration = Duration::from_millis(1);
const ALMOST_OVER: Duration = LIFETIME.saturating_sub(MOMENT);
const EPOCH: i64 = 7;
/// A description that a careless store would cut, unpack or translate.
const DEVICE: &str = "Mozilla/5.0 (X11; Linux) \"Firefox\"; ${jndi} %s 갤럭시 {1} 'or 1=1 🌰";

/// Makes one test of each rule. The argument is an expression that gives a store and whatever must outlive its use, such
/// as its folder; it may await.
#[macro_export]
macro_rules! session_store_tests {
    ($store:expr) => {
        $crate::session_store_tests! { @each $store;
            the_current_token_rotates_and_its_successor_is_current_then
            a_rotation_tells_whose_session_it_is
            a_token_spent_a_moment_ago_changes_nothing
            the_last_moment_of_the_grace_is_within_it
            a_token_spent_before_the_grace_ends_the_session
            a_token_spent_two_rotations_ago_ends_the_session_even_within_the_grace
            a_token_that_never_was_ends_the_session
            a_clock_that_lags_behind_another_instance_counts_as_within_the_grace
            a_session_that_never_began_is_unknown
            a_session_that_nobody_refreshed_is_unknown
            a_rotation_moves_the_sessions_end
            the_current_token_ends_its_session
            the_token_spent_last_ends_its_session
            an_old_copy_of_a_token_ends_nothing
            ending_what_does_not_exist_does_nothing
            ending_all_ends_every_session_of_the_user_and_nobody_elses
            ending_all_reaches_sessions_that_were_rotated
            ending_all_of_nothing_does_nothing
            a_user_can_begin_again_after_all_sessions_ended
            of_many_uses_of_one_token_at_once_one_rotates
            a_spent_token_and_its_successor_at_once_leave_no_session_open_to_a_thief
            a_sessions_owner_and_beginning_stay_the_same_while_it_lives
            a_session_lives_from_its_beginning_to_its_end
            a_rotation_lets_a_session_live_longer
            however_a_session_ends_it_lives_no_more
            a_session_is_listed_as_it_was_begun
            a_list_begins_with_the_session_used_last
            a_list_has_living_sessions_of_the_user_only
            a_user_ends_one_of_his_sessions_and_no_other
            nobody_ends_somebody_elses_session
            a_user_ends_all_sessions_but_the_one_he_keeps
            the_fifty_first_session_ends_the_one_used_longest_ago
            of_many_sessions_that_begin_at_once_no_more_than_fifty_stay
        }
    };
    (@each $store:expr; $($rule:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $rule() {
            let (store, _outlives_the_test) = $store;
            $crate::sessions::$rule(::std::sync::Arc::new(store)).await;
        }
    )*};
}

/// A session that nobody else in this run has, and the tokens that follow each other in it.
#[derive(Debug)]
pub struct Family {
    /// Its session as it begins.
    pub record: SessionRecord,
    tokens: Vec<TokenHash>,
}

impl Family {
    /// A session of a user of its own.
    pub fn fresh() -> Self {
        Self::of(fresh_user())
    }

    /// A session of that user.
    pub fn of(user: UserId) -> Self {
        let name = format!("{:016x}{:016x}", seed(), next());
        let tokens = (0..4_u8)
            .map(|turn| {
                let text = format!("{name}.{}", format!("{turn:02x}").repeat(32));
                RefreshToken::parse(&text).expect("64 hexadecimal digits follow 32").hash()
            })
            .collect::<Vec<_>>();
        let current = tokens.first().expect("a family has four tokens").clone();
        let id = SessionId::parse(&name).expect("32 hexadecimal digits");
        let began_at = start();
        let expires_at = began_at.after(LIFETIME);
        let device = Device::new(DEVICE);
        Self { record: SessionRecord { id, user, epoch: EPOCH, current, device, began_at, expires_at }, tokens }
    }

    /// The hash of the token of that turn; 0 is the one that the session begins with.
    pub fn token(&self, turn: usize) -> &TokenHash {
        self.tokens.get(turn).expect("a family has four tokens")
    }

    /// Presents the token of that turn at that moment.
    pub async fn present(&self, store: &dyn SessionStore, turn: usize, now: Timestamp) -> Rotation {
        let (presented, successor) = (self.token(turn), self.tokens.get(turn + 1).unwrap_or(self.token(0)));
        let expires_at = now.after(LIFETIME);
        store.rotate(&self.record.id, presented, successor, now, GRACE, expires_at).await.expect("the store answers")
    }

    async fn begun(store: &dyn SessionStore) -> Self {
        Self::begun_by(store, fresh_user()).await
    }

    async fn begun_by(store: &dyn SessionStore, user: UserId) -> Self {
        let family = Self::of(user);
        store.begin(&family.record).await.expect("the store answers");
        family
    }

    async fn end(&self, store: &dyn SessionStore, turn: usize) {
        store.end(&self.record.id, self.token(turn)).await.expect("the store answers");
    }

    async fn lives(&self, store: &dyn SessionStore, now: Timestamp) -> bool {
        store.is_live(&self.record.id, now).await.expect("the store answers")
    }

    /// The session as its owner sees it, used last at that moment.
    fn used(&self, used_at: Timestamp) -> SessionSummary {
        let SessionRecord { id, epoch, device, began_at, .. } = self.record.clone();
        SessionSummary { id, epoch, device, began_at, used_at, expires_at: used_at.after(LIFETIME) }
    }

    fn rotated(&self) -> Rotation {
        Rotation::Rotated { user: self.record.user, epoch: EPOCH }
    }

    fn within_grace(&self) -> Rotation {
        Rotation::WithinGrace { user: self.record.user, epoch: EPOCH }
    }
}

/// When every session of the rules begins.
pub fn start() -> Timestamp {
    Timestamp::new(DateTime::UNIX_EPOCH).after(Duration::from_hours(24 * 365 * 56))
}

fn next() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// Differs from one test process to the next, so that a server that outlives them sees no name twice.
fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    use std::sync::LazyLock;
    static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
    *SEED
}

/// A user whom no other rule and no earlier run has.
fn fresh_user() -> UserId {
    let base = i64::try_from(seed() >> 24).expect("40 bits fit 63");
    UserId::new((base << 20) + i64::try_from(next()).expect("a small count"))
}

type Store = Arc<dyn SessionStore>;

/// The good token is used up by its use, and what follows it is the good one.
pub async fn the_current_token_rotates_and_its_successor_is_current_then(store: Store) {
    let family = Family::begun(&*store).await;
    assert_eq!(family.present(&*store, 0, start()).await, family.rotated());
    assert_eq!(family.present(&*store, 1, start().after(GRACE)).await, family.rotated());
    assert_eq!(family.present(&*store, 2, start().after(GRACE * 2)).await, family.rotated());
}

/// User and epoch come back as they were stored.
pub async fn a_rotation_tells_whose_session_it_is(store: Store) {
    let (one, other) = (Family::begun(&*store).await, Family::begun(&*store).await);
    let of = |family: &Family| Rotation::Rotated { user: family.record.user, epoch: EPOCH };
    assert_ne!(one.record.user, other.record.user);
    assert_eq!(one.present(&*store, 0, start()).await, of(&one));
    assert_eq!(other.present(&*store, 0, start()).await, of(&other));
}

/// Two tabs refresh at once: the second is told to use the first one's successor.
pub async fn a_token_spent_a_moment_ago_changes_nothing(store: Store) {
    let family = Family::begun(&*store).await;
    family.present(&*store, 0, start()).await;
    for _ in 0..3 {
        assert_eq!(family.present(&*store, 0, start().after(MOMENT)).await, family.within_grace());
    }
    assert_eq!(family.present(&*store, 1, start().after(GRACE)).await, family.rotated());
}

/// The grace is a closed span.
pub async fn the_last_moment_of_the_grace_is_within_it(store: Store) {
    let family = Family::begun(&*store).await;
    family.present(&*store, 0, start()).await;
    assert_eq!(family.present(&*store, 0, start().after(GRACE)).await, family.within_grace());
    assert_eq!(family.present(&*store, 0, start().after(GRACE + MOMENT)).await, Rotation::Reused);
}

/// A copy in somebody else's hands: nobody stays signed in by this session.
pub async fn a_token_spent_before_the_grace_ends_the_session(store: Store) {
    let family = Family::begun(&*store).await;
    family.present(&*store, 0, start()).await;
    let later = start().after(GRACE + MOMENT);
    assert_eq!(family.present(&*store, 0, later).await, Rotation::Reused);
    assert_eq!(family.present(&*store, 1, later).await, Rotation::Unknown);
    assert_eq!(family.present(&*store, 0, later).await, Rotation::Unknown);
}

/// Only the token spent last has a grace.
pub async fn a_token_spent_two_rotations_ago_ends_the_session_even_within_the_grace(store: Store) {
    let family = Family::begun(&*store).await;
    family.present(&*store, 0, start()).await;
    family.present(&*store, 1, start().after(MOMENT)).await;
    assert_eq!(family.present(&*store, 0, start().after(MOMENT * 2)).await, Rotation::Reused);
    assert_eq!(family.present(&*store, 2, start().after(MOMENT * 3)).await, Rotation::Unknown);
}

/// Guessing a token costs the session.
pub async fn a_token_that_never_was_ends_the_session(store: Store) {
    let family = Family::begun(&*store).await;
    assert_eq!(family.present(&*store, 3, start()).await, Rotation::Reused);
    assert_eq!(family.present(&*store, 0, start()).await, Rotation::Unknown);
}

/// Two machines never agree on the time; the one behind must not take a twin for a thief.
pub async fn a_clock_that_lags_behind_another_instance_counts_as_within_the_grace(store: Store) {
    let family = Family::begun(&*store).await;
    let ahead = start().after(Duration::from_mins(1));
    family.present(&*store, 0, ahead).await;
    assert_eq!(family.present(&*store, 0, start()).await, family.within_grace());
}

/// Nothing begins by being presented.
pub async fn a_session_that_never_began_is_unknown(store: Store) {
    let family = Family::fresh();
    assert_eq!(family.present(&*store, 0, start()).await, Rotation::Unknown);
    assert_eq!(family.present(&*store, 0, start()).await, Rotation::Unknown);
}

/// A session is over from its end on, whatever is presented.
pub async fn a_session_that_nobody_refreshed_is_unknown(store: Store) {
    let family = Family::begun(&*store).await;
    assert_eq!(family.present(&*store, 0, family.record.expires_at).await, Rotation::Unknown);
    let family = Family::begun(&*store).await;
    assert_eq!(family.present(&*store, 3, family.record.expires_at).await, Rotation::Unknown);
}

/// Every refresh buys another lifetime.
pub async fn a_rotation_moves_the_sessions_end(store: Store) {
    let family = Family::begun(&*store).await;
    let late = start().after(ALMOST_OVER);
    assert_eq!(family.present(&*store, 0, late).await, family.rotated());
    let first_end = family.record.expires_at;
    assert_eq!(family.present(&*store, 1, first_end.after(MOMENT)).await, family.rotated());
    assert_eq!(family.present(&*store, 2, first_end.after(MOMENT + LIFETIME)).await, Rotation::Unknown);
}

/// Signing out with the newest token.
pub async fn the_current_token_ends_its_session(store: Store) {
    let family = Family::begun(&*store).await;
    family.end(&*store, 0).await;
    assert_eq!(family.present(&*store, 0, start()).await, Rotation::Unknown);
}

/// Signing out while another tab refreshes.
pub async fn the_token_spent_last_ends_its_session(store: Store) {
    let family = Family::begun(&*store).await;
    family.present(&*store, 0, start()).await;
    family.end(&*store, 0).await;
    assert_eq!(family.present(&*store, 1, start()).await, Rotation::Unknown);
}

/// Somebody with an old copy cannot sign the owner out.
pub async fn an_old_copy_of_a_token_ends_nothing(store: Store) {
    let family = Family::begun(&*store).await;
    family.present(&*store, 0, start()).await;
    family.present(&*store, 1, start()).await;
    family.end(&*store, 0).await;
    family.end(&*store, 3).await;
    assert_eq!(family.present(&*store, 2, start()).await, family.rotated());
}

/// Signing out twice is no error.
pub async fn ending_what_does_not_exist_does_nothing(store: Store) {
    let family = Family::begun(&*store).await;
    Family::fresh().end(&*store, 0).await;
    family.end(&*store, 0).await;
    family.end(&*store, 0).await;
    assert_eq!(family.present(&*store, 0, start()).await, Rotation::Unknown);
}

/// A new password signs every device out.
pub async fn ending_all_ends_every_session_of_the_user_and_nobody_elses(store: Store) {
    let user = fresh_user();
    let mine = [Family::begun_by(&*store, user).await, Family::begun_by(&*store, user).await];
    let theirs = Family::begun(&*store).await;
    store.end_all(user).await.expect("the store answers");
    for family in &mine {
        assert_eq!(family.present(&*store, 0, start()).await, Rotation::Unknown);
    }
    assert_eq!(theirs.present(&*store, 0, start()).await, theirs.rotated());
}

/// However long a session was kept alive, its user's list of sessions still has it.
pub async fn ending_all_reaches_sessions_that_were_rotated(store: Store) {
    let family = Family::begun(&*store).await;
    family.present(&*store, 0, start().after(ALMOST_OVER)).await;
    family.present(&*store, 1, start().after(LIFETIME + LIFETIME / 2)).await;
    // Another device of the same user signs in meanwhile: whatever that tidies up must leave the first one alone.
    let mut other = Family::of(family.record.user);
    other.record.began_at = start().after(LIFETIME + LIFETIME / 2);
    other.record.expires_at = other.record.began_at.after(LIFETIME);
    store.begin(&other.record).await.expect("the store answers");
    store.end_all(family.record.user).await.expect("the store answers");
    let now = start().after(LIFETIME * 2);
    assert_eq!(family.present(&*store, 2, now).await, Rotation::Unknown);
    assert_eq!(other.present(&*store, 0, now).await, Rotation::Unknown);
}

/// A user without a session can have all of them ended.
pub async fn ending_all_of_nothing_does_nothing(store: Store) {
    store.end_all(fresh_user()).await.expect("the store answers");
}

/// Ending all is about the past.
pub async fn a_user_can_begin_again_after_all_sessions_ended(store: Store) {
    let user = fresh_user();
    Family::begun_by(&*store, user).await;
    store.end_all(user).await.expect("the store answers");
    let again = Family::begun_by(&*store, user).await;
    assert_eq!(again.present(&*store, 0, start()).await, again.rotated());
}

/// Thirty-two tabs wake up at once: one rotates, the others share its successor, and nobody is signed out. Once the
/// grace is over, the same token is a stolen one.
pub async fn of_many_uses_of_one_token_at_once_one_rotates(store: Store) {
    let family = Arc::new(Family::begun(&*store).await);
    let mut tabs = JoinSet::new();
    for _ in 0..32 {
        let (family, store) = (Arc::clone(&family), Arc::clone(&store));
        tabs.spawn(async move { family.present(&*store, 0, start()).await });
    }
    let answers = tabs.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == family.rotated()).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == family.within_grace()).count(), 31, "{answers:?}");

    let later = start().after(GRACE + MOMENT);
    assert_eq!(family.present(&*store, 0, later).await, Rotation::Reused);
    assert_eq!(family.present(&*store, 1, later).await, Rotation::Unknown);
}

/// The owner refreshes at the moment in which a thief presents a stolen copy: whoever is first, the session is over.
pub async fn a_spent_token_and_its_successor_at_once_leave_no_session_open_to_a_thief(store: Store) {
    for _ in 0..8 {
        let family = Family::begun(&*store).await;
        family.present(&*store, 0, start()).await;
        let later = start().after(GRACE + MOMENT);
        let (owner, thief) = tokio::join!(family.present(&*store, 1, later), family.present(&*store, 0, later));
        assert_eq!(thief, Rotation::Reused);
        assert!(owner == family.rotated() || owner == Rotation::Unknown, "{owner:?}");
        assert_eq!(family.present(&*store, 2, later).await, Rotation::Unknown);
    }
}
