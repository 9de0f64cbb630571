use secrecy::ExposeSecret;

use super::*;
use crate::account::{AccountLimits, MockAccountRepository, MockSessionStore, SessionOwner};
use crate::shared::{Allowance, CountingEntropy, FailureKind, Limit, ManualClock, MockRateLimiter, PortFailure, Role};
use crate::testing::{BUYER, at};

const STANDING: Standing = Standing { role: Role::User, session_epoch: 4, second_factor: false };
const ONCE_A_MINUTE: Limit = Limit { times: 1, per: Duration::from_mins(1) };

fn throttle(limiter: MockRateLimiter) -> Arc<Throttle> {
    let limit = ONCE_A_MINUTE;
    let limits = AccountLimits {
        sign_up: limit,
        log_in_failures: limit,
        log_in_failures_of_address: limit,
        refresh: limit,
        reset_mail: limit,
        reset_mail_long: limit,
        reset_mail_of_address: limit,
        verification_of_address: limit,
    };
    Arc::new(Throttle { limiter: Arc::new(limiter), clock: Arc::new(ManualClock::at(at(0))), limits })
}

fn generous() -> MockRateLimiter {
    let mut limiter = MockRateLimiter::new();
    limiter.expect_take().returning(|_, _, _| Ok(Allowance::Granted));
    limiter
}

fn sessions(store: MockSessionStore, standing: Option<Standing>) -> Sessions {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_standing().returning(move |_| Ok(standing));
    Sessions {
        store: Arc::new(store),
        accounts: Arc::new(accounts),
        clock: Arc::new(ManualClock::at(at(0))),
        entropy: Arc::new(CountingEntropy::default()),
        keys: SessionKeys::new(vec![7; 32]),
        lifetime: SessionLifetime { refresh: Duration::from_secs(604_800), grace: Duration::from_secs(10) },
        throttle: throttle(generous()),
        pulse: StorePulse::default(),
    }
}

fn owner() -> SessionOwner {
    SessionOwner { user: BUYER.user, epoch: 4, began_at: at(-3_600) }
}

fn token() -> RefreshToken {
    SessionKeys::new(vec![7; 32]).first(&CountingEntropy::default())
}

fn store_that(rotation: Rotation) -> MockSessionStore {
    let mut store = MockSessionStore::new();
    store.expect_owner().returning(|_| Ok(Some(owner())));
    store.expect_rotate().returning(move |_, _, _, _, _, _| Ok(rotation.clone()));
    store
}

#[tokio::test]
async fn a_new_session_is_stored_by_its_hash_and_read_back_from_its_cookie() {
    let mut store = MockSessionStore::new();
    store.expect_begin().times(1).returning(|session| {
        assert_eq!((session.user, session.epoch), (BUYER.user, 4));
        assert_eq!((session.began_at, session.expires_at), (at(0), at(604_800)));
        assert_eq!(session.device.as_str(), "Firefox");
        Ok(())
    });
    let device = Device::new("Firefox");
    let signed_in = sessions(store, None).begin(BUYER.user, STANDING, &device).await.unwrap();
    assert_eq!(signed_in.since, at(0));
    let cookie = signed_in.refresh.expose();
    let read = RefreshToken::parse(cookie.expose_secret()).unwrap();
    assert_eq!(read.hash(), signed_in.refresh.hash());
    assert!(!cookie.expose_secret().contains(read.hash().as_str()));
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_get_the_same_successor() {
    let first = Rotation::Rotated { user: BUYER.user, epoch: 4 };
    let second = Rotation::WithinGrace { user: BUYER.user, epoch: 4 };
    let first = sessions(store_that(first), Some(STANDING)).refresh(&token()).await.unwrap();
    let second = sessions(store_that(second), Some(STANDING)).refresh(&token()).await.unwrap();
    assert_eq!(first.refresh.hash(), second.refresh.hash());
    assert_ne!(first.refresh.hash(), token().hash());
    assert_eq!((first.since, second.since), (owner().began_at, owner().began_at));
}

#[tokio::test]
async fn another_key_derives_another_successor() {
    let (ours, theirs) = (SessionKeys::new(vec![7; 32]), SessionKeys::new(vec![8; 32]));
    assert_ne!(ours.successor(&token()).hash(), theirs.successor(&token()).hash());
}

#[tokio::test]
async fn a_spent_or_unknown_token_renews_nothing() {
    for rotation in [Rotation::Reused, Rotation::Unknown] {
        let outcome = sessions(store_that(rotation), Some(STANDING)).refresh(&token()).await;
        assert!(matches!(outcome, Err(RefreshError::Invalid)));
    }
}

/// The mock panics on a rotation: a token is spent only for somebody who gets its successor.
#[tokio::test]
async fn a_session_of_an_earlier_epoch_or_a_deleted_account_ends_without_spending_its_token() {
    for standing in [Some(Standing { session_epoch: 5, ..STANDING }), None] {
        let mut store = MockSessionStore::new();
        store.expect_owner().returning(|_| Ok(Some(owner())));
        store.expect_end().times(1).returning(|_, _| Ok(()));
        let outcome = sessions(store, standing).refresh(&token()).await;
        assert!(matches!(outcome, Err(RefreshError::Invalid)));
    }
}

#[test]
fn text_that_is_no_token_is_refused() {
    let secret = "b".repeat(64);
    let long = format!("{}.{secret}x", "a".repeat(32));
    let upper = format!("{}.{secret}", "A".repeat(32));
    for text in ["", ".", "a.b", &long, &upper, "eyJh.eyJz.c2ln"] {
        assert!(RefreshToken::parse(text).is_none(), "{text}");
    }
}

#[test]
fn a_token_is_not_printed() {
    assert!(!format!("{:?}", token()).contains("bbbb"));
}

/// The mock panics on a rotation: who has to wait comes back with the same token.
#[tokio::test]
async fn somebody_who_refreshes_without_pause_waits_and_spends_nothing() {
    let mut store = MockSessionStore::new();
    store.expect_owner().returning(|_| Ok(Some(owner())));
    let mut limiter = MockRateLimiter::new();
    limiter.expect_take().returning(|key, limit, _| {
        assert!(key.as_str().starts_with("refresh") && key.as_str().ends_with(token().session().as_str()));
        assert_eq!(limit, ONCE_A_MINUTE);
        Ok(Allowance::Refused { retry_after: Duration::from_secs(9) })
    });
    let sessions = Sessions { throttle: throttle(limiter), ..sessions(store, Some(STANDING)) };
    let outcome = sessions.refresh(&token()).await;
    assert!(
        matches!(outcome, Err(RefreshError::Throttled(Throttled::TooMany { retry_after })) if retry_after == Duration::from_secs(9))
    );
}

/// The mock panics on a count: a name that nobody has would fill the counter's store.
#[tokio::test]
async fn refreshes_of_no_session_are_not_counted() {
    let mut store = MockSessionStore::new();
    store.expect_owner().returning(|_| Ok(None));
    let sessions = Sessions { throttle: throttle(MockRateLimiter::new()), ..sessions(store, Some(STANDING)) };
    assert!(matches!(sessions.refresh(&token()).await, Err(RefreshError::Invalid)));
}

fn silence() -> PortFailure {
    PortFailure::new(FailureKind::TimedOut, "asking", "nobody there")
}

#[tokio::test]
async fn where_no_session_can_be_had_what_was_done_stays_done() {
    let mut store = MockSessionStore::new();
    store.expect_begin().times(1).returning(|_| Err(silence()));
    assert!(sessions(store, None).begin_if_possible(BUYER.user, STANDING, &Device::default()).await.is_none());
}

#[tokio::test]
async fn a_session_lives_as_long_as_the_store_says_so() {
    for says in [true, false] {
        let mut store = MockSessionStore::new();
        store.expect_is_live().times(2).returning(move |_, _| Ok(says));
        let sessions = sessions(store, None);
        assert_eq!(sessions.lives(token().session()).await, says);
        assert_eq!(sessions.lives(token().session()).await, says);
    }
}

#[tokio::test]
async fn while_the_store_is_silent_it_is_asked_now_and_then_and_everybody_stays_signed_in() {
    let mut store = MockSessionStore::new();
    store.expect_is_live().times(2).returning(|_, _| Err(silence()));
    store.expect_is_live().times(2).returning(|_, _| Ok(false));
    let clock = Arc::new(ManualClock::at(at(0)));
    let sessions = Sessions { clock: Arc::<ManualClock>::clone(&clock), ..sessions(store, None) };
    for _ in 0..2 {
        for _ in 0..5 {
            assert!(sessions.lives(token().session()).await);
        }
        clock.advance(crate::account::store_pulse::RESPITE);
    }
    assert!(!sessions.lives(token().session()).await, "it answers again, and has the last word again");
    assert!(!sessions.lives(token().session()).await);
}

#[tokio::test]
async fn a_session_of_an_earlier_epoch_is_not_listed() {
    let summary = |epoch: i64, name: &str| SessionSummary {
        id: SessionId::parse(&name.repeat(32)).unwrap(),
        epoch,
        device: Device::new("Firefox"),
        began_at: at(0),
        used_at: at(0),
        expires_at: at(60),
    };
    let mut store = MockSessionStore::new();
    store.expect_list().returning(move |_, _| Ok(vec![summary(3, "a"), summary(4, "b"), summary(2, "c")]));
    assert_eq!(sessions(store, None).list(BUYER.user, 4).await.unwrap(), [summary(4, "b")]);
}

#[tokio::test]
async fn a_store_that_cannot_be_cleared_holds_nobody_up() {
    let mut store = MockSessionStore::new();
    store.expect_end_all().times(1).returning(|_| Err(silence()));
    sessions(store, None).clear(BUYER.user).await;
}

#[tokio::test]
async fn an_invented_token_of_a_known_session_ends_nothing() {
    let invented = RefreshToken::parse(&format!("{}.{}", token().session().as_str(), "0".repeat(64))).unwrap();
    // Neither asked nor told: every call of the store would fail the test.
    let outcome = sessions(MockSessionStore::new(), Some(STANDING)).refresh(&invented).await;
    assert!(matches!(outcome, Err(RefreshError::Invalid)), "{outcome:?}");
}

#[test]
fn successors_are_issued_too_and_another_shops_tokens_are_not() {
    let (ours, theirs) = (SessionKeys::new(vec![7; 32]), SessionKeys::new(vec![8; 32]));
    assert!(ours.has_issued(&token()) && ours.has_issued(&ours.successor(&token())));
    assert!(!theirs.has_issued(&token()));
}
