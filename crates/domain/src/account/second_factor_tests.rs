//! Codes, recovery codes and what is typed behind a password.

use std::time::Duration;

use mockall::predicate::{always, eq};

use super::*;
use crate::account::fixtures::throttle;
use crate::shared::{Allowance, CountingEntropy, ManualClock, MockRateLimiter, MockVault};
use crate::testing::at;

const USER: UserId = UserId::new(7);

fn parts(typed: &str, code: Option<&str>) -> (String, Option<String>) {
    let parts = TypedSecret::of_enrolled(typed.into(), code.map(SecretString::from));
    (parts.password.expose_secret().to_owned(), parts.code.map(|code| code.expose_secret().to_owned()))
}

#[test]
fn six_digits_behind_the_password_are_the_code() {
    assert_eq!(parts("Geheim!1123456", None), ("Geheim!1".to_owned(), Some("123456".to_owned())));
    assert_eq!(parts("Geheim!1ABCDE-23456", None), ("Geheim!1".to_owned(), Some("ABCDE-23456".to_owned())));
    assert_eq!(parts("Geheim!1", None), ("Geheim!1".to_owned(), None));
    assert_eq!(parts("가나다", None), ("가나다".to_owned(), None));
    assert_eq!(parts("12345", None), ("12345".to_owned(), None));
}

#[test]
fn a_code_in_its_own_field_leaves_the_password_whole() {
    assert_eq!(parts("Geheim!123456", Some("654321")), ("Geheim!123456".to_owned(), Some("654321".to_owned())));
}

#[test]
fn a_recovery_code_is_the_same_in_every_spelling() {
    assert_eq!(RecoveryHash::of("abcde-fghij"), RecoveryHash::of(" ABCDEFGHIJ "));
    assert_ne!(RecoveryHash::of("ABCDE-FGHIJ"), RecoveryHash::of("ABCDE-FGHIK"));
}

#[test]
fn a_drawn_recovery_code_can_be_typed_behind_a_password() {
    let entropy = CountingEntropy::default();
    let codes: Vec<RecoveryCode> = (0..300).map(|_| RecoveryCode::draw(&entropy)).collect();
    for code in &codes {
        let (password, typed) = parts(&format!("Geheim!1{}", code.expose()), None);
        assert_eq!((password.as_str(), typed.as_deref()), ("Geheim!1", Some(code.expose())));
    }
    assert!(!format!("{codes:?}").contains(codes[0].expose()));
}

struct Parts {
    repository: MockSecondFactorRepository,
    codes: MockOneTimePasswords,
    limiter: MockRateLimiter,
}

/// A confirmed factor whose vault opens and whose limiter grants.
fn confirmed() -> Parts {
    let mut repository = MockSecondFactorRepository::new();
    let factor = StoredFactor { sealed_secret: "sealed".to_owned(), is_confirmed: true };
    repository.expect_find().returning(move |_| Ok(Some(factor.clone())));
    let mut limiter = MockRateLimiter::new();
    limiter.expect_take().returning(|_, _, _| Ok(Allowance::Granted));
    Parts { repository, codes: MockOneTimePasswords::new(), limiter }
}

fn factors(parts: Parts) -> SecondFactors {
    let mut vault = MockVault::new();
    vault.expect_open().with(eq(Purpose::SecondFactor), eq("sealed")).returning(|_, _| Some(vec![1; SECRET_BYTES]));
    vault.expect_seal().returning(|_, plain| hex(plain));
    SecondFactors {
        repository: Arc::new(parts.repository),
        vault: Arc::new(vault),
        codes: Arc::new(parts.codes),
        throttle: throttle(parts.limiter),
        clock: Arc::new(ManualClock::at(at(0))),
    }
}

#[tokio::test]
async fn a_code_of_the_right_step_is_spent_and_clears_the_count() {
    let mut parts = confirmed();
    parts.codes.expect_step_of().withf(|code, _, _| code == "123456").returning(|_, _, _| Some(59));
    parts.repository.expect_spend_step().with(eq(USER), eq(59), always()).returning(|_, _, _| Ok(true));
    parts.limiter.expect_forget().times(1).returning(|_| Ok(()));
    assert!(factors(parts).accepts(USER, &" 123 456 ".into()).await.unwrap());
}

#[tokio::test]
async fn a_code_that_was_used_before_is_refused_and_counts() {
    let mut parts = confirmed();
    parts.codes.expect_step_of().returning(|_, _, _| Some(59));
    parts.repository.expect_spend_step().returning(|_, _, _| Ok(false));
    // The limiter expects no forgetting.
    assert!(!factors(parts).accepts(USER, &"123456".into()).await.unwrap());
}

#[tokio::test]
async fn what_is_no_code_is_tried_as_a_recovery_code() {
    let mut parts = confirmed();
    let hash = RecoveryHash::of("ABCDE-23456");
    parts.repository.expect_spend_recovery().with(eq(USER), eq(hash), always()).returning(|_, _, _| Ok(true));
    parts.limiter.expect_forget().returning(|_| Ok(()));
    assert!(factors(parts).accepts(USER, &"abcde 23456".into()).await.unwrap());
}

#[tokio::test]
async fn a_code_that_was_spent_is_accepted_though_the_count_cannot_be_cleared() {
    let mut parts = confirmed();
    parts.repository.expect_spend_recovery().times(1).returning(|_, _, _| Ok(true));
    let down = |_: &_| Err(PortFailure::new(FailureKind::Unreachable, "forgetting", "down"));
    parts.limiter.expect_forget().times(1).returning(down);
    assert!(factors(parts).accepts(USER, &"ABCDE-23456".into()).await.unwrap());
}

#[tokio::test]
async fn an_unconfirmed_factor_opens_nothing() {
    let mut repository = MockSecondFactorRepository::new();
    let factor = StoredFactor { sealed_secret: "sealed".to_owned(), is_confirmed: false };
    repository.expect_find().returning(move |_| Ok(Some(factor.clone())));
    assert!(!factors(Parts { repository, ..confirmed() }).accepts(USER, &"123456".into()).await.unwrap());
}

#[tokio::test]
async fn beyond_the_limit_no_code_is_looked_at() {
    let mut limiter = MockRateLimiter::new();
    let retry_after = Duration::from_secs(9);
    limiter.expect_take().returning(move |_, _, _| Ok(Allowance::Refused { retry_after }));
    let parts = Parts { repository: MockSecondFactorRepository::new(), codes: MockOneTimePasswords::new(), limiter };
    let outcome = factors(parts).accepts(USER, &"123456".into()).await;
    assert!(matches!(outcome, Err(Throttled::TooMany { .. })), "{outcome:?}");
}

#[test]
fn a_new_secret_is_kept_sealed_and_shown_in_clear() {
    let mut parts = confirmed();
    parts.codes.expect_show().returning(|secret, account| {
        let text = hex(secret.expose_secret()).into();
        Ok(ShownSecret { text, address: account.into() })
    });
    let new = factors(parts).new_secret(&CountingEntropy::default(), "admin@energy-factory.kr").unwrap();
    assert_eq!(new.sealed, new.shown.text.expose_secret());
    assert_eq!(new.sealed.len(), 2 * SECRET_BYTES);
    assert!(!format!("{:?}", new.shown).contains(&new.sealed));
}
