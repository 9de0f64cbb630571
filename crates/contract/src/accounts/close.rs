//! How accounts end.

use std::sync::Arc;

use ef_domain::account::{
    AccountRepository, BirthDate, ChangePasswordFailure, HashedPassword, NewAccount, PasswordChange, Standing,
};
use ef_domain::notice::{Letter, NewMail};
use ef_domain::shared::{Actor, Role, UserId};
use tokio::task::JoinSet;

use super::{add, added, standing};
use crate::builders::{key, later, new_account, order, pack, paid, pieces, recipient, reload};
use crate::shop::Shop;

fn mail(user: UserId, account: &NewAccount, letter: Letter) -> NewMail {
    NewMail { to: account.email.clone(), user: Some(user), letter, lapses_at: None, queued_at: later(60) }
}

fn farewell(user: UserId, account: &NewAccount) -> NewMail {
    mail(user, account, Letter::AccountClosed { at: later(60) })
}

async fn closed(shop: &dyn Shop, account: &NewAccount) -> UserId {
    let user = added(shop, account).await;
    let is_closed = shop.accounts().close(user, &farewell(user, account)).await;
    assert!(is_closed.expect("accounts can be closed"));
    user
}

fn password_change(user: UserId, account: &NewAccount, epoch: i64) -> PasswordChange {
    let at = later(60);
    let password = HashedPassword::new("new".to_owned());
    PasswordChange { user, epoch, password, mail: mail(user, account, Letter::PasswordChanged { at }), at }
}

fn row(letter: &str, state: &str) -> (String, String) {
    (letter.to_owned(), state.to_owned())
}

/// By no question that the shop asks.
pub async fn a_closed_account_is_found_by_nothing(shop: &dyn Shop) {
    let new = new_account();
    let user = closed(shop, &new).await;
    let accounts = shop.accounts();
    assert_eq!(accounts.find(user).await.expect("accounts can be read"), None);
    assert_eq!(standing(shop, user).await, None);
    assert!(accounts.credentials(&new.email).await.expect("accounts can be read").is_none());
    assert!(accounts.credentials_of(user).await.expect("accounts can be read").is_none());
}

/// Whoever still believes in it is told that it is gone.
pub async fn a_closed_account_cannot_be_changed(shop: &dyn Shop) {
    let new = new_account();
    let user = closed(shop, &new).await;
    let accounts = shop.accounts();
    for epoch in [0, 1] {
        let outcome = accounts.change_password(&password_change(user, &new, epoch)).await;
        assert!(matches!(outcome, Err(ChangePasswordFailure::Stale)), "{outcome:?}");
    }
    let birth_date = BirthDate::parse("1984-02-29", later(0)).expect("a date");
    assert!(!accounts.complete(user, birth_date, "부산", later(90)).await.expect("accounts can be changed"));
    assert!(!accounts.change_role(&new.email, Role::Admin, later(90)).await.expect("accounts can be changed"));
    assert_eq!(shop.mails(&new.email).await, [row("ACCOUNT_CLOSED", "QUEUED")]);
}

/// Nobody is told twice.
pub async fn an_account_is_closed_once(shop: &dyn Shop) {
    let new = new_account();
    let user = added(shop, &new).await;
    let mut attempts = JoinSet::new();
    for _ in 0..4 {
        let (accounts, mail): (Arc<dyn AccountRepository>, NewMail) = (shop.accounts(), farewell(user, &new));
        attempts.spawn(async move { accounts.close(user, &mail).await.expect("accounts can be closed") });
    }
    let outcomes = attempts.join_all().await;
    assert_eq!(outcomes.into_iter().filter(|is_closed| *is_closed).count(), 1);
    assert_eq!(shop.mails(&new.email).await.len(), 1);
    let nobody = UserId::new(4711);
    let outcome = shop.accounts().close(nobody, &farewell(nobody, &new)).await;
    assert!(!outcome.expect("accounts can be closed"));
}

/// A mail that waits is of no use any more, except for the one that says so; and it names nobody.
pub async fn closing_lets_the_mails_that_wait_lapse(shop: &dyn Shop) {
    let (new, other) = (new_account(), new_account());
    let (user, neighbour) = (added(shop, &new).await, added(shop, &other).await);
    for (user, account) in [(user, &new), (neighbour, &other)] {
        let change = password_change(user, account, 0);
        shop.accounts().change_password(&change).await.expect("the password is changed");
    }
    assert!(shop.accounts().close(user, &farewell(user, &new)).await.expect("accounts can be closed"));
    assert_eq!(shop.mails(&new.email).await, [row("ACCOUNT_CLOSED", "QUEUED")]);
    assert_eq!(shop.settled_mails().await, [row("PASSWORD_CHANGED", "LAPSED")]);
    assert_eq!(shop.mails(&other.email).await, [row("PASSWORD_CHANGED", "QUEUED")]);
}

/// By somebody who may be its owner and may not: what he had is not his any more.
pub async fn the_address_and_number_of_a_closed_account_are_free(shop: &dyn Shop) {
    let first = new_account();
    let old = closed(shop, &first).await;
    let again = NewAccount { created_at: later(90), ..first.clone() };
    let new = add(shop, &again).await.expect("address and number are free");
    assert_ne!(old, new);
    let found = shop.accounts().credentials(&first.email).await.expect("accounts can be read");
    assert_eq!(found.map(|found| found.user), Some(new));
    assert_eq!(standing(shop, new).await, Some(Standing::of_new(Role::User)));
    // And once more: the traces of two closed accounts do not meet.
    let mail = farewell(new, &again);
    assert!(shop.accounts().close(new, &mail).await.expect("accounts can be closed"));
    add(shop, &again).await.expect("address and number are free");
}

/// What the law wants kept stays; what the shopper kept for himself goes.
pub async fn closing_empties_cart_and_address_book_and_keeps_orders(shop: &dyn Shop) {
    let new = new_account();
    let buyer = Actor { user: added(shop, &new).await, role: Role::User };
    let goods = pack(shop, 5).await;
    let bought = order(shop, buyer, &[(&goods, 2)]).await;
    paid(shop, &bought, &key("key-1")).await;
    let before = reload(shop, bought.number).await;
    let added = shop.carts().add(buyer.user, goods.product, goods.variant, pieces(1)).await;
    added.expect("the cart takes it");
    let added = shop.addresses().add(buyer.user, &recipient(), 20, later(0)).await;
    added.expect("the address book takes it");

    let is_closed = shop.accounts().close(buyer.user, &farewell(buyer.user, &new)).await;
    assert!(is_closed.expect("accounts can be closed"));
    assert!(shop.carts().cart(buyer.user).await.expect("carts can be read").lines.is_empty());
    assert!(shop.addresses().list(buyer.user).await.expect("addresses can be read").is_empty());
    assert_eq!(reload(shop, bought.number).await, before);
    assert_eq!(shop.payment_count().await, 1);
}
