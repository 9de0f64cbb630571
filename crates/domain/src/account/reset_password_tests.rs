use std::sync::Mutex;
use std::time::Duration;

use super::super::fixtures::{sessions, throttle};
use super::*;
use crate::account::{
    CodeHash, Credentials, HashedPassword, MockAccountRepository, MockPasswordHasher, MockResetRepository,
    MockSessionStore, ResetOwner, Standing,
};
use crate::shared::{Allowance, CountingEntropy, ManualClock, MockRateLimiter, Role};
use crate::testing::{BUYER, at};

const LIFETIME: ResetLifetime = ResetLifetime { code: Duration::from_mins(5), token: Duration::from_mins(10) };

fn email() -> Email {
    Email::parse("buyer@energy-factory.kr").unwrap()
}

fn from() -> ClientAddress {
    ClientAddress::new([10, 0, 0, 1].into())
}

fn keys() -> Arc<ResetKeys> {
    Arc::new(ResetKeys::new(vec![7; 32]))
}

fn code(digits: &str) -> OneTimeCode {
    OneTimeCode::parse(digits).unwrap()
}

fn stored(digits: &str) -> CodeHash {
    keys().code(&keys().address(&email()), &code(digits))
}

fn granting() -> Arc<Throttle> {
    let mut limiter = MockRateLimiter::new();
    limiter.expect_take().returning(|_, _, _| Ok(Allowance::Granted));
    throttle(limiter)
}

fn refusing() -> Arc<Throttle> {
    let mut limiter = MockRateLimiter::new();
    limiter.expect_take().returning(|_, _, _| Ok(Allowance::Refused { retry_after: Duration::from_secs(42) }));
    throttle(limiter)
}

fn request(accounts: MockAccountRepository, resets: MockResetRepository, throttle: Arc<Throttle>) -> RequestReset {
    RequestReset {
        accounts: Arc::new(accounts),
        resets: Arc::new(resets),
        throttle,
        clock: Arc::new(ManualClock::at(at(0))),
        entropy: Arc::new(CountingEntropy::default()),
        keys: keys(),
        lifetime: LIFETIME,
    }
}

/// What is stored when that address asks.
async fn begun(known: Option<Credentials>) -> NewReset {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_credentials().return_once(|_| Ok(known));
    let begun = Arc::new(Mutex::new(None));
    let mut resets = MockResetRepository::new();
    let seen = Arc::clone(&begun);
    resets.expect_begin().times(1).returning(move |reset| {
        *seen.lock().unwrap() = Some(reset.clone());
        Ok(())
    });
    request(accounts, resets, granting()).run(&email(), from()).await.unwrap();
    begun.lock().unwrap().take().unwrap()
}

fn credentials() -> Credentials {
    Credentials { user: BUYER.user, email: email(), password: None, standing: Standing::of_new(Role::User) }
}

#[tokio::test]
async fn a_letter_with_the_code_goes_to_the_accounts_address() {
    let reset = begun(Some(credentials())).await;
    assert_eq!((reset.mail.user, reset.mail.to), (Some(BUYER.user), email()));
    assert_eq!((reset.expires_at, reset.mail.lapses_at), (at(300), Some(at(300))));
    let Letter::ResetCode { code, valid_for } = reset.mail.letter else { panic!("another letter") };
    assert_eq!((code.expose(), valid_for.as_secs()), ("000001", 300), "a small number is filled with zeros");
    assert!(reset.code.matches(&stored("000001")));
}

#[tokio::test]
async fn an_address_without_an_account_gets_a_decoy_of_the_same_shape() {
    let (known, unknown) = (begun(Some(credentials())).await, begun(None).await);
    assert_eq!(unknown.mail.user, None);
    assert_eq!((known.address, known.expires_at), (unknown.address, unknown.expires_at));
    assert!(known.code.matches(&unknown.code));
}

/// The mocks panic when asked: whether the address has an account must not matter to who is refused.
#[tokio::test]
async fn a_mailbox_is_not_filled() {
    let outcome = request(MockAccountRepository::new(), MockResetRepository::new(), refusing());
    let outcome = outcome.run(&email(), from()).await;
    assert!(
        matches!(outcome, Err(RequestResetError::Throttled(Throttled::TooMany { retry_after })) if retry_after.as_secs() == 42)
    );
}

fn verify(resets: MockResetRepository, throttle: Arc<Throttle>) -> VerifyResetCode {
    VerifyResetCode {
        resets: Arc::new(resets),
        throttle,
        clock: Arc::new(ManualClock::at(at(0))),
        entropy: Arc::new(CountingEntropy::default()),
        keys: keys(),
        lifetime: LIFETIME,
    }
}

fn resets_with(code: Option<CodeHash>) -> MockResetRepository {
    let mut resets = MockResetRepository::new();
    resets.expect_take_try().times(1).return_once(|_, _| Ok(code));
    resets
}

#[tokio::test]
async fn the_right_code_yields_a_token_of_which_the_store_keeps_the_hash() {
    let mut resets = resets_with(Some(stored("123456")));
    let hash = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&hash);
    resets.expect_redeem().times(1).returning(move |redemption| {
        assert_eq!((redemption.at, redemption.expires_at), (at(0), at(600)));
        *seen.lock().unwrap() = Some(redemption.token.clone());
        Ok(true)
    });
    let token = verify(resets, granting()).run(&email(), &code("123456"), from()).await.unwrap();
    assert_eq!(hash.lock().unwrap().take(), Some(token.hash()));
}

/// The mock panics when a wrong code is redeemed.
#[tokio::test]
async fn a_wrong_code_is_wrong_and_no_code_is_void() {
    let wrong = verify(resets_with(Some(stored("123456"))), granting());
    let wrong = wrong.run(&email(), &code("123457"), from()).await;
    assert!(matches!(wrong, Err(VerifyResetCodeError::Wrong)), "{wrong:?}");
    let void = verify(resets_with(None), granting()).run(&email(), &code("123456"), from()).await;
    assert!(matches!(void, Err(VerifyResetCodeError::Void)), "{void:?}");
}

#[tokio::test]
async fn whoever_enters_the_code_second_gets_no_token() {
    let mut resets = resets_with(Some(stored("123456")));
    resets.expect_redeem().returning(|_| Ok(false));
    let outcome = verify(resets, granting()).run(&email(), &code("123456"), from()).await;
    assert!(matches!(outcome, Err(VerifyResetCodeError::Void)), "{outcome:?}");
}

/// The mock panics when a try is counted: somebody else's tries are not for a stranger to use up without end.
#[tokio::test]
async fn nobody_guesses_at_one_address_after_the_other() {
    let outcome = verify(MockResetRepository::new(), refusing()).run(&email(), &code("123456"), from()).await;
    assert!(matches!(outcome, Err(VerifyResetCodeError::Throttled(Throttled::TooMany { .. }))), "{outcome:?}");
}

fn reset(resets: MockResetRepository, hasher: MockPasswordHasher, store: MockSessionStore) -> ResetPassword {
    ResetPassword {
        resets: Arc::new(resets),
        hasher: Arc::new(hasher),
        sessions: sessions(store),
        throttle: granting(),
        clock: Arc::new(ManualClock::at(at(0))),
    }
}

fn password() -> Password {
    Password::parse("Secret-1234").unwrap()
}

fn token() -> SecretString {
    SecretString::from("a".repeat(64))
}

fn hashing() -> MockPasswordHasher {
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_hash().times(1).returning(|_| Ok(HashedPassword::new("hash".to_owned())));
    hasher
}

fn resets_of_buyer() -> MockResetRepository {
    let mut resets = MockResetRepository::new();
    resets.expect_owner().returning(|_, _| Ok(Some(ResetOwner { user: BUYER.user, email: email(), epoch: 3 })));
    resets
}

#[tokio::test]
async fn a_good_token_changes_the_password_tells_the_owner_and_clears_his_sessions() {
    let mut resets = resets_of_buyer();
    resets.expect_finish().times(1).returning(|reset| {
        assert_eq!((reset.user, reset.password.expose(), reset.mail.user), (BUYER.user, "hash", Some(BUYER.user)));
        assert_eq!(reset.epoch, 3, "the account's epoch that the token is good in");
        assert!(matches!(reset.mail.letter, Letter::PasswordReset { .. }));
        Ok(())
    });
    let mut store = MockSessionStore::new();
    store.expect_end_all().times(1).returning(|_| Ok(()));
    reset(resets, hashing(), store).run(&token(), password(), from()).await.unwrap();
}

/// The hasher panics when asked: a flood of made-up tokens must not keep it busy.
#[tokio::test]
async fn a_token_that_is_not_good_costs_no_hash() {
    let mut resets = MockResetRepository::new();
    resets.expect_owner().times(1).returning(|_, _| Ok(None));
    let resets = reset(resets, MockPasswordHasher::new(), MockSessionStore::new());
    for text in ["a".repeat(64), "a".repeat(63), "'; --".to_owned(), String::new()] {
        let outcome = resets.run(&SecretString::from(text), password(), from()).await;
        assert!(matches!(outcome, Err(ResetPasswordError::InvalidToken)), "{outcome:?}");
    }
}

/// The session store panics when asked.
#[tokio::test]
async fn a_token_that_was_spent_meanwhile_changes_nothing() {
    let mut resets = resets_of_buyer();
    resets.expect_finish().returning(|_| Err(FinishResetFailure::Spent));
    let outcome = reset(resets, hashing(), MockSessionStore::new()).run(&token(), password(), from()).await;
    assert!(matches!(outcome, Err(ResetPasswordError::InvalidToken)), "{outcome:?}");
}
