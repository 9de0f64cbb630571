//! How accounts change.

use std::sync::Arc;

use ef_domain::account::{
    AccountRepository, BirthDate, ChangePasswordFailure, Credentials, HashedPassword, NewAccount, PasswordChange,
    Standing,
};
use ef_domain::notice::{Letter, NewMail};
use ef_domain::shared::{Role, UserId};
use tokio::task::JoinSet;

use super::{added, standing};
use crate::builders::{later, new_account};
use crate::shop::Shop;

const PASSWORD_CHANGED: &str = "PASSWORD_CHANGED";

fn hash(text: &str) -> HashedPassword {
    HashedPassword::new(text.to_owned())
}

/// The account's password becomes `text`, if its epoch is that one.
fn change(user: UserId, account: &NewAccount, epoch: i64, text: &str) -> PasswordChange {
    let at = later(60);
    let letter = Letter::PasswordChanged { at };
    let mail = NewMail { to: account.email.clone(), user: Some(user), letter, lapses_at: None, queued_at: at };
    PasswordChange { user, epoch, password: hash(text), mail, at }
}

async fn credentials(shop: &dyn Shop, user: UserId) -> Credentials {
    let found = shop.accounts().credentials_of(user).await.expect("accounts can be read");
    found.expect("the account exists")
}

async fn password(shop: &dyn Shop, user: UserId) -> Option<String> {
    credentials(shop, user).await.password.map(|hash| hash.expose().to_owned())
}

/// A second proof of somebody signed in.
pub async fn credentials_are_found_by_the_account_too(shop: &dyn Shop) {
    let new = NewAccount { password: Some(hash("hash")), role: Role::Admin, ..new_account() };
    let user = added(shop, &new).await;
    let found = credentials(shop, user).await;
    assert_eq!((found.user, &found.email), (user, &new.email));
    assert_eq!(found.password.as_ref().map(HashedPassword::expose), Some("hash"));
    assert_eq!(found.standing, Standing::of_new(Role::Admin));
    let nobody = shop.accounts().credentials_of(UserId::new(4711)).await;
    assert!(nobody.expect("accounts can be read").is_none());
}

/// It is there, and no password opens it.
pub async fn an_account_can_be_without_a_password(shop: &dyn Shop) {
    let new = NewAccount { password: None, ..new_account() };
    let user = added(shop, &new).await;
    assert_eq!(password(shop, user).await, None);
    let found = shop.accounts().find(user).await.expect("accounts can be read");
    assert!(!found.expect("the account exists").has_password);
}

/// The new one is there, the old sessions are over, and the owner is told.
pub async fn a_changed_password_raises_the_epoch_and_queues_its_mail(shop: &dyn Shop) {
    let new = new_account();
    let (user, other) = (added(shop, &new).await, added(shop, &new_account()).await);
    let epoch = shop.accounts().change_password(&change(user, &new, 0, "second")).await;
    assert_eq!(epoch.expect("the password is changed"), 1);
    assert_eq!(password(shop, user).await.as_deref(), Some("second"));
    assert_eq!(standing(shop, user).await, Some(Standing { session_epoch: 1, ..Standing::of_new(Role::User) }));
    assert_eq!(shop.mails(&new.email).await, [(PASSWORD_CHANGED.to_owned(), "QUEUED".to_owned())]);
    assert_ne!(password(shop, other).await.as_deref(), Some("second"));
}

/// It was decided in a session that is over.
pub async fn a_password_changed_under_an_old_epoch_is_stale_and_tells_nobody(shop: &dyn Shop) {
    let new = new_account();
    let user = added(shop, &new).await;
    shop.accounts().change_password(&change(user, &new, 0, "second")).await.expect("the password is changed");
    for (user, epoch) in [(user, 0), (user, 2), (UserId::new(4711), 0)] {
        let outcome = shop.accounts().change_password(&change(user, &new, epoch, "third")).await;
        assert!(matches!(outcome, Err(ChangePasswordFailure::Stale)), "{outcome:?}");
    }
    assert_eq!(password(shop, user).await.as_deref(), Some("second"));
    assert_eq!(shop.mails(&new.email).await.len(), 1);
}

/// The others hear that they are signed out.
pub async fn of_many_password_changes_at_once_one_wins(shop: &dyn Shop) {
    let new = new_account();
    let user = added(shop, &new).await;
    let mut changes = JoinSet::new();
    for number in 0..8 {
        let accounts: Arc<dyn AccountRepository> = shop.accounts();
        let text = format!("password {number}");
        let change = change(user, &new, 0, &text);
        changes.spawn(async move { (text, accounts.change_password(&change).await) });
    }
    let mut winners = Vec::new();
    for (text, outcome) in changes.join_all().await {
        match outcome {
            Ok(epoch) => winners.push((text, epoch)),
            Err(failure) => assert!(matches!(failure, ChangePasswordFailure::Stale), "{failure:?}"),
        }
    }
    assert_eq!(winners, [(password(shop, user).await.expect("a password"), 1)]);
    assert_eq!(shop.mails(&new.email).await.len(), 1);
}

/// A password that was changed meanwhile is not overwritten by an old one at another cost.
pub async fn a_hash_is_replaced_only_where_it_is_still_the_old_one(shop: &dyn Shop) {
    let user = added(shop, &NewAccount { password: Some(hash("old")), ..new_account() }).await;
    let replace = async |old: &str, new: &str| {
        shop.accounts().replace_hash(user, &hash(old), &hash(new)).await.expect("accounts can be changed");
    };
    replace("another", "forged").await;
    assert_eq!(password(shop, user).await.as_deref(), Some("old"));
    replace("old", "costlier").await;
    assert_eq!(password(shop, user).await.as_deref(), Some("costlier"));
    assert_eq!(standing(shop, user).await, Some(Standing::of_new(Role::User)), "nobody is signed out by it");
}

/// And nothing else of it changes.
pub async fn an_account_is_completed_by_birthday_and_address(shop: &dyn Shop) {
    let user = added(shop, &NewAccount { birth_date: None, address: None, ..new_account() }).await;
    let find = async || shop.accounts().find(user).await.expect("accounts can be read").expect("the account exists");
    let before = find().await;
    let birth_date = BirthDate::parse("1984-02-29", later(0)).expect("a date");
    let complete = async |user| shop.accounts().complete(user, birth_date, "부산", later(60)).await;
    assert!(complete(user).await.expect("accounts can be changed"));
    // The second time changes nothing, and has an account to change nothing of.
    assert!(complete(user).await.expect("accounts can be changed"));
    let after = find().await;
    assert_eq!((after.birth_date, after.address.as_deref()), (Some(birth_date), Some("부산")));
    assert_eq!((after.name, after.phone, after.role), (before.name, before.phone, before.role));
    assert!(!complete(UserId::new(4711)).await.expect("accounts can be changed"));
}

/// A role that a session does not know must not live on in it.
pub async fn another_role_ends_every_session(shop: &dyn Shop) {
    let (new, nobody) = (new_account(), new_account());
    let user = added(shop, &new).await;
    let change = async |email| shop.accounts().change_role(email, Role::Admin, later(60)).await;
    assert!(change(&new.email).await.expect("accounts can be changed"));
    assert_eq!(standing(shop, user).await, Some(Standing { session_epoch: 1, ..Standing::of_new(Role::Admin) }));
    assert!(!change(&nobody.email).await.expect("accounts can be changed"));
}
