//! What accounts are besides their own row, and what is left of one that was closed, on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking"
)]

mod support;

use ef_contract::builders::{later, new_account, noon, pack, pieces, recipient};
use ef_contract::shop::Shop;
use ef_domain::account::{HashedPassword, IdentityProvider, NewAccount, PasswordChange};
use ef_domain::notice::{Letter, NewMail};
use ef_domain::shared::UserId;
use sea_orm::Value;
use support::SqlShop;

on_both_databases! {
    only_a_confirmed_second_factor_is_part_of_the_standing
    an_account_that_naver_opens_says_so
    closing_leaves_nothing_that_tells_who_it_was
    a_password_is_not_changed_and_an_account_not_closed_without_its_mail
}

async fn plant(shop: &SqlShop, table: &str, columns: &str, values: impl IntoIterator<Item = Value>) {
    let values: Vec<Value> = values.into_iter().chain([noon().to_utc().into(), noon().to_utc().into()]).collect();
    let marks = vec!["?"; values.len()].join(", ");
    let sql = format!("INSERT INTO {table} ({columns}, created_at, updated_at) VALUES ({marks})");
    shop.execute(&sql, values).await.unwrap();
}

async fn plant_factor(shop: &SqlShop, user: UserId, is_confirmed: bool) {
    let values = [user.get().into(), "sealed".into(), is_confirmed.into()];
    plant(shop, "user_totp", "user_id, sealed_secret, is_confirmed", values).await;
}

async fn plant_identity(shop: &SqlShop, user: UserId) {
    let values = [user.get().into(), "NAVER".into(), "subject".into()];
    plant(shop, "user_identity", "user_id, provider, subject", values).await;
}

fn mail(user: UserId, account: &NewAccount, letter: Letter) -> NewMail {
    NewMail { to: account.email.clone(), user: Some(user), letter, lapses_at: None, queued_at: later(60) }
}

async fn only_a_confirmed_second_factor_is_part_of_the_standing(shop: SqlShop) {
    let accounts = shop.accounts();
    for (planted, expected) in [(None, false), (Some(false), false), (Some(true), true)] {
        let new = new_account();
        let user = accounts.add(&new).await.unwrap();
        if let Some(is_confirmed) = planted {
            plant_factor(&shop, user, is_confirmed).await;
        }
        let standing = accounts.standing(user).await.unwrap().unwrap();
        assert_eq!(standing.second_factor, expected);
        assert_eq!(accounts.credentials(&new.email).await.unwrap().unwrap().standing, standing);
        assert_eq!(accounts.credentials_of(user).await.unwrap().unwrap().standing, standing);
    }
}

async fn an_account_that_naver_opens_says_so(shop: SqlShop) {
    let accounts = shop.accounts();
    let user = accounts.add(&NewAccount { password: None, ..new_account() }).await.unwrap();
    let other = accounts.add(&new_account()).await.unwrap();
    plant_identity(&shop, user).await;
    let found = accounts.find(user).await.unwrap().unwrap();
    assert_eq!((found.provider, found.has_password), (IdentityProvider::Naver, false));
    let found = accounts.find(other).await.unwrap().unwrap();
    assert_eq!((found.provider, found.has_password), (IdentityProvider::Local, true));
}

async fn closing_leaves_nothing_that_tells_who_it_was(shop: SqlShop) {
    let accounts = shop.accounts();
    let new = new_account();
    let user = accounts.add(&new).await.unwrap();
    plant_factor(&shop, user, true).await;
    plant_identity(&shop, user).await;
    plant(&shop, "user_recovery_code", "user_id, code_hash", [user.get().into(), "hash".into()]).await;
    shop.addresses().add(user, &recipient(), 20, noon()).await.unwrap();
    let goods = pack(&shop, 5).await;
    shop.carts().add(user, goods.product, goods.variant, pieces(1)).await.unwrap();

    let farewell = mail(user, &new, Letter::AccountClosed { at: later(60) });
    assert!(accounts.close(user, &farewell).await.unwrap());
    for table in ["user_identity", "user_totp", "user_recovery_code", "user_address", "cart_items"] {
        assert_eq!(shop.number(&format!("SELECT COUNT(*) FROM {table}"), []).await, 0, "{table}");
    }
    let sql = "SELECT COUNT(*) FROM user WHERE id = ? AND name = '탈퇴한 회원' AND password IS NULL AND phone IS NULL \
         AND birth_date IS NULL AND address IS NULL AND role = 'USER' AND session_epoch = 1 AND closed_at IS NOT NULL \
         AND email <> ?";
    assert_eq!(shop.number(sql, [user.get().into(), new.email.as_str().into()]).await, 1);
}

async fn a_password_is_not_changed_and_an_account_not_closed_without_its_mail(shop: SqlShop) {
    let accounts = shop.accounts();
    let new = new_account();
    let user = accounts.add(&new).await.unwrap();
    shop.execute("ALTER TABLE mail_outbox RENAME TO mail_elsewhere", []).await.unwrap();
    let letter = Letter::PasswordChanged { at: later(60) };
    let password = HashedPassword::new("new".to_owned());
    let change = PasswordChange { user, epoch: 0, password, mail: mail(user, &new, letter), at: later(60) };
    assert!(accounts.change_password(&change).await.is_err());
    let farewell = mail(user, &new, Letter::AccountClosed { at: later(60) });
    assert!(accounts.close(user, &farewell).await.is_err());

    let known = accounts.credentials(&new.email).await.unwrap().unwrap();
    assert_eq!(known.standing.session_epoch, 0);
    assert_ne!(known.password.unwrap().expose(), "new");
}
