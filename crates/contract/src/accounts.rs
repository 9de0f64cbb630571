//! What every [`AccountRepository`](ef_domain::account::AccountRepository) keeps to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use ef_domain::account::{Account, AddAccountFailure, Email, HashedPassword, IdentityProvider, NewAccount, Standing};
use ef_domain::shared::{Role, UserId};

use crate::builders::{new_account, noon};
use crate::shop::Shop;

mod change;
mod close;

pub use change::*;
pub use close::*;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! account_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::accounts; $shop;
            an_account_reads_back_as_it_was_stored
            an_account_needs_neither_a_number_nor_a_birthday
            an_address_has_one_account
            a_number_has_one_account
            where_both_are_taken_the_address_is_named
            accounts_without_a_number_do_not_meet
            credentials_are_found_by_the_address
            an_address_that_nobody_has_finds_no_credentials
            standing_is_the_accounts_own
            an_account_that_does_not_exist_has_no_standing
            credentials_are_found_by_the_account_too
            an_account_can_be_without_a_password
            a_changed_password_raises_the_epoch_and_queues_its_mail
            a_password_changed_under_an_old_epoch_is_stale_and_tells_nobody
            of_many_password_changes_at_once_one_wins
            a_hash_is_replaced_only_where_it_is_still_the_old_one
            an_account_is_completed_by_birthday_and_address
            another_role_ends_every_session
            a_closed_account_is_found_by_nothing
            a_closed_account_cannot_be_changed
            an_account_is_closed_once
            closing_lets_the_mails_that_wait_lapse
            the_address_and_number_of_a_closed_account_are_free
            closing_empties_cart_and_address_book_and_keeps_orders
        }
    };
}

async fn add(shop: &dyn Shop, account: &NewAccount) -> Result<UserId, AddAccountFailure> {
    shop.accounts().add(account).await
}

async fn added(shop: &dyn Shop, account: &NewAccount) -> UserId {
    add(shop, account).await.expect("the account is stored")
}

async fn standing(shop: &dyn Shop, user: UserId) -> Option<Standing> {
    shop.accounts().standing(user).await.expect("accounts can be read")
}

/// Except for the password, which its owner has no use for.
pub async fn an_account_reads_back_as_it_was_stored(shop: &dyn Shop) {
    let new = new_account();
    let id = added(shop, &new).await;
    let expected = Account {
        id,
        email: new.email,
        name: new.name,
        phone: new.phone,
        birth_date: new.birth_date,
        address: new.address,
        provider: IdentityProvider::Local,
        has_password: true,
        role: Role::User,
        created_at: noon(),
    };
    let found = shop.accounts().find(id).await.expect("accounts can be read");
    assert_eq!(found, Some(expected));
}

/// Accounts that are not made with the sign-up form have less.
pub async fn an_account_needs_neither_a_number_nor_a_birthday(shop: &dyn Shop) {
    let new = NewAccount { phone: None, birth_date: None, address: None, role: Role::Admin, ..new_account() };
    let id = added(shop, &new).await;
    let found = shop.accounts().find(id).await.expect("accounts can be read");
    let found = found.expect("the account exists");
    assert_eq!((found.phone, found.birth_date, found.address), (None, None, None));
    assert_eq!(found.role, Role::Admin);
}

/// In any spelling.
pub async fn an_address_has_one_account(shop: &dyn Shop) {
    let first = new_account();
    added(shop, &first).await;
    let spelling = first.email.as_str().to_uppercase();
    let second = NewAccount { email: Email::parse(&spelling).expect("an address"), ..new_account() };
    let failure = add(shop, &second).await;
    assert!(matches!(failure, Err(AddAccountFailure::EmailTaken)), "{failure:?}");
}

/// And the refused sign-up leaves nothing behind.
pub async fn a_number_has_one_account(shop: &dyn Shop) {
    let first = new_account();
    added(shop, &first).await;
    let second = NewAccount { phone: first.phone.clone(), ..new_account() };
    let failure = add(shop, &second).await;
    assert!(matches!(failure, Err(AddAccountFailure::PhoneTaken)), "{failure:?}");
    let found = shop.accounts().credentials(&second.email).await;
    assert!(found.expect("accounts can be read").is_none());
}

/// On every database the same one.
pub async fn where_both_are_taken_the_address_is_named(shop: &dyn Shop) {
    let (first, other) = (new_account(), new_account());
    added(shop, &first).await;
    added(shop, &other).await;
    for (email, phone) in [(&first, &first), (&first, &other), (&other, &first)] {
        let both = NewAccount { email: email.email.clone(), phone: phone.phone.clone(), ..new_account() };
        let failure = add(shop, &both).await;
        assert!(matches!(failure, Err(AddAccountFailure::EmailTaken)), "{failure:?}");
    }
}

/// No number is no number twice.
pub async fn accounts_without_a_number_do_not_meet(shop: &dyn Shop) {
    for _ in 0..2 {
        added(shop, &NewAccount { phone: None, ..new_account() }).await;
    }
}

/// What a log-in needs.
pub async fn credentials_are_found_by_the_address(shop: &dyn Shop) {
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";
    let new = NewAccount { password: Some(HashedPassword::new(hash.to_owned())), role: Role::Admin, ..new_account() };
    added(shop, &new_account()).await;
    let id = added(shop, &new).await;
    let found = shop.accounts().credentials(&new.email).await;
    let found = found.expect("accounts can be read").expect("the account exists");
    assert_eq!((found.user, &found.email), (id, &new.email));
    assert_eq!(found.password.as_ref().map(HashedPassword::expose), Some(hash));
    let expected = Standing::of_new(Role::Admin);
    assert_eq!(found.standing, expected);
}

/// Nothing is an answer.
pub async fn an_address_that_nobody_has_finds_no_credentials(shop: &dyn Shop) {
    let nobody = Email::parse("nobody@energy-factory.kr").expect("an address");
    let found = shop.accounts().credentials(&nobody).await;
    assert!(found.expect("accounts can be read").is_none());
}

/// Whatever a token says.
pub async fn standing_is_the_accounts_own(shop: &dyn Shop) {
    for role in [Role::User, Role::Admin] {
        let id = added(shop, &NewAccount { role, ..new_account() }).await;
        let standing = shop.accounts().standing(id).await.expect("accounts can be read");
        let expected = Standing::of_new(role);
        assert_eq!(standing, Some(expected));
    }
}

/// An account that was removed signs nobody in.
pub async fn an_account_that_does_not_exist_has_no_standing(shop: &dyn Shop) {
    let nobody = UserId::new(4711);
    let standing = shop.accounts().standing(nobody).await;
    assert_eq!(standing.expect("accounts can be read"), None);
    let found = shop.accounts().find(nobody).await;
    assert_eq!(found.expect("accounts can be read"), None);
}
