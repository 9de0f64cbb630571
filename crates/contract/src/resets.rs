//! What every [`ResetRepository`](ef_domain::account::ResetRepository) keeps to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::sync::Arc;
use std::time::Duration;

use ef_domain::account::{
    CodeHash, Email, FinishResetFailure, HashedPassword, IdentityProvider, NewReset, PasswordChange, PasswordReset,
    RESET_TRIES, Redemption, ResetAddress, ResetKeys, ResetRepository, ResetToken, ResetTokenHash,
};
use ef_domain::notice::{Letter, NewMail, OneTimeCode};
use ef_domain::shared::{PortFailure, Timestamp, UserId};
use tokio::task::JoinSet;

use crate::builders::{later, new_account, noon};
use crate::shop::Shop;

/// How long codes and tokens are good for here.
const CODE_SECONDS: u64 = 300;
const TOKEN_SECONDS: u64 = 600;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! reset_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::resets; $shop;
            a_code_is_seen_five_times_and_is_void_then
            a_code_that_ran_out_is_void
            an_address_that_never_asked_has_no_code
            a_new_code_takes_the_place_of_code_and_tries
            a_token_outlives_a_new_beginning_and_gives_way_to_the_next_token
            a_token_is_not_passed_on_to_an_account_that_takes_the_address
            a_token_does_not_outlive_the_epoch_that_it_was_given_in
            a_redeemed_code_is_void_and_its_token_good_until_it_runs_out
            only_the_code_that_is_stored_is_redeemed
            the_letter_is_queued_for_an_account_and_discarded_for_a_decoy
            a_decoy_counts_tries_and_its_token_is_nobodys
            a_finished_reset_changes_the_password_ends_sessions_and_removes_partners_log_ins
            a_token_is_spent_by_its_use
            a_token_that_ran_out_or_is_anothers_resets_nothing
            a_closed_account_is_not_reset
            of_fifty_guesses_at_once_five_see_the_code
            of_twenty_right_codes_at_once_one_is_redeemed
            of_twenty_uses_of_a_token_at_once_one_resets_the_password
            of_twenty_requests_at_once_none_fails
            resets_are_forgotten_a_day_after_their_last_step
        }
    };
}

/// An address in the middle of a reset.
struct Asked {
    resets: Arc<dyn ResetRepository>,
    address: ResetAddress,
    email: Email,
    user: Option<UserId>,
}

impl Asked {
    fn new(shop: &dyn Shop, email: Email, user: Option<UserId>) -> Self {
        let address = ResetKeys::new(vec![7; 32]).address(&email);
        Self { resets: shop.resets(), address, email, user }
    }

    /// A new account that asked at noon.
    async fn account(shop: &dyn Shop) -> Self {
        let account = new_account();
        let user = shop.accounts().add(&account).await.expect("the account is stored");
        Self::asks(shop, account.email, Some(user)).await
    }

    /// An address without an account that asked at noon.
    async fn stranger(shop: &dyn Shop) -> Self {
        Self::asks(shop, new_account().email, None).await
    }

    async fn asks(shop: &dyn Shop, email: Email, user: Option<UserId>) -> Self {
        let asked = Self::new(shop, email, user);
        asked.begin("012345", noon()).await;
        asked
    }

    async fn begin(&self, code: &str, at: Timestamp) {
        self.resets.begin(&self.reset(code, at)).await.expect("the reset is stored");
    }

    fn reset(&self, code: &str, at: Timestamp) -> NewReset {
        let valid_for = Duration::from_secs(CODE_SECONDS);
        let code = OneTimeCode::parse(code).expect("six digits");
        NewReset {
            address: self.address.clone(),
            code: ResetKeys::new(vec![7; 32]).code(&self.address, &code),
            expires_at: at.after(valid_for),
            mail: NewMail {
                to: self.email.clone(),
                user: self.user,
                letter: Letter::ResetCode { code, valid_for },
                lapses_at: Some(at.after(valid_for)),
                queued_at: at,
            },
        }
    }

    fn code(&self, code: &str) -> CodeHash {
        self.reset(code, noon()).code
    }

    async fn take_try(&self, at: Timestamp) -> Option<CodeHash> {
        self.resets.take_try(&self.address, at).await.expect("tries can be counted")
    }

    fn redemption(&self, code: &str, token: u8) -> Redemption {
        Redemption {
            address: self.address.clone(),
            code: self.code(code),
            token: hash(token),
            expires_at: later(TOKEN_SECONDS),
            at: noon(),
        }
    }

    async fn redeem(&self, code: &str, token: u8) -> bool {
        self.resets.redeem(&self.redemption(code, token)).await.expect("codes can be redeemed")
    }

    fn ending(&self, token: u8, at: Timestamp) -> PasswordReset {
        let user = self.user.unwrap_or(UserId::new(4711));
        PasswordReset {
            token: hash(token),
            user,
            epoch: 0,
            password: HashedPassword::new(format!("$argon2id$of-token-{token}")),
            mail: NewMail {
                to: self.email.clone(),
                user: Some(user),
                letter: Letter::PasswordReset { at },
                lapses_at: None,
                queued_at: at,
            },
            at,
        }
    }

    async fn finish(&self, token: u8, at: Timestamp) -> Result<(), FinishResetFailure> {
        self.resets.finish(&self.ending(token, at)).await
    }

    async fn owner(&self, token: u8, at: Timestamp) -> Option<UserId> {
        let owner = self.resets.owner(&hash(token), at).await.expect("resets can be read")?;
        assert_eq!(owner.email, self.email);
        Some(owner.user)
    }

    async fn password(&self, shop: &dyn Shop) -> (Option<String>, i64) {
        let found = shop.accounts().credentials(&self.email).await.expect("accounts can be read");
        let found = found.expect("the account exists");
        (found.password.map(|hash| hash.expose().to_owned()), found.standing.session_epoch)
    }
}

fn hash(token: u8) -> ResetTokenHash {
    ResetToken::parse(&format!("{token:064x}")).expect("64 digits").hash()
}

fn spent(outcome: &Result<(), FinishResetFailure>) -> bool {
    matches!(outcome, Err(FinishResetFailure::Spent))
}

/// Runs the work that many times at once.
async fn at_once<T>(times: u8, work: impl Fn(u8) -> T) -> Vec<T::Output>
where
    T: Future<Output: Send + 'static> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for turn in 0..times {
        tasks.spawn(work(turn));
    }
    tasks.join_all().await
}

/// The sixth guess sees nothing, were it the right one.
pub async fn a_code_is_seen_five_times_and_is_void_then(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    for _ in 0..RESET_TRIES {
        let seen = asked.take_try(noon()).await.expect("there are tries left");
        assert!(seen.matches(&asked.code("012345")));
    }
    assert!(asked.take_try(noon()).await.is_none());
}

/// To the millisecond.
pub async fn a_code_that_ran_out_is_void(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    assert!(asked.take_try(later(CODE_SECONDS - 1)).await.is_some());
    assert!(asked.take_try(later(CODE_SECONDS)).await.is_none());
}

/// Nothing is an answer.
pub async fn an_address_that_never_asked_has_no_code(shop: &dyn Shop) {
    let never = Asked::new(shop, new_account().email, None);
    assert!(never.take_try(noon()).await.is_none());
    assert!(!never.redeem("012345", 1).await);
}

/// Whoever asks again begins again.
pub async fn a_new_code_takes_the_place_of_code_and_tries(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    for _ in 0..RESET_TRIES {
        asked.take_try(noon()).await;
    }
    asked.begin("543210", later(60)).await;
    let seen = asked.take_try(later(60)).await.expect("the tries are new");
    assert!(seen.matches(&asked.code("543210")) && !seen.matches(&asked.code("012345")));
    asked.begin("111111", later(120)).await;
    assert!(!asked.redeem("543210", 1).await);
    assert!(asked.take_try(later(CODE_SECONDS + 100)).await.is_some(), "a new code has a time of its own");
}

/// Anybody can ask for a code. Only who reads the mailbox can enter it.
pub async fn a_token_outlives_a_new_beginning_and_gives_way_to_the_next_token(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    assert!(asked.redeem("012345", 1).await);
    asked.begin("111111", later(60)).await;
    assert_eq!(asked.owner(1, later(60)).await, asked.user);
    assert_eq!(asked.owner(1, later(TOKEN_SECONDS)).await, None, "it lives no longer than before");
    assert!(asked.redeem("111111", 2).await);
    assert_eq!(asked.owner(1, later(60)).await, None, "one token at a time");
    asked.begin("222222", later(120)).await;
    assert!(spent(&asked.finish(1, later(120)).await));
    asked.finish(2, later(120)).await.expect("the password is reset");
    assert_eq!(asked.password(shop).await, (Some("$argon2id$of-token-2".to_owned()), 1));
}

/// A token is of the account that the address had when the code was sent.
pub async fn a_token_is_not_passed_on_to_an_account_that_takes_the_address(shop: &dyn Shop) {
    let account = new_account();
    let stranger = Asked::asks(shop, account.email.clone(), None).await;
    assert!(stranger.redeem("012345", 1).await);
    let user = shop.accounts().add(&account).await.expect("the account is stored");
    let member = Asked::asks(shop, account.email, Some(user)).await;
    assert_eq!(member.owner(1, noon()).await, None);
    assert!(spent(&member.finish(1, noon()).await));
    assert!(member.redeem("012345", 2).await);
    assert_eq!(member.owner(2, noon()).await, Some(user));
}

/// Whoever has just chosen a password, or a second factor, wants no earlier token to undo it.
pub async fn a_token_does_not_outlive_the_epoch_that_it_was_given_in(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    asked.redeem("012345", 1).await;
    let PasswordReset { user, mail, at, .. } = asked.ending(1, later(5));
    let mail = NewMail { letter: Letter::PasswordChanged { at }, ..mail };
    let chosen = HashedPassword::new("chosen".to_owned());
    let change = PasswordChange { user, epoch: 0, password: chosen, mail, at };
    assert_eq!(shop.accounts().change_password(&change).await.expect("the password is changed"), 1);
    assert_eq!(asked.owner(1, noon()).await, None);
    // Whichever of them whoever asks takes for the account's.
    for epoch in [0, 1] {
        let ending = PasswordReset { epoch, ..asked.ending(1, noon()) };
        assert!(spent(&asked.resets.finish(&ending).await), "in epoch {epoch}");
    }
    assert_eq!(asked.password(shop).await, (Some("chosen".to_owned()), 1));
    asked.begin("111111", later(60)).await;
    assert_eq!(asked.owner(1, later(60)).await, None, "a new beginning makes it no better");
    assert!(asked.redeem("111111", 2).await);
    let ending = PasswordReset { epoch: 1, ..asked.ending(2, later(60)) };
    asked.resets.finish(&ending).await.expect("the password is reset");
    assert_eq!(asked.password(shop).await, (Some("$argon2id$of-token-2".to_owned()), 2));
}

/// One code, one token.
pub async fn a_redeemed_code_is_void_and_its_token_good_until_it_runs_out(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    assert!(asked.redeem("012345", 1).await);
    assert!(asked.take_try(noon()).await.is_none());
    assert!(!asked.redeem("012345", 2).await);
    assert_eq!(asked.owner(1, later(TOKEN_SECONDS - 1)).await, asked.user);
    assert_eq!(asked.owner(1, later(TOKEN_SECONDS)).await, None);
    assert_eq!(asked.owner(2, noon()).await, None);
}

/// A code that was replaced between its comparison and its redemption is void.
pub async fn only_the_code_that_is_stored_is_redeemed(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    assert!(!asked.redeem("000000", 1).await);
    assert_eq!(asked.owner(1, noon()).await, None);
    assert!(asked.take_try(noon()).await.is_some(), "the code is still there");
}

/// Both cost a row; one of them is sent.
pub async fn the_letter_is_queued_for_an_account_and_discarded_for_a_decoy(shop: &dyn Shop) {
    let (account, stranger) = (Asked::account(shop).await, Asked::stranger(shop).await);
    let mail = |state: &str| vec![("RESET_CODE".to_owned(), state.to_owned())];
    assert_eq!(shop.mails(&account.email).await, mail("QUEUED"));
    assert_eq!(shop.mails(&stranger.email).await, []);
    assert_eq!(shop.settled_mails().await, mail("DISCARDED"));
}

/// Even somebody who hits its code by chance gets nowhere.
pub async fn a_decoy_counts_tries_and_its_token_is_nobodys(shop: &dyn Shop) {
    let decoy = Asked::stranger(shop).await;
    for _ in 1..RESET_TRIES {
        assert!(decoy.take_try(noon()).await.is_some());
    }
    assert!(decoy.take_try(noon()).await.is_some());
    assert!(decoy.take_try(noon()).await.is_none());
    decoy.begin("012345", later(60)).await;
    assert!(decoy.redeem("012345", 1).await);
    assert_eq!(decoy.owner(1, noon()).await, None);
    assert!(spent(&decoy.finish(1, noon()).await));
}

/// All of it, in one transaction.
pub async fn a_finished_reset_changes_the_password_ends_sessions_and_removes_partners_log_ins(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    let bystander = Asked::account(shop).await;
    let owner = asked.user.expect("an account");
    shop.give_naver_log_in(owner, "somebody-elses").await;
    shop.give_naver_log_in(bystander.user.expect("an account"), "his-own").await;
    asked.redeem("012345", 1).await;
    asked.finish(1, later(5)).await.expect("the password is reset");
    assert_eq!(asked.password(shop).await, (Some("$argon2id$of-token-1".to_owned()), 1));
    let provider = |found: Option<ef_domain::account::Account>| found.expect("the account exists").provider;
    let found = shop.accounts().find(owner).await.expect("accounts can be read");
    assert_eq!(provider(found), IdentityProvider::Local);
    let letters: Vec<_> = shop.mails(&asked.email).await.into_iter().map(|(letter, _)| letter).collect();
    assert_eq!(letters, ["RESET_CODE", "PASSWORD_RESET"]);
    assert_eq!(bystander.password(shop).await.1, 0, "others stay as they are");
    let found = shop.accounts().find(bystander.user.expect("an account")).await.expect("accounts can be read");
    assert_eq!(provider(found), IdentityProvider::Naver);
}

/// And stays so.
pub async fn a_token_is_spent_by_its_use(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    asked.redeem("012345", 1).await;
    asked.finish(1, noon()).await.expect("the password is reset");
    assert_eq!(asked.owner(1, noon()).await, None);
    assert!(spent(&asked.finish(1, noon()).await));
    assert_eq!(asked.password(shop).await.1, 1);
    assert_eq!(shop.mails(&asked.email).await.len(), 2, "one letter with the code, one about the password");
}

/// And tells nobody anything.
pub async fn a_token_that_ran_out_or_is_anothers_resets_nothing(shop: &dyn Shop) {
    let (asked, other) = (Asked::account(shop).await, Asked::account(shop).await);
    asked.redeem("012345", 1).await;
    assert!(spent(&asked.finish(1, later(TOKEN_SECONDS)).await));
    assert!(spent(&other.finish(1, noon()).await), "a token changes the password of its own account only");
    assert!(spent(&asked.finish(2, noon()).await));
    assert_eq!(asked.password(shop).await.1, 0);
    assert_eq!(other.password(shop).await.1, 0);
    assert_eq!(shop.mails(&asked.email).await.len(), 1);
}

/// Closed while the owner of the mailbox typed.
pub async fn a_closed_account_is_not_reset(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    asked.redeem("012345", 1).await;
    let user = asked.user.expect("an account");
    let farewell = NewMail {
        to: asked.email.clone(),
        user: Some(user),
        letter: Letter::AccountClosed { at: noon() },
        lapses_at: None,
        queued_at: noon(),
    };
    assert!(shop.accounts().close(user, &farewell).await.expect("the account is closed"));
    assert_eq!(asked.owner(1, noon()).await, None);
    assert!(spent(&asked.finish(1, noon()).await));
}

/// The try is counted before anybody sees the code.
pub async fn of_fifty_guesses_at_once_five_see_the_code(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    let seen = at_once(50, |_| {
        let (resets, address) = (shop.resets(), asked.address.clone());
        async move { resets.take_try(&address, noon()).await.expect("tries can be counted").is_some() }
    });
    let seen = seen.await.into_iter().filter(|seen| *seen).count();
    assert_eq!(u32::try_from(seen), Ok(RESET_TRIES));
}

/// And one token exists.
pub async fn of_twenty_right_codes_at_once_one_is_redeemed(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    let redeemed = at_once(20, |turn| {
        let (resets, redemption) = (shop.resets(), asked.redemption("012345", turn));
        async move { resets.redeem(&redemption).await.expect("codes can be redeemed") }
    });
    assert_eq!(redeemed.await.into_iter().filter(|redeemed| *redeemed).count(), 1);
    let mut owners = 0;
    for turn in 0..20 {
        owners += usize::from(asked.owner(turn, noon()).await.is_some());
    }
    assert_eq!(owners, 1);
}

/// One password, one epoch, one letter.
pub async fn of_twenty_uses_of_a_token_at_once_one_resets_the_password(shop: &dyn Shop) {
    let asked = Asked::account(shop).await;
    asked.redeem("012345", 1).await;
    let outcomes = at_once(20, |_| {
        let (resets, ending) = (shop.resets(), asked.ending(1, noon()));
        async move { resets.finish(&ending).await }
    });
    let outcomes = outcomes.await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| spent(outcome)).count(), 19, "{outcomes:?}");
    assert_eq!(asked.password(shop).await.1, 1);
    assert_eq!(shop.mails(&asked.email).await.len(), 2);
}

/// A double click is no error.
pub async fn of_twenty_requests_at_once_none_fails(shop: &dyn Shop) {
    let asked = Asked::new(shop, new_account().email, None);
    let outcomes: Vec<Result<(), PortFailure>> = at_once(20, |turn| {
        let (resets, reset) = (shop.resets(), asked.reset(&format!("{turn:06}"), noon()));
        async move { resets.begin(&reset).await }
    })
    .await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert!(asked.take_try(noon()).await.is_some());
    assert_eq!(shop.reset_count().await, 1);
}

/// By whoever asks next, and not all at a time.
pub async fn resets_are_forgotten_a_day_after_their_last_step(shop: &dyn Shop) {
    const DAY: u64 = 86_400;
    for _ in 0..30 {
        Asked::stranger(shop).await;
    }
    let late = Asked::new(shop, new_account().email, None);
    late.begin("012345", later(DAY)).await;
    assert_eq!(shop.reset_count().await, 31, "a day is not over yet");
    late.begin("012345", later(DAY + 1)).await;
    let left = shop.reset_count().await;
    assert!((2..31).contains(&left), "{left} are left after one sweep");
    late.begin("012345", later(DAY + 2)).await;
    assert_eq!(shop.reset_count().await, 1);
    assert!(late.take_try(later(DAY + 2)).await.is_some());
}
