//! What every [`AddressBook`](ef_domain::account::AddressBook) keeps to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::sync::Arc;

use ef_domain::account::{AddAddressFailure, AddressBook, SavedAddress};
use ef_domain::notice::{Letter, NewMail};
use ef_domain::order::Recipient;
use ef_domain::shared::{AddressId, UserId};
use tokio::task::JoinSet;

use crate::builders::{later, new_account, noon, recipient, shopper};
use crate::shop::Shop;

const MOST: usize = 4;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! address_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::addresses; $shop;
            an_address_reads_back_as_it_was_added_and_changed
            the_first_address_is_the_default_and_later_ones_are_not
            another_address_becomes_the_default
            the_oldest_address_follows_a_default_that_was_removed
            a_full_book_takes_no_address
            an_account_that_is_closed_or_never_was_has_no_book
            nobody_sees_or_touches_somebody_elses_addresses
            however_many_change_a_book_at_once_it_has_one_default
        }
    };
}

fn named(name: &str) -> Recipient {
    Recipient { name: name.to_owned(), ..recipient() }
}

async fn add(shop: &dyn Shop, user: UserId, name: &str) -> SavedAddress {
    shop.addresses().add(user, &named(name), MOST, noon()).await.expect("the address is added")
}

async fn list(shop: &dyn Shop, user: UserId) -> Vec<SavedAddress> {
    shop.addresses().list(user).await.expect("addresses can be read")
}

/// Each address of the user's, and whether it is the default.
async fn defaults(shop: &dyn Shop, user: UserId) -> Vec<(AddressId, bool)> {
    list(shop, user).await.into_iter().map(|address| (address.id, address.is_default)).collect()
}

/// With a second line and without.
pub async fn an_address_reads_back_as_it_was_added_and_changed(shop: &dyn Shop) {
    let user = shopper(shop).await.user;
    let first = add(shop, user, "집").await;
    assert_eq!(first.recipient, named("집"));
    assert_eq!(list(shop, user).await, std::slice::from_ref(&first));
    let changed =
        Recipient { address_line1: "부산 해운대구".to_owned(), address_line2: None, ..named("부모님") };
    let stored = shop.addresses().change(user, first.id, &changed, later(60)).await;
    let stored = stored.expect("addresses can be changed").expect("the address exists");
    assert_eq!(stored, SavedAddress { recipient: changed, ..first });
    assert_eq!(list(shop, user).await, [stored]);
}

/// In the order in which they were added.
pub async fn the_first_address_is_the_default_and_later_ones_are_not(shop: &dyn Shop) {
    let user = shopper(shop).await.user;
    let (first, second) = (add(shop, user, "집").await, add(shop, user, "회사").await);
    assert_eq!((first.is_default, second.is_default), (true, false));
    assert_eq!(list(shop, user).await, [first, second]);
}

/// And the one before it is not any more. Once more changes nothing.
pub async fn another_address_becomes_the_default(shop: &dyn Shop) {
    let user = shopper(shop).await.user;
    let (first, second) = (add(shop, user, "집").await, add(shop, user, "회사").await);
    for _ in 0..2 {
        let preferred = shop.addresses().make_default(user, second.id, later(60)).await;
        let preferred = preferred.expect("addresses can be changed").expect("the address exists");
        assert_eq!(preferred, SavedAddress { is_default: true, ..second.clone() });
        assert_eq!(defaults(shop, user).await, [(first.id, false), (second.id, true)]);
    }
}

/// A book that is not empty always has one.
pub async fn the_oldest_address_follows_a_default_that_was_removed(shop: &dyn Shop) {
    let user = shopper(shop).await.user;
    let (first, second, third) =
        (add(shop, user, "집").await.id, add(shop, user, "회사").await.id, add(shop, user, "부모님").await.id);
    let remove = async |id| shop.addresses().remove(user, id, later(60)).await.expect("addresses can be removed");
    shop.addresses().make_default(user, third, later(30)).await.expect("addresses can be changed");
    assert!(remove(third).await);
    assert_eq!(defaults(shop, user).await, [(first, true), (second, false)]);
    assert!(!remove(third).await, "it is gone");
    assert!(remove(second).await);
    assert_eq!(defaults(shop, user).await, [(first, true)]);
    assert!(remove(first).await);
    assert!(list(shop, user).await.is_empty());
    assert!(add(shop, user, "새집").await.is_default);
}

/// However many come at once.
pub async fn a_full_book_takes_no_address(shop: &dyn Shop) {
    let user = shopper(shop).await.user;
    let mut additions = JoinSet::new();
    for number in 0..MOST * 2 {
        let book: Arc<dyn AddressBook> = shop.addresses();
        additions.spawn(async move { book.add(user, &named(&format!("집 {number}")), MOST, noon()).await });
    }
    let (added, refused): (Vec<_>, Vec<_>) = additions.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((added.len(), refused.len()), (MOST, MOST));
    assert!(refused.iter().all(|outcome| matches!(outcome, Err(AddAddressFailure::Full))), "{refused:?}");
    assert_eq!(list(shop, user).await.iter().filter(|address| address.is_default).count(), 1);
}

/// Nothing is kept for nobody.
pub async fn an_account_that_is_closed_or_never_was_has_no_book(shop: &dyn Shop) {
    let new = new_account();
    let user = shop.accounts().add(&new).await.expect("the account is stored");
    let letter = Letter::AccountClosed { at: noon() };
    let mail = NewMail { to: new.email, user: Some(user), letter, lapses_at: None, queued_at: noon() };
    assert!(shop.accounts().close(user, &mail).await.expect("accounts can be closed"));
    for user in [user, UserId::new(4711)] {
        let outcome = shop.addresses().add(user, &recipient(), MOST, noon()).await;
        assert!(matches!(outcome, Err(AddAddressFailure::Closed)), "{outcome:?}");
        assert!(list(shop, user).await.is_empty());
    }
}

/// Its id alone opens nothing.
pub async fn nobody_sees_or_touches_somebody_elses_addresses(shop: &dyn Shop) {
    let (owner, stranger) = (shopper(shop).await.user, shopper(shop).await.user);
    let (first, second) = (add(shop, owner, "집").await, add(shop, owner, "회사").await);
    let own = add(shop, stranger, "내 집").await;
    let book = shop.addresses();
    for id in [first.id, second.id] {
        let changed = book.change(stranger, id, &named("남"), later(60)).await;
        assert_eq!(changed.expect("addresses can be changed"), None);
        assert_eq!(book.make_default(stranger, id, later(60)).await.expect("addresses can be changed"), None);
        assert!(!book.remove(stranger, id, later(60)).await.expect("addresses can be removed"));
    }
    assert_eq!(list(shop, owner).await, [first, second]);
    assert_eq!(list(shop, stranger).await, [own]);
}

/// Added, removed and preferred all at once.
pub async fn however_many_change_a_book_at_once_it_has_one_default(shop: &dyn Shop) {
    let user = shopper(shop).await.user;
    let (first, second) = (add(shop, user, "집").await.id, add(shop, user, "회사").await.id);
    let mut changes = JoinSet::new();
    for number in 0..12_u32 {
        let book: Arc<dyn AddressBook> = shop.addresses();
        changes.spawn(async move {
            match number % 4 {
                0 => book.make_default(user, second, later(60)).await.map(|_| ()).expect("addresses can be changed"),
                1 => book.remove(user, first, later(60)).await.map(|_| ()).expect("addresses can be removed"),
                2 => book.make_default(user, first, later(60)).await.map(|_| ()).expect("addresses can be changed"),
                _ => match book.add(user, &named("또"), MOST, later(60)).await {
                    Ok(_) | Err(AddAddressFailure::Full) => {}
                    Err(failure) => panic!("{failure:?}"),
                },
            }
        });
    }
    changes.join_all().await;
    let left = defaults(shop, user).await;
    assert_eq!(left.iter().filter(|(_, is_default)| *is_default).count(), 1, "{left:?}");
}
