use std::time::Duration;

use super::*;
use crate::account::fixtures::{caller, sessions, throttle, unmet};
use crate::account::{
    Credentials, Email, HashedPassword, MockAccountRepository, MockPasswordHasher, MockSessionStore, Throttled,
};
use crate::shared::{Allowance, FailureKind, ManualClock, MockRateLimiter, Role};
use crate::testing::{BUYER, at};

const OLD: &str = "Old-Secret-1";
const NEW: &str = "New-Secret-2";

fn known(password: Option<&str>) -> Credentials {
    Credentials {
        user: BUYER.user,
        email: Email::parse("a@b.kr").unwrap(),
        password: password.map(|hash| HashedPassword::new(hash.to_owned())),
        standing: Standing { role: Role::User, session_epoch: 4, second_factor: false },
    }
}

fn accounts(known: Option<Credentials>) -> MockAccountRepository {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_credentials_of().returning(move |_| Ok(known.clone()));
    accounts
}

/// Knows the old password, and hashes nothing unless a test lets it.
fn hasher() -> MockPasswordHasher {
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_verify().returning(|attempt, _| Ok(attempt.expose_secret() == OLD));
    hasher
}

fn hashing() -> MockPasswordHasher {
    let mut hasher = hasher();
    hasher.expect_hash().returning(|password| Ok(HashedPassword::new(format!("hash of {}", password.expose()))));
    hasher
}

struct Parts {
    accounts: MockAccountRepository,
    hasher: MockPasswordHasher,
    limiter: MockRateLimiter,
    store: MockSessionStore,
}

impl Parts {
    /// Parts that store nothing: a mock panics at what it does not expect.
    fn of(accounts: MockAccountRepository) -> Self {
        Self { accounts, hasher: hasher(), limiter: unmet(), store: MockSessionStore::new() }
    }

    async fn change(self, current: &str, new: &str) -> Result<Option<SignedIn>, ChangePasswordError> {
        let accounts: Arc<dyn AccountRepository> = Arc::new(self.accounts);
        let hasher: Arc<dyn PasswordHasher> = Arc::new(self.hasher);
        let change = ChangePassword {
            accounts: Arc::clone(&accounts),
            proof: Arc::new(ProvePassword {
                accounts,
                hasher: Arc::clone(&hasher),
                throttle: throttle(self.limiter),
                queue: Arc::default(),
            }),
            hasher,
            sessions: sessions(self.store),
            clock: Arc::new(ManualClock::at(at(0))),
        };
        let new = Password::parse(new).unwrap();
        let command = ChangePasswordCommand { actor: BUYER, epoch: 4, current: current.into(), new, caller: caller() };
        change.run(command).await
    }
}

#[tokio::test]
async fn a_changed_password_ends_all_sessions_and_begins_one_under_the_new_epoch() {
    let mut accounts = accounts(Some(known(Some("hash"))));
    accounts
        .expect_change_password()
        .times(1)
        .withf(|change| {
            change.epoch == 4
                && change.password.expose() == "hash of New-Secret-2"
                && change.mail.to.as_str() == "a@b.kr"
                && matches!(change.mail.letter, Letter::PasswordChanged { .. })
        })
        .returning(|_| Ok(5));
    let mut store = MockSessionStore::new();
    let mut order = mockall::Sequence::new();
    store.expect_end_all().times(1).in_sequence(&mut order).returning(|_| Ok(()));
    store.expect_begin().times(1).in_sequence(&mut order).withf(|session| session.epoch == 5).returning(|_| Ok(()));
    let parts = Parts { hasher: hashing(), store, ..Parts::of(accounts) };
    let signed_in = parts.change(OLD, NEW).await.unwrap().unwrap();
    assert_eq!(signed_in.standing.session_epoch, 5);
}

#[tokio::test]
async fn a_session_that_cannot_be_had_does_not_undo_the_change() {
    let down = |during| PortFailure::new(FailureKind::Unreachable, during, "gone");
    let mut accounts = accounts(Some(known(Some("hash"))));
    accounts.expect_change_password().times(1).returning(|_| Ok(5));
    let mut store = MockSessionStore::new();
    store.expect_end_all().returning(move |_| Err(down("clearing")));
    store.expect_begin().returning(move |_| Err(down("beginning")));
    let parts = Parts { hasher: hashing(), store, ..Parts::of(accounts) };
    assert!(parts.change(OLD, NEW).await.unwrap().is_none());
}

#[tokio::test]
async fn a_wrong_password_counts_as_a_failed_log_in_and_changes_nothing() {
    let mut limiter = MockRateLimiter::new();
    limiter.expect_peek().returning(|_, _, _| Ok(Allowance::Granted));
    limiter.expect_take().times(2).returning(|_, _, _| Ok(Allowance::Granted));
    let parts = Parts { limiter, ..Parts::of(accounts(Some(known(Some("hash"))))) };
    let outcome = parts.change("Guessed-1", NEW).await;
    assert!(matches!(outcome, Err(ChangePasswordError::Proof(ProvePasswordError::WrongPassword))), "{outcome:?}");
}

#[tokio::test]
async fn whoever_guessed_too_often_is_not_even_compared() {
    let mut limiter = MockRateLimiter::new();
    let retry_after = Duration::from_secs(9);
    limiter.expect_peek().returning(move |_, _, _| Ok(Allowance::Refused { retry_after }));
    let mut parts = Parts { limiter, ..Parts::of(accounts(Some(known(Some("hash"))))) };
    parts.hasher = MockPasswordHasher::new();
    let outcome = parts.change(OLD, NEW).await;
    assert!(
        matches!(outcome, Err(ChangePasswordError::Proof(ProvePasswordError::Throttled(Throttled::TooMany { retry_after: wait }))) if wait == retry_after)
    );
}

#[tokio::test]
async fn an_account_without_a_password_has_none_to_change() {
    let outcome = Parts::of(accounts(Some(known(None)))).change(OLD, NEW).await;
    assert!(matches!(outcome, Err(ChangePasswordError::NoPassword)), "{outcome:?}");
}

#[tokio::test]
async fn the_old_password_is_no_new_one() {
    let outcome = Parts::of(accounts(Some(known(Some("hash"))))).change(OLD, OLD).await;
    assert!(matches!(outcome, Err(ChangePasswordError::Unchanged)), "{outcome:?}");
}

#[tokio::test]
async fn somebody_signed_out_meanwhile_changes_nothing() {
    let mut stale = accounts(Some(known(Some("hash"))));
    stale.expect_change_password().returning(|_| Err(ChangePasswordFailure::Stale));
    let mut renewed = known(Some("hash"));
    renewed.standing.session_epoch = 5;
    let nobody = accounts(None);
    for (accounts, hasher) in [(nobody, hasher()), (accounts(Some(renewed)), hasher()), (stale, hashing())] {
        let parts = Parts { hasher, ..Parts::of(accounts) };
        let outcome = parts.change(OLD, NEW).await;
        assert!(matches!(outcome, Err(ChangePasswordError::SignedOut)), "{outcome:?}");
    }
}
