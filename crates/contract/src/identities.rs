//! What every [`IdentityRepository`](ef_domain::account::IdentityRepository) keeps to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::sync::Arc;

use ef_domain::account::{
    AddAccountFailure, AddMemberFailure, Email, Identity, IdentityProvider, IdentityRepository, LinkFailure,
    NewAccount, Standing, Subject, UnlinkFailure,
};
use ef_domain::notice::{Letter, NewMail};
use ef_domain::shared::{Role, UserId};
use tokio::task::JoinSet;

use crate::builders::{later, new_account, noon};
use crate::shop::Shop;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! identity_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::identities; $shop;
            an_identity_opens_the_account_that_it_came_with
            an_identity_is_compared_byte_by_byte
            a_member_whose_address_or_number_is_taken_is_not_stored
            an_identity_opens_one_account
            of_twenty_sign_ups_with_one_identity_at_once_one_makes_an_account
            a_linked_identity_opens_the_account_and_its_owner_is_told
            an_account_has_one_identity_of_a_partner
            an_identity_that_opens_another_account_is_not_linked
            a_link_under_an_old_epoch_is_stale
            of_twenty_links_of_one_identity_at_once_one_wins
            of_twenty_links_to_one_account_at_once_one_wins
            an_unlinked_identity_opens_nothing_and_its_owner_is_told
            what_is_not_linked_cannot_be_unlinked
            the_last_way_in_stays
            a_closed_account_is_opened_by_nothing
            a_forgotten_identity_opens_nothing_even_if_it_was_the_last_way_in
            only_the_identity_that_is_meant_is_forgotten
        }
    };
}

fn identity(subject: &str) -> Identity {
    let subject = Subject::parse(subject).expect("a subject");
    Identity { provider: IdentityProvider::Naver, subject }
}

fn without_password() -> NewAccount {
    NewAccount { password: None, ..new_account() }
}

fn linked(to: &Email, user: UserId) -> NewMail {
    let letter = Letter::IdentityLinked { provider: IdentityProvider::Naver, at: noon() };
    NewMail { to: to.clone(), user: Some(user), letter, lapses_at: None, queued_at: noon() }
}

fn unlinked(to: &Email, user: UserId) -> NewMail {
    let letter = Letter::IdentityUnlinked { provider: IdentityProvider::Naver, at: later(60) };
    NewMail { letter, queued_at: later(60), ..linked(to, user) }
}

/// A shop, its identities, and an account with a password.
struct Member {
    identities: Arc<dyn IdentityRepository>,
    email: Email,
    user: UserId,
}

impl Member {
    async fn new(shop: &dyn Shop) -> Self {
        let account = new_account();
        let user = shop.accounts().add(&account).await.expect("the account is stored");
        Self { identities: shop.identities(), email: account.email, user }
    }

    /// Somebody who joined with the partner and has no password.
    async fn without_password(shop: &dyn Shop, subject: &str) -> Self {
        let account = without_password();
        let user = shop.identities().add_member(&account, &identity(subject)).await.expect("the member is stored");
        Self { identities: shop.identities(), email: account.email, user }
    }

    async fn links(&self, subject: &str) -> Result<(), LinkFailure> {
        self.identities.link(self.user, 0, &identity(subject), &linked(&self.email, self.user)).await
    }

    async fn unlinks(&self) -> Result<(), UnlinkFailure> {
        self.identities.unlink(self.user, IdentityProvider::Naver, &unlinked(&self.email, self.user)).await
    }

    async fn forgets(&self, subject: &str) -> bool {
        let mail = unlinked(&self.email, self.user);
        self.identities.forget(self.user, &identity(subject), &mail).await.expect("identities can be forgotten")
    }
}

async fn opened_by(shop: &dyn Shop, subject: &str) -> Option<UserId> {
    let found = shop.identities().find(&identity(subject)).await.expect("identities can be read");
    found.map(|(user, _)| user)
}

async fn letters(shop: &dyn Shop, to: &Email) -> Vec<String> {
    shop.mails(to).await.into_iter().map(|(letter, _)| letter).collect()
}

/// And the account has no password.
pub async fn an_identity_opens_the_account_that_it_came_with(shop: &dyn Shop) {
    let account = without_password();
    let user = shop.identities().add_member(&account, &identity("naver-1")).await.expect("the member is stored");
    let found = shop.identities().find(&identity("naver-1")).await.expect("identities can be read");
    assert_eq!(found, Some((user, Standing::of_new(Role::User))));
    let account = shop.accounts().find(user).await.expect("accounts can be read").expect("the account exists");
    assert_eq!((account.provider, account.has_password), (IdentityProvider::Naver, false));
    assert_eq!(opened_by(shop, "naver-2").await, None);
}

/// The partner's ids look like base64: another case is another person.
pub async fn an_identity_is_compared_byte_by_byte(shop: &dyn Shop) {
    let one = Member::without_password(shop, "aBc-_1").await;
    let other = Member::without_password(shop, "AbC-_1").await;
    assert_eq!(opened_by(shop, "aBc-_1").await, Some(one.user));
    assert_eq!(opened_by(shop, "AbC-_1").await, Some(other.user));
    assert_eq!(opened_by(shop, "abc-_1").await, None);
}

/// Neither the account nor the identity.
pub async fn a_member_whose_address_or_number_is_taken_is_not_stored(shop: &dyn Shop) {
    let first = new_account();
    shop.accounts().add(&first).await.expect("the account is stored");
    let add = async |account: NewAccount| shop.identities().add_member(&account, &identity("naver-1")).await;

    let email = add(NewAccount { email: first.email.clone(), ..without_password() }).await;
    assert!(matches!(email, Err(AddMemberFailure::Account(AddAccountFailure::EmailTaken))), "{email:?}");
    let phone = add(NewAccount { phone: first.phone.clone(), ..without_password() }).await;
    assert!(matches!(phone, Err(AddMemberFailure::Account(AddAccountFailure::PhoneTaken))), "{phone:?}");
    let both = NewAccount { email: first.email.clone(), phone: first.phone.clone(), ..without_password() };
    let both = add(both).await;
    assert!(matches!(both, Err(AddMemberFailure::Account(AddAccountFailure::EmailTaken))), "{both:?}");
    assert_eq!(opened_by(shop, "naver-1").await, None);
}

/// And the refused account leaves nothing behind.
pub async fn an_identity_opens_one_account(shop: &dyn Shop) {
    let first = Member::without_password(shop, "naver-1").await;
    let second = without_password();
    let refused = shop.identities().add_member(&second, &identity("naver-1")).await;
    assert!(matches!(refused, Err(AddMemberFailure::AlreadyInUse)), "{refused:?}");
    assert_eq!(opened_by(shop, "naver-1").await, Some(first.user));
    let found = shop.accounts().credentials(&second.email).await.expect("accounts can be read");
    assert!(found.is_none());
}

/// Under whatever addresses they come.
pub async fn of_twenty_sign_ups_with_one_identity_at_once_one_makes_an_account(shop: &dyn Shop) {
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let identities = shop.identities();
        tasks.spawn(async move { identities.add_member(&without_password(), &identity("naver-1")).await });
    }
    let mut stored = Vec::new();
    for outcome in tasks.join_all().await {
        match outcome {
            Ok(user) => stored.push(user),
            Err(AddMemberFailure::AlreadyInUse) => {}
            Err(AddMemberFailure::Account(failure)) => panic!("{failure:?}"),
        }
    }
    assert_eq!(stored.len(), 1);
    assert_eq!(opened_by(shop, "naver-1").await, stored.pop());
}

/// The password goes on working.
pub async fn a_linked_identity_opens_the_account_and_its_owner_is_told(shop: &dyn Shop) {
    let member = Member::new(shop).await;
    member.links("naver-1").await.expect("the identity is linked");
    assert_eq!(opened_by(shop, "naver-1").await, Some(member.user));
    let account = shop.accounts().find(member.user).await.expect("accounts can be read").expect("the account exists");
    assert_eq!((account.provider, account.has_password), (IdentityProvider::Naver, true));
    assert_eq!(letters(shop, &member.email).await, ["IDENTITY_LINKED"]);
}

/// The same one or another one, and nobody is told of what did not happen.
pub async fn an_account_has_one_identity_of_a_partner(shop: &dyn Shop) {
    let member = Member::new(shop).await;
    member.links("naver-1").await.expect("the identity is linked");
    for subject in ["naver-1", "naver-2"] {
        let refused = member.links(subject).await;
        assert!(matches!(refused, Err(LinkFailure::AlreadyLinked)), "{refused:?}");
    }
    assert_eq!(opened_by(shop, "naver-2").await, None);
    assert_eq!(letters(shop, &member.email).await.len(), 1);
}

/// Whoever wants it.
pub async fn an_identity_that_opens_another_account_is_not_linked(shop: &dyn Shop) {
    let first = Member::without_password(shop, "naver-1").await;
    let second = Member::new(shop).await;
    let refused = second.links("naver-1").await;
    assert!(matches!(refused, Err(LinkFailure::AlreadyInUse)), "{refused:?}");
    assert_eq!(opened_by(shop, "naver-1").await, Some(first.user));
    assert!(letters(shop, &second.email).await.is_empty());
}

/// Whatever ended the session ended the intent with it.
pub async fn a_link_under_an_old_epoch_is_stale(shop: &dyn Shop) {
    let member = Member::new(shop).await;
    let changed = shop.accounts().change_role(&member.email, Role::Admin, noon()).await;
    assert!(changed.expect("roles can be changed"));
    let refused = member.links("naver-1").await;
    assert!(matches!(refused, Err(LinkFailure::Stale)), "{refused:?}");
    let nobody = Member { user: UserId::new(999_999), ..member };
    let refused = nobody.links("naver-1").await;
    assert!(matches!(refused, Err(LinkFailure::Stale)), "{refused:?}");
    assert_eq!(opened_by(shop, "naver-1").await, None);
}

/// Each of them for an account of its own.
pub async fn of_twenty_links_of_one_identity_at_once_one_wins(shop: &dyn Shop) {
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let member = Member::new(shop).await;
        tasks.spawn(async move { (member.user, member.links("naver-1").await) });
    }
    let mut winners = Vec::new();
    for (user, outcome) in tasks.join_all().await {
        match outcome {
            Ok(()) => winners.push(user),
            Err(LinkFailure::AlreadyInUse) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(opened_by(shop, "naver-1").await, winners.pop());
}

/// And one mail is written.
pub async fn of_twenty_links_to_one_account_at_once_one_wins(shop: &dyn Shop) {
    let member = Arc::new(Member::new(shop).await);
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let member = Arc::clone(&member);
        tasks.spawn(async move { member.links(&format!("naver-{number}")).await });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let refused = outcomes.iter().filter(|outcome| matches!(outcome, Err(LinkFailure::AlreadyLinked))).count();
    assert_eq!(refused, 19, "{outcomes:?}");
    assert_eq!(letters(shop, &member.email).await.len(), 1);
}

/// And is free for another account.
pub async fn an_unlinked_identity_opens_nothing_and_its_owner_is_told(shop: &dyn Shop) {
    let member = Member::new(shop).await;
    member.links("naver-1").await.expect("the identity is linked");
    member.unlinks().await.expect("the identity is unlinked");
    assert_eq!(opened_by(shop, "naver-1").await, None);
    assert_eq!(letters(shop, &member.email).await, ["IDENTITY_LINKED", "IDENTITY_UNLINKED"]);
    let other = Member::without_password(shop, "naver-1").await;
    assert_eq!(opened_by(shop, "naver-1").await, Some(other.user));
}

/// Not even twice.
pub async fn what_is_not_linked_cannot_be_unlinked(shop: &dyn Shop) {
    let member = Member::new(shop).await;
    let refused = member.unlinks().await;
    assert!(matches!(refused, Err(UnlinkFailure::NotLinked)), "{refused:?}");
    assert!(letters(shop, &member.email).await.is_empty());
}

/// An account without a password would be lost.
pub async fn the_last_way_in_stays(shop: &dyn Shop) {
    let member = Member::without_password(shop, "naver-1").await;
    let refused = member.unlinks().await;
    assert!(matches!(refused, Err(UnlinkFailure::LastWayIn)), "{refused:?}");
    assert_eq!(opened_by(shop, "naver-1").await, Some(member.user));
    assert!(letters(shop, &member.email).await.is_empty());
}

/// And its identity is free.
pub async fn a_closed_account_is_opened_by_nothing(shop: &dyn Shop) {
    let member = Member::without_password(shop, "naver-1").await;
    let letter = Letter::AccountClosed { at: noon() };
    let mail = NewMail { letter, ..linked(&member.email, member.user) };
    assert!(shop.accounts().close(member.user, &mail).await.expect("accounts can be closed"));
    assert_eq!(opened_by(shop, "naver-1").await, None);
    let refused = member.links("naver-2").await;
    assert!(matches!(refused, Err(LinkFailure::Stale)), "{refused:?}");
    let refused = member.unlinks().await;
    assert!(matches!(refused, Err(UnlinkFailure::NotLinked)), "{refused:?}");
    assert!(!member.forgets("naver-1").await);
    let next = Member::without_password(shop, "naver-1").await;
    assert_eq!(opened_by(shop, "naver-1").await, Some(next.user));
}

/// The partner does not ask.
pub async fn a_forgotten_identity_opens_nothing_even_if_it_was_the_last_way_in(shop: &dyn Shop) {
    let member = Member::without_password(shop, "naver-1").await;
    assert!(member.forgets("naver-1").await);
    assert_eq!(opened_by(shop, "naver-1").await, None);
    assert!(shop.accounts().find(member.user).await.expect("accounts can be read").is_some());
    assert_eq!(letters(shop, &member.email).await, ["IDENTITY_UNLINKED"]);
    assert!(!member.forgets("naver-1").await, "once");
    assert_eq!(letters(shop, &member.email).await.len(), 1);
}

/// A notice may be about an identity that was replaced meanwhile.
pub async fn only_the_identity_that_is_meant_is_forgotten(shop: &dyn Shop) {
    let one = Member::without_password(shop, "naver-1").await;
    let other = Member::without_password(shop, "naver-2").await;
    assert!(!one.forgets("naver-2").await);
    assert_eq!(opened_by(shop, "naver-1").await, Some(one.user));
    assert_eq!(opened_by(shop, "naver-2").await, Some(other.user));
}
