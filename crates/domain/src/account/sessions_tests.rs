use super::*;
use crate::account::{MockAccountRepository, MockSessionStore};
use crate::shared::{CountingEntropy, ManualClock, Role};
use crate::testing::{BUYER, at};

const STANDING: Standing = Standing { role: Role::User, session_epoch: 4 };

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
    }
}

fn token() -> RefreshToken {
    RefreshToken::parse(&format!("{}.{}", "a".repeat(32), "b".repeat(64))).unwrap()
}

fn store_that(rotation: Rotation) -> MockSessionStore {
    let mut store = MockSessionStore::new();
    store.expect_owner().returning(|_| Ok(Some((BUYER.user, 4))));
    store.expect_rotate().returning(move |_, _, _, _, _, _| Ok(rotation.clone()));
    store
}

#[tokio::test]
async fn a_new_session_is_stored_by_its_hash_and_read_back_from_its_cookie() {
    let mut store = MockSessionStore::new();
    store.expect_begin().times(1).returning(|session| {
        assert_eq!((session.user, session.epoch), (BUYER.user, 4));
        assert_eq!(session.expires_at, at(604_800));
        Ok(())
    });
    let signed_in = sessions(store, None).begin(BUYER.user, STANDING).await.unwrap();
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
        store.expect_owner().returning(|_| Ok(Some((BUYER.user, 4))));
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
