//! What every [`SecondFactorRepository`](ef_domain::account::SecondFactorRepository) keeps to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::future::Future;
use std::sync::Arc;

use ef_domain::account::{Email, FactorConfirmation, NewAccount, RecoveryHash, SecondFactorRepository};
use ef_domain::notice::{Letter, NewMail};
use ef_domain::shared::{Role, UserId};
use tokio::task::JoinSet;

use crate::builders::{later, new_account, noon};
use crate::shop::Shop;

/// How many run at once in every race.
const RUNNERS: u64 = 20;
/// The step at which every factor is confirmed.
const FIRST_STEP: u64 = 58_919_400;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! second_factor_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::second_factors; $shop;
            a_new_factor_is_not_confirmed
            an_unconfirmed_factor_makes_room_for_another
            a_confirmed_factor_stays
            confirming_ends_every_session_and_tells_the_owner
            another_secret_is_not_confirmed
            a_factor_is_confirmed_once
            the_step_that_confirmed_a_factor_is_used
            a_step_is_used_once_and_takes_the_earlier_ones_with_it
            an_unconfirmed_factor_has_no_steps_to_spend
            of_many_uses_of_one_step_at_once_one_succeeds
            a_recovery_code_is_good_once
            a_recovery_code_is_its_owners
            of_many_uses_of_one_recovery_code_at_once_one_succeeds
            of_many_confirmations_at_once_one_succeeds
            new_recovery_codes_take_the_place_of_the_old_ones
            without_a_factor_there_are_no_recovery_codes
            removing_takes_the_recovery_codes_along_ends_every_session_and_tells_the_owner
            what_is_not_there_cannot_be_removed
            a_removed_factor_makes_room_for_another
            a_closed_account_gets_no_factor
        }
    };
}

struct Owner {
    user: UserId,
    email: Email,
    factors: Arc<dyn SecondFactorRepository>,
}

async fn owner(shop: &dyn Shop) -> Owner {
    let account = NewAccount { role: Role::Admin, ..new_account() };
    let user = shop.accounts().add(&account).await.expect("the account is stored");
    Owner { user, email: account.email, factors: shop.second_factors() }
}

async fn enrolled(shop: &dyn Shop) -> Owner {
    let owner = owner(shop).await;
    assert!(owner.enrols("first").await);
    owner.confirms("first", &codes(3)).await.expect("the factor is confirmed");
    owner
}

fn codes(count: usize) -> Vec<RecoveryHash> {
    ["AAAAA-AAAAA", "BBBBB-BBBBB", "CCCCC-CCCCC"].into_iter().take(count).map(RecoveryHash::of).collect()
}

impl Owner {
    async fn enrols(&self, secret: &str) -> bool {
        self.factors.enrol(self.user, secret, noon()).await.expect("factors can be stored")
    }

    fn confirmation(&self, secret: &str, recovery: &[RecoveryHash]) -> FactorConfirmation {
        FactorConfirmation {
            user: self.user,
            sealed_secret: secret.to_owned(),
            step: FIRST_STEP,
            recovery: recovery.to_vec(),
            mail: self.mail(Letter::SecondFactorEnrolled { at: noon() }),
            at: noon(),
        }
    }

    async fn confirms(&self, secret: &str, recovery: &[RecoveryHash]) -> Option<i64> {
        self.factors.confirm(&self.confirmation(secret, recovery)).await.expect("factors can be stored")
    }

    async fn spends(&self, step: u64) -> bool {
        self.factors.spend_step(self.user, step, later(1)).await.expect("steps can be spent")
    }

    async fn recovers(&self, code: &str) -> bool {
        let code = RecoveryHash::of(code);
        self.factors.spend_recovery(self.user, &code, later(1)).await.expect("codes can be spent")
    }

    async fn replaces(&self, recovery: &[RecoveryHash]) -> bool {
        self.factors.replace_recovery(self.user, recovery, later(2)).await.expect("codes can be stored")
    }

    async fn removes(&self) -> Option<i64> {
        let mail = self.mail(Letter::SecondFactorRemoved { at: later(3) });
        self.factors.remove(self.user, &mail).await.expect("factors can be removed")
    }

    fn mail(&self, letter: Letter) -> NewMail {
        NewMail { to: self.email.clone(), user: Some(self.user), letter, lapses_at: None, queued_at: noon() }
    }

    /// The secret, and whether it is confirmed.
    async fn factor(&self) -> Option<(String, bool)> {
        let found = self.factors.find(self.user).await.expect("factors can be read");
        found.map(|factor| (factor.sealed_secret, factor.is_confirmed))
    }
}

/// Epoch, and whether a log-in asks for a second factor.
async fn standing(shop: &dyn Shop, owner: &Owner) -> (i64, bool) {
    let standing = shop.accounts().standing(owner.user).await.expect("accounts can be read");
    let standing = standing.expect("the account is there");
    (standing.session_epoch, standing.second_factor)
}

async fn letters(shop: &dyn Shop, owner: &Owner) -> Vec<String> {
    shop.mails(&owner.email).await.into_iter().map(|(letter, _)| letter).collect()
}

/// How many of many runs at once succeed.
async fn winners<F: Future<Output = bool> + Send + 'static>(runner: impl Fn(u64) -> F) -> usize {
    let runs: JoinSet<bool> = (0..RUNNERS).map(runner).collect();
    runs.join_all().await.into_iter().filter(|succeeded| *succeeded).count()
}

/// And so nobody is asked for it.
pub async fn a_new_factor_is_not_confirmed(shop: &dyn Shop) {
    let owner = owner(shop).await;
    assert_eq!(owner.factor().await, None);
    assert!(owner.enrols("first").await);
    assert_eq!(owner.factor().await, Some(("first".to_owned(), false)));
    assert_eq!(standing(shop, &owner).await, (0, false));
    assert!(letters(shop, &owner).await.is_empty());
}

/// Somebody closed the page and begins again.
pub async fn an_unconfirmed_factor_makes_room_for_another(shop: &dyn Shop) {
    let owner = owner(shop).await;
    assert!(owner.enrols("first").await);
    assert!(owner.enrols("second").await);
    assert_eq!(owner.factor().await, Some(("second".to_owned(), false)));
}

/// A borrowed browser cannot put another in its place.
pub async fn a_confirmed_factor_stays(shop: &dyn Shop) {
    let owner = enrolled(shop).await;
    assert!(!owner.enrols("second").await);
    assert_eq!(owner.factor().await, Some(("first".to_owned(), true)));
}

/// Whoever signed in with the password alone is out.
pub async fn confirming_ends_every_session_and_tells_the_owner(shop: &dyn Shop) {
    let owner = owner(shop).await;
    assert!(owner.enrols("first").await);
    assert_eq!(owner.confirms("first", &codes(3)).await, Some(1));
    assert_eq!(standing(shop, &owner).await, (1, true));
    assert_eq!(letters(shop, &owner).await, ["SECOND_FACTOR_ENROLLED"]);
}

/// And changes nothing.
pub async fn another_secret_is_not_confirmed(shop: &dyn Shop) {
    let owner = owner(shop).await;
    assert_eq!(owner.confirms("first", &codes(3)).await, None);
    assert!(owner.enrols("second").await);
    assert_eq!(owner.confirms("first", &codes(3)).await, None);
    assert_eq!(standing(shop, &owner).await, (0, false));
    assert!(!owner.recovers("AAAAA-AAAAA").await);
    assert!(letters(shop, &owner).await.is_empty());
}

/// Recovery codes that were shown stay good.
pub async fn a_factor_is_confirmed_once(shop: &dyn Shop) {
    let owner = enrolled(shop).await;
    assert_eq!(owner.confirms("first", &[]).await, None);
    assert_eq!(standing(shop, &owner).await, (1, true));
    assert!(owner.recovers("AAAAA-AAAAA").await);
}

/// Whoever looked over his shoulder has nothing of it.
pub async fn the_step_that_confirmed_a_factor_is_used(shop: &dyn Shop) {
    let owner = enrolled(shop).await;
    assert!(!owner.spends(FIRST_STEP).await);
    assert!(owner.spends(FIRST_STEP + 1).await);
}

/// The codes of a clock that lags behind are older than those of one that does not.
pub async fn a_step_is_used_once_and_takes_the_earlier_ones_with_it(shop: &dyn Shop) {
    let owner = enrolled(shop).await;
    assert!(owner.spends(FIRST_STEP + 5).await);
    for used in [FIRST_STEP + 5, FIRST_STEP + 4, FIRST_STEP] {
        assert!(!owner.spends(used).await);
    }
    assert!(owner.spends(FIRST_STEP + 6).await);
}

/// It opens nothing.
pub async fn an_unconfirmed_factor_has_no_steps_to_spend(shop: &dyn Shop) {
    let owner = owner(shop).await;
    assert!(!owner.spends(FIRST_STEP).await);
    assert!(owner.enrols("first").await);
    assert!(!owner.spends(FIRST_STEP).await);
}

/// A code that somebody caught on its way is worth nothing beside its owner's.
pub async fn of_many_uses_of_one_step_at_once_one_succeeds(shop: &dyn Shop) {
    let owner = Arc::new(enrolled(shop).await);
    let won = winners(|_| {
        let owner = Arc::clone(&owner);
        async move { owner.spends(FIRST_STEP + 1).await }
    });
    assert_eq!(won.await, 1);
}

/// In whatever spelling.
pub async fn a_recovery_code_is_good_once(shop: &dyn Shop) {
    let owner = enrolled(shop).await;
    assert!(!owner.recovers("ZZZZZ-ZZZZZ").await);
    assert!(owner.recovers("aaaaa aaaaa").await);
    assert!(!owner.recovers("AAAAA-AAAAA").await);
    assert!(owner.recovers("BBBBB-BBBBB").await);
}

/// Nobody else's, though his may read the same.
pub async fn a_recovery_code_is_its_owners(shop: &dyn Shop) {
    let (one, other) = (enrolled(shop).await, enrolled(shop).await);
    assert!(one.recovers("AAAAA-AAAAA").await);
    assert!(other.recovers("AAAAA-AAAAA").await);
    assert!(!owner(shop).await.recovers("BBBBB-BBBBB").await);
}

/// Two thieves of one note get in once.
pub async fn of_many_uses_of_one_recovery_code_at_once_one_succeeds(shop: &dyn Shop) {
    let owner = Arc::new(enrolled(shop).await);
    let won = winners(|_| {
        let owner = Arc::clone(&owner);
        async move { owner.recovers("AAAAA-AAAAA").await }
    });
    assert_eq!(won.await, 1);
}

/// The codes that the winner is shown are those that are kept.
pub async fn of_many_confirmations_at_once_one_succeeds(shop: &dyn Shop) {
    let owner = Arc::new(owner(shop).await);
    assert!(owner.enrols("first").await);
    let won = winners(|_| {
        let owner = Arc::clone(&owner);
        async move { owner.confirms("first", &codes(3)).await.is_some() }
    });
    assert_eq!(won.await, 1);
    assert_eq!(standing(shop, &owner).await, (1, true));
    assert_eq!(letters(shop, &owner).await, ["SECOND_FACTOR_ENROLLED"]);
    assert!(owner.recovers("CCCCC-CCCCC").await);
}

/// A note that was lost opens nothing any more. Nobody is signed out.
pub async fn new_recovery_codes_take_the_place_of_the_old_ones(shop: &dyn Shop) {
    let owner = enrolled(shop).await;
    let new = [RecoveryHash::of("DDDDD-DDDDD"), RecoveryHash::of("AAAAA-AAAAA")];
    assert!(owner.recovers("AAAAA-AAAAA").await);
    assert!(owner.replaces(&new).await);
    assert!(!owner.recovers("BBBBB-BBBBB").await);
    for code in ["DDDDD-DDDDD", "AAAAA-AAAAA"] {
        assert!(owner.recovers(code).await, "{code}");
    }
    assert_eq!(standing(shop, &owner).await, (1, true));
}

/// They would open an account without anything that they stand in for.
pub async fn without_a_factor_there_are_no_recovery_codes(shop: &dyn Shop) {
    let owner = owner(shop).await;
    assert!(!owner.replaces(&codes(1)).await);
    assert!(owner.enrols("first").await);
    assert!(!owner.replaces(&codes(1)).await);
    assert!(!owner.recovers("AAAAA-AAAAA").await);
}

/// Nothing of it is left.
pub async fn removing_takes_the_recovery_codes_along_ends_every_session_and_tells_the_owner(shop: &dyn Shop) {
    let owner = enrolled(shop).await;
    assert_eq!(owner.removes().await, Some(2));
    assert_eq!(owner.factor().await, None);
    assert!(!owner.recovers("AAAAA-AAAAA").await);
    assert!(!owner.spends(FIRST_STEP + 1).await);
    assert_eq!(standing(shop, &owner).await, (2, false));
    assert_eq!(letters(shop, &owner).await, ["SECOND_FACTOR_ENROLLED", "SECOND_FACTOR_REMOVED"]);
}

/// And signs nobody out.
pub async fn what_is_not_there_cannot_be_removed(shop: &dyn Shop) {
    let owner = owner(shop).await;
    assert_eq!(owner.removes().await, None);
    assert_eq!(standing(shop, &owner).await, (0, false));
    assert!(letters(shop, &owner).await.is_empty());
}

/// With steps of its own.
pub async fn a_removed_factor_makes_room_for_another(shop: &dyn Shop) {
    let owner = enrolled(shop).await;
    assert!(owner.spends(FIRST_STEP + 9).await);
    assert_eq!(owner.removes().await, Some(2));
    assert!(owner.enrols("second").await);
    assert_eq!(owner.confirms("second", &codes(1)).await, Some(3));
    assert!(owner.spends(FIRST_STEP + 1).await);
}

/// There is nobody to have one.
pub async fn a_closed_account_gets_no_factor(shop: &dyn Shop) {
    let owner = owner(shop).await;
    let mail = owner.mail(Letter::AccountClosed { at: noon() });
    assert!(shop.accounts().close(owner.user, &mail).await.expect("accounts can be closed"));
    assert!(!owner.enrols("first").await);
    assert_eq!(owner.factor().await, None);
}
