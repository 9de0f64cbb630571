//! Guesses, second factors and renewed hashes at the door.

use std::collections::HashMap;
use std::sync::Mutex as SyncMutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::account::fixtures::{caller, sessions};
use crate::account::{
    AccountLimits, MockAccountRepository, MockOneTimePasswords, MockPasswordHasher, MockSecondFactorRepository,
    MockSessionStore, Password, Standing, StoredFactor,
};
use crate::shared::{
    Allowance, FailureKind, Limit, LimitKey, ManualClock, MockRateLimiter, MockVault, RateLimiter, Role, Timestamp,
    UserId,
};
use crate::testing::at;
use async_trait::async_trait;

const USER: UserId = UserId::new(7);
const LIMIT: Limit = Limit { times: 10, per: Duration::from_mins(5) };

/// The door and everything behind it: by default one account, nobody locked out, and mocks that allow no other call.
struct Door {
    accounts: MockAccountRepository,
    hasher: Arc<dyn PasswordHasher>,
    factors: MockSecondFactorRepository,
    limiter: Arc<dyn RateLimiter>,
    code: Option<u64>,
}

/// The door of a shop with that account, or with none.
fn door(hasher: MockPasswordHasher, limiter: MockRateLimiter, known: Option<Credentials>) -> Door {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_credentials().returning(move |_| Ok(known.clone()));
    let factors = MockSecondFactorRepository::new();
    Door { accounts, hasher: Arc::new(hasher), factors, limiter: Arc::new(limiter), code: None }
}

impl Door {
    fn opens(self) -> LogIn {
        let clock = Arc::new(ManualClock::at(at(0)));
        let throttle =
            |limiter| Arc::new(Throttle { limiter, clock: Arc::<ManualClock>::clone(&clock), limits: limits() });
        let mut vault = MockVault::new();
        vault.expect_open().returning(|_, _| Some(vec![1; 20]));
        let mut codes = MockOneTimePasswords::new();
        codes.expect_step_of().returning(move |_, _, _| self.code);
        let mut store = MockSessionStore::new();
        store.expect_begin().returning(|_| Ok(()));
        LogIn {
            accounts: Arc::new(self.accounts),
            hasher: self.hasher,
            second_factors: Arc::new(SecondFactors {
                repository: Arc::new(self.factors),
                vault: Arc::new(vault),
                codes: Arc::new(codes),
                throttle: throttle(Arc::new(granting(1))),
                clock: Arc::<ManualClock>::clone(&clock),
            }),
            sessions: sessions(store),
            throttle: throttle(self.limiter),
            queue: Arc::default(),
        }
    }
}

fn limits() -> AccountLimits {
    AccountLimits {
        sign_up: LIMIT,
        log_in_failures: LIMIT,
        log_in_failures_of_address: Limit { times: 300, ..LIMIT },
        refresh: LIMIT,
        reset_mail: LIMIT,
        reset_mail_long: LIMIT,
        reset_mail_of_address: LIMIT,
        verification_of_address: LIMIT,
    }
}

fn account(second_factor: bool) -> Credentials {
    Credentials {
        user: USER,
        email: Email::parse("shopper@example.com").unwrap(),
        password: Some(HashedPassword::new("old".to_owned())),
        standing: Standing { role: Role::User, session_epoch: 0, second_factor },
    }
}

/// A limiter that nobody has reached and that must not be told of a failure or of a success.
fn silent() -> MockRateLimiter {
    let mut limiter = MockRateLimiter::new();
    limiter.expect_peek().returning(|_, _, _| Ok(Allowance::Granted));
    limiter
}

/// One that counts exactly one failure, against the account and against the address.
fn counting_a_failure() -> MockRateLimiter {
    let mut limiter = silent();
    limiter.expect_take().times(2).returning(|_, _, _| Ok(Allowance::Granted));
    limiter
}

/// One that forgets exactly one account's failures.
fn clearing() -> MockRateLimiter {
    let mut limiter = silent();
    limiter.expect_forget().times(1).returning(|_| Ok(()));
    limiter
}

fn granting(times: usize) -> MockRateLimiter {
    let mut limiter = MockRateLimiter::new();
    limiter.expect_take().times(..=times).returning(|_, _, _| Ok(Allowance::Granted));
    limiter.expect_forget().returning(|_| Ok(()));
    limiter
}

/// A hasher that compares once, with that outcome, and finds the hash to be today's.
fn comparing(matches: bool) -> MockPasswordHasher {
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_verify().times(1).returning(move |_, _| Ok(matches));
    hasher.expect_is_outdated().returning(|_| false);
    hasher
}

fn command(password: &str) -> LogInCommand {
    let email = Email::parse("shopper@example.com").ok();
    LogInCommand { email, password: password.into(), code: None, caller: caller() }
}

#[tokio::test]
async fn who_failed_too_often_is_neither_looked_up_nor_compared() {
    let mut limiter = MockRateLimiter::new();
    let retry_after = Duration::from_secs(77);
    limiter.expect_peek().returning(move |_, _, _| Ok(Allowance::Refused { retry_after }));
    let refusing = Door { accounts: MockAccountRepository::new(), ..door(MockPasswordHasher::new(), limiter, None) };
    let outcome = refusing.opens().run(command("right")).await;
    assert!(
        matches!(outcome, Err(LogInError::Throttled(Throttled::TooMany { retry_after: wait })) if wait == retry_after),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn where_nobody_can_count_nobody_is_compared() {
    let mut limiter = MockRateLimiter::new();
    limiter.expect_peek().returning(|_, _, _| Err(PortFailure::new(FailureKind::Unreachable, "counting", "down")));
    let outcome = door(MockPasswordHasher::new(), limiter, Some(account(false))).opens().run(command("right")).await;
    assert!(matches!(outcome, Err(LogInError::Throttled(Throttled::Unavailable(_)))), "{outcome:?}");
}

#[tokio::test]
async fn a_failure_counts_whether_there_is_such_an_account_or_not() {
    let no_address = || LogInCommand { email: None, ..command("wrong") };
    for (known, command) in [
        (Some(account(false)), command("wrong")),
        (None, command("wrong")),
        (Some(account(true)), command("wrong")),
        (None, no_address()),
    ] {
        let outcome = door(comparing(false), counting_a_failure(), known).opens().run(command).await;
        assert!(matches!(outcome, Err(LogInError::WrongCredentials)), "{outcome:?}");
    }
}

/// The hasher takes its time over no hash at all.
#[tokio::test]
async fn an_unknown_account_is_compared_like_a_known_one() {
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_verify().withf(|_, hash| hash.is_none()).times(1).returning(|_, _| Ok(false));
    let outcome = door(hasher, counting_a_failure(), None).opens().run(command("right")).await;
    assert!(matches!(outcome, Err(LogInError::WrongCredentials)), "{outcome:?}");
}

#[tokio::test]
async fn the_right_password_counts_nothing_and_clears_earlier_failures() {
    let signed_in =
        door(comparing(true), clearing(), Some(account(false))).opens().run(command("right")).await.unwrap();
    assert_eq!(signed_in.user, USER);
}

#[tokio::test]
async fn whose_earlier_failures_cannot_be_forgotten_is_signed_in_all_the_same() {
    let mut limiter = silent();
    let down = |_: &LimitKey| Err(PortFailure::new(FailureKind::Unreachable, "forgetting", "down"));
    limiter.expect_forget().times(1).returning(down);
    let door = door(comparing(true), limiter, Some(account(false))).opens();
    assert_eq!(door.run(command("right")).await.unwrap().user, USER);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_the_password_is_right_and_is_no_failure() {
    let outcome = door(comparing(true), silent(), Some(account(true))).opens().run(command("right")).await;
    assert!(matches!(outcome, Err(LogInError::SecondFactorRequired)), "{outcome:?}");
}

/// Its mock allows no call.
#[tokio::test]
async fn behind_a_wrong_password_no_code_is_spent() {
    let outcome =
        door(comparing(false), counting_a_failure(), Some(account(true))).opens().run(command("wrong123456")).await;
    assert!(matches!(outcome, Err(LogInError::WrongCredentials)), "{outcome:?}");
}

fn enrolled(hasher: MockPasswordHasher, limiter: MockRateLimiter, code: Option<u64>) -> Door {
    let mut factors = MockSecondFactorRepository::new();
    let factor = StoredFactor { sealed_secret: "sealed".to_owned(), is_confirmed: true };
    factors.expect_find().returning(move |_| Ok(Some(factor.clone())));
    factors.expect_spend_step().returning(|_, _, _| Ok(true));
    Door { factors, code, ..door(hasher, limiter, Some(account(true))) }
}

#[tokio::test]
async fn a_wrong_second_factor_counts_like_a_wrong_password() {
    let outcome = enrolled(comparing(true), counting_a_failure(), None).opens().run(command("right123456")).await;
    assert!(matches!(outcome, Err(LogInError::WrongCredentials)), "{outcome:?}");
}

#[tokio::test]
async fn the_code_may_stand_behind_the_password_or_in_a_field_of_its_own() {
    for (typed, code) in [("right123456", None), ("right", Some("123456".into()))] {
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_is_outdated().returning(|_| false);
        let is_bare =
            |typed: &SecretString, _: &Option<HashedPassword>| secrecy::ExposeSecret::expose_secret(typed) == "right";
        hasher.expect_verify().withf(is_bare).times(1).returning(|_, _| Ok(true));
        let door = enrolled(hasher, clearing(), Some(59)).opens();
        assert_eq!(door.run(LogInCommand { code, ..command(typed) }).await.unwrap().user, USER);
    }
}

fn outdated(store: Result<(), PortFailure>) -> Door {
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_verify().returning(|_, _| Ok(true));
    hasher.expect_is_outdated().returning(|_| true);
    hasher.expect_hash_again().times(1).returning(|_| Ok(HashedPassword::new("new".to_owned())));
    let mut door = door(hasher, clearing(), Some(account(false)));
    let store = SyncMutex::new(Some(store));
    let swaps = |old: &HashedPassword, new: &HashedPassword| (old.expose(), new.expose()) == ("old", "new");
    door.accounts
        .expect_replace_hash()
        .withf(move |user, old, new| *user == USER && swaps(old, new))
        .times(1)
        .returning(move |_, _, _| store.lock().unwrap().take().unwrap());
    door
}

#[tokio::test]
async fn a_hash_of_another_cost_is_replaced_by_one_of_todays() {
    outdated(Ok(())).opens().run(command("right")).await.unwrap();
}

#[tokio::test]
async fn who_signs_in_does_not_care_whether_his_hash_could_be_replaced() {
    let down = PortFailure::new(FailureKind::Unreachable, "replacing a hash", "down");
    outdated(Err(down)).opens().run(command("right")).await.unwrap();
}

/// The hasher allows no hashing, and the accounts no replacement.
#[tokio::test]
async fn a_hash_of_todays_cost_stays() {
    door(comparing(true), clearing(), Some(account(false))).opens().run(command("right")).await.unwrap();
}

/// Counts in earnest.
#[derive(Default)]
struct Counter(SyncMutex<HashMap<LimitKey, u32>>);

#[async_trait]
impl RateLimiter for Counter {
    async fn take(&self, key: &LimitKey, limit: Limit, now: Timestamp) -> Result<Allowance, PortFailure> {
        let allowance = self.peek(key, limit, now).await?;
        if allowance == Allowance::Granted {
            *self.0.lock().unwrap().entry(key.clone()).or_default() += 1;
        }
        Ok(allowance)
    }

    async fn peek(&self, key: &LimitKey, limit: Limit, _: Timestamp) -> Result<Allowance, PortFailure> {
        let counted = self.0.lock().unwrap().get(key).copied().unwrap_or_default();
        tokio::task::yield_now().await;
        Ok(if counted < limit.times { Allowance::Granted } else { Allowance::Refused { retry_after: limit.per } })
    }

    async fn forget(&self, key: &LimitKey) -> Result<(), PortFailure> {
        self.0.lock().unwrap().remove(key);
        Ok(())
    }
}

/// Knows one password, lets others run while it compares, and counts how often it does.
#[derive(Default)]
struct SlowHasher(AtomicUsize);

#[async_trait]
impl PasswordHasher for SlowHasher {
    async fn hash(&self, _: Password) -> Result<HashedPassword, PortFailure> {
        unreachable!("nobody signs up here")
    }

    async fn hash_again(&self, _: SecretString) -> Result<HashedPassword, PortFailure> {
        unreachable!("no hash is outdated here")
    }

    fn is_outdated(&self, _: &HashedPassword) -> bool {
        false
    }

    async fn verify(&self, attempt: SecretString, _: Option<HashedPassword>) -> Result<bool, PortFailure> {
        self.0.fetch_add(1, Ordering::SeqCst);
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        Ok(secrecy::ExposeSecret::expose_secret(&attempt) == "right")
    }
}

fn earnest(hasher: &Arc<SlowHasher>) -> Arc<LogIn> {
    let counting = door(MockPasswordHasher::new(), MockRateLimiter::new(), Some(account(false)));
    let hasher = Arc::<SlowHasher>::clone(hasher);
    Arc::new(Door { hasher, limiter: Arc::new(Counter::default()), ..counting }.opens())
}

#[tokio::test]
async fn of_fifty_guesses_at_once_ten_are_compared() {
    let hasher = Arc::new(SlowHasher::default());
    let door = earnest(&hasher);
    let guess = |number: u32| {
        let door = Arc::clone(&door);
        tokio::spawn(async move { door.run(command(&format!("guess {number}"))).await })
    };
    let outcomes = futures::future::join_all((0..50).map(guess)).await;
    let refused = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Ok(Err(LogInError::Throttled(Throttled::TooMany { .. })))))
        .count();
    assert_eq!((hasher.0.load(Ordering::SeqCst), refused), (10, 40));
    assert!(matches!(door.run(command("right")).await, Err(LogInError::Throttled(Throttled::TooMany { .. }))));
}

#[tokio::test]
async fn a_guesser_locks_himself_out_and_nobody_else() {
    let hasher = Arc::new(SlowHasher::default());
    let door = earnest(&hasher);
    for _ in 0..11 {
        assert!(door.run(command("guess")).await.is_err());
    }
    let at_home = Caller { address: ClientAddress::new([10, 0, 0, 2].into()), ..caller() };
    assert!(door.run(LogInCommand { caller: at_home, ..command("right") }).await.is_ok());
    let other_account = LogInCommand { email: Email::parse("other@example.com").ok(), ..command("right") };
    assert!(door.run(other_account).await.is_ok());
    assert!(matches!(door.run(command("right")).await, Err(LogInError::Throttled(Throttled::TooMany { .. }))));
}
