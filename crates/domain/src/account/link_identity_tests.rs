use super::*;
use crate::account::fixtures::{arrival, caller, identity, profile, throttle};
use crate::account::{
    Credentials, Email, HashedPassword, MockAccountRepository, MockIdentityRepository, MockPartnerLogIn,
    MockPasswordHasher, Standing,
};
use crate::shared::{Allowance, ManualClock, MockRateLimiter, Role};
use crate::testing::at;

const FRESH: Duration = Duration::from_mins(10);

fn session(digit: char) -> SessionId {
    SessionId::parse(&digit.to_string().repeat(32)).unwrap()
}

fn intent() -> LinkIntent {
    LinkIntent { user: UserId::new(7), epoch: 3, session: session('a') }
}

/// The password is `right`.
fn use_case(partner: MockPartnerLogIn, identities: MockIdentityRepository) -> LinkIdentity {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_credentials_of().returning(|user| {
        Ok(Some(Credentials {
            user,
            email: Email::parse("member@energy-factory.kr").unwrap(),
            password: Some(HashedPassword::new("hash".to_owned())),
            standing: Standing::of_new(Role::User),
        }))
    });
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_verify().returning(|typed, _| Ok(secrecy::ExposeSecret::expose_secret(&typed) == "right"));
    let mut limiter = MockRateLimiter::new();
    limiter.expect_peek().returning(|_, _, _| Ok(Allowance::Granted));
    limiter.expect_take().returning(|_, _, _| Ok(Allowance::Granted));
    let accounts: Arc<dyn AccountRepository> = Arc::new(accounts);
    LinkIdentity {
        partner: Arc::new(partner),
        identities: Arc::new(identities),
        accounts: Arc::clone(&accounts),
        password: Arc::new(ProvePassword {
            accounts,
            hasher: Arc::new(hasher),
            throttle: throttle(limiter),
            queue: Arc::default(),
        }),
        clock: Arc::new(ManualClock::at(at(1_000))),
        fresh: FRESH,
    }
}

fn idle() -> LinkIdentity {
    use_case(MockPartnerLogIn::new(), MockIdentityRepository::new())
}

#[tokio::test]
async fn a_fresh_log_in_is_proof_and_an_old_one_asks_for_the_password() {
    assert_eq!(idle().begin(intent(), at(400)).unwrap(), intent());
    assert!(matches!(idle().begin(intent(), at(399)), Err(BeginLinkError::ProofNeeded)));
    let proven = idle().begin_with_password(intent(), "right".into(), caller().address).await;
    assert_eq!(proven.unwrap(), intent());
    let guessed = idle().begin_with_password(intent(), "wrong".into(), caller().address).await;
    assert!(matches!(guessed, Err(BeginLinkError::Proof(ProvePasswordError::WrongPassword))));
}

#[tokio::test]
async fn nothing_is_asked_of_the_partner_unless_the_same_session_is_under_way() {
    let over = idle().finish(&intent(), None, &arrival()).await;
    assert!(matches!(over, Err(FinishLinkError::SessionOver)));
    let another = idle().finish(&intent(), Some(&session('b')), &arrival()).await;
    assert!(matches!(another, Err(FinishLinkError::AnotherSession)));
}

#[tokio::test]
async fn a_link_carries_the_epoch_of_its_session_and_a_letter_to_the_owner() {
    let mut partner = MockPartnerLogIn::new();
    partner.expect_arrive().times(1).returning(|_, _, _| Ok(profile()));
    let mut identities = MockIdentityRepository::new();
    identities
        .expect_link()
        .times(1)
        .withf(|user, epoch, linked, mail| {
            (*user, *epoch) == (UserId::new(7), 3)
                && *linked == identity()
                && mail.to.as_str() == "member@energy-factory.kr"
                && mail.letter.kind() == "IDENTITY_LINKED"
        })
        .returning(|_, _, _, _| Ok(()));
    use_case(partner, identities).finish(&intent(), Some(&session('a')), &arrival()).await.unwrap();
}
