//! What is not done where a second factor is not changed.

use mockall::predicate::{always, eq};

use super::*;
use crate::account::fixtures::{caller, sessions, throttle};
use crate::account::{
    Email, HashedPassword, MockAccountRepository, MockOneTimePasswords, MockPasswordHasher, MockSecondFactorRepository,
    MockSessionStore, StoredFactor,
};
use crate::shared::{Allowance, CountingEntropy, FailureKind, ManualClock, MockRateLimiter, MockVault};
use crate::testing::{BUYER, at};

const ADMIN: Actor = Actor { user: UserId::new(7), role: Role::Admin };

/// Everything that a mock is asked without being told of is a failure.
#[derive(Default)]
struct Parts {
    accounts: MockAccountRepository,
    hasher: MockPasswordHasher,
    repository: MockSecondFactorRepository,
    codes: MockOneTimePasswords,
    limiter: MockRateLimiter,
    store: MockSessionStore,
}

impl Parts {
    /// The account has a password, and the hasher says so of whatever is typed.
    fn password_is(mut self, right: bool) -> Self {
        self.accounts.expect_credentials_of().returning(|user| {
            Ok(Some(Credentials {
                user,
                email: Email::parse("admin@energy-factory.kr").unwrap(),
                password: Some(HashedPassword::new("hash".to_owned())),
                standing: Standing::of_new(Role::Admin),
            }))
        });
        self.hasher.expect_verify().returning(move |_, _| Ok(right));
        self.limiter.expect_peek().returning(|_, _, _| Ok(Allowance::Granted));
        self.limiter.expect_take().returning(|_, _, _| Ok(Allowance::Granted));
        self
    }

    /// The account has a factor, whose code of now is of that step.
    fn factor_is(mut self, is_confirmed: bool, step: Option<u64>) -> Self {
        let factor = StoredFactor { sealed_secret: "sealed".to_owned(), is_confirmed };
        self.repository.expect_find().returning(move |_| Ok(Some(factor.clone())));
        self.codes.expect_step_of().returning(move |_, _, _| step);
        self
    }

    fn use_case(self) -> ChangeSecondFactor {
        let mut vault = MockVault::new();
        vault.expect_open().returning(|_, _| Some(vec![1; 20]));
        vault.expect_seal().returning(|_, _| "sealed".to_owned());
        let throttle = throttle(self.limiter);
        ChangeSecondFactor {
            password: Arc::new(ProvePassword {
                accounts: Arc::new(self.accounts),
                hasher: Arc::new(self.hasher),
                throttle: Arc::clone(&throttle),
                queue: Arc::default(),
            }),
            factors: Arc::new(SecondFactors {
                repository: Arc::new(self.repository),
                vault: Arc::new(vault),
                codes: Arc::new(self.codes),
                throttle,
                clock: Arc::new(ManualClock::at(at(0))),
            }),
            sessions: sessions(self.store),
            entropy: Arc::new(CountingEntropy::default()),
        }
    }
}

#[tokio::test]
async fn a_shopper_is_not_even_asked_for_his_password() {
    let outcome = Parts::default().use_case().enrol(BUYER, "guess".into(), &caller()).await;
    assert!(matches!(outcome, Err(ChangeSecondFactorError::NotAdministrator)), "{outcome:?}");
}

#[tokio::test]
async fn without_the_password_no_secret_is_made_up() {
    let outcome = Parts::default().password_is(false).use_case().enrol(ADMIN, "guess".into(), &caller()).await;
    assert!(matches!(outcome, Err(ChangeSecondFactorError::Proof(ProvePasswordError::WrongPassword))), "{outcome:?}");
}

#[tokio::test]
async fn a_wrong_code_confirms_nothing_and_ends_no_session() {
    let parts = Parts::default().password_is(true).factor_is(false, None);
    let outcome = parts.use_case().confirm(ADMIN, &"123456".into(), &Device::default()).await;
    assert!(matches!(outcome, Err(ChangeSecondFactorError::WrongCode)), "{outcome:?}");
}

#[tokio::test]
async fn a_confirmed_factor_is_not_confirmed_again_and_no_code_is_spent_on_it() {
    let parts = Parts::default().factor_is(true, Some(59));
    let outcome = parts.use_case().confirm(ADMIN, &"123456".into(), &Device::default()).await;
    assert!(matches!(outcome, Err(ChangeSecondFactorError::AlreadyEnrolled)), "{outcome:?}");
}

#[tokio::test]
async fn a_secret_that_another_one_replaced_meanwhile_shows_no_recovery_codes() {
    let mut parts = Parts::default().password_is(true).factor_is(false, Some(59));
    parts.repository.expect_confirm().returning(|_| Ok(None));
    let outcome = parts.use_case().confirm(ADMIN, &"123456".into(), &Device::default()).await;
    assert!(matches!(outcome, Err(ChangeSecondFactorError::NotEnrolled)), "{outcome:?}");
}

#[tokio::test]
async fn what_the_owner_is_shown_is_what_the_store_keeps() {
    let mut parts = Parts::default().password_is(true).factor_is(false, Some(59));
    let kept = Arc::new(std::sync::Mutex::new(Vec::new()));
    let store = Arc::clone(&kept);
    parts.repository.expect_confirm().returning(move |confirmation| {
        assert_eq!((confirmation.sealed_secret.as_str(), confirmation.step), ("sealed", 59));
        assert_eq!(confirmation.mail.letter.kind(), "SECOND_FACTOR_ENROLLED");
        store.lock().unwrap().clone_from(&confirmation.recovery);
        Ok(Some(4))
    });
    parts.limiter.expect_forget().returning(|_| Ok(()));
    parts.store.expect_end_all().with(eq(ADMIN.user)).times(1).returning(|_| Ok(()));
    parts.store.expect_begin().times(1).returning(|_| Ok(()));
    let enrolled = parts.use_case().confirm(ADMIN, &"123456".into(), &Device::default()).await.unwrap();
    let shown: Vec<_> = enrolled.recovery.iter().map(RecoveryCode::hash).collect();
    assert_eq!(shown.len(), RECOVERY_CODES);
    assert_eq!(shown, *kept.lock().unwrap());
    let expected = Standing { role: Role::Admin, session_epoch: 4, second_factor: true };
    assert_eq!(enrolled.session.unwrap().standing, expected);
}

#[tokio::test]
async fn recovery_codes_are_shown_though_earlier_attempts_cannot_be_forgotten() {
    let mut parts = Parts::default().password_is(true).factor_is(false, Some(59));
    parts.repository.expect_confirm().times(1).returning(|_| Ok(Some(4)));
    let down = |_: &_| Err(PortFailure::new(FailureKind::Unreachable, "forgetting", "down"));
    parts.limiter.expect_forget().times(1).returning(down);
    parts.store.expect_end_all().returning(|_| Ok(()));
    parts.store.expect_begin().returning(|_| Ok(()));
    let enrolled = parts.use_case().confirm(ADMIN, &"123456".into(), &Device::default()).await.unwrap();
    assert_eq!(enrolled.recovery.len(), RECOVERY_CODES);
}

#[tokio::test]
async fn a_password_alone_removes_nothing() {
    let mut parts = Parts::default().password_is(true).factor_is(true, Some(59));
    parts.repository.expect_spend_step().with(eq(ADMIN.user), eq(59), always()).returning(|_, _, _| Ok(false));
    let outcome = parts.use_case().remove(ADMIN, "right".into(), &"123456".into(), &caller()).await;
    assert!(matches!(outcome, Err(ChangeSecondFactorError::WrongCode)), "{outcome:?}");
}

#[tokio::test]
async fn a_code_alone_removes_nothing_and_is_not_spent() {
    let parts = Parts::default().password_is(false).factor_is(true, Some(59));
    let outcome = parts.use_case().remove(ADMIN, "guess".into(), &"123456".into(), &caller()).await;
    assert!(matches!(outcome, Err(ChangeSecondFactorError::Proof(ProvePasswordError::WrongPassword))), "{outcome:?}");
}
