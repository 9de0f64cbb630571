//! What asking for a password reset costs: the same for everybody, on both databases.

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

use std::sync::Arc;
use std::time::Duration;

use ef_contract::builders::{new_account, noon};
use ef_contract::shop::Shop;
use ef_domain::account::{
    AccountLimits, Email, RequestReset, ResetKeys, ResetLifetime, Throttle, VerifyResetCode, VerifyResetCodeError,
};
use ef_domain::notice::OneTimeCode;
use ef_domain::shared::{Allowance, ClientAddress, Limit, ManualClock, MockRateLimiter};
use support::{SeededEntropy, SqlShop};

on_both_databases! {
    an_address_without_an_account_asks_the_database_the_same_questions
}

const LIFETIME: ResetLifetime = ResetLifetime { code: Duration::from_mins(5), token: Duration::from_mins(10) };

fn throttle() -> Arc<Throttle> {
    let mut limiter = MockRateLimiter::new();
    limiter.expect_take().returning(|_, _, _| Ok(Allowance::Granted));
    let limit = Limit { times: 1, per: Duration::from_mins(1) };
    let limits = AccountLimits {
        sign_up: limit,
        log_in_failures: limit,
        log_in_failures_of_address: limit,
        refresh: limit,
        reset_mail: limit,
        reset_mail_long: limit,
        reset_mail_of_address: limit,
        verification_of_address: limit,
    };
    Arc::new(Throttle { limiter: Arc::new(limiter), clock: Arc::new(ManualClock::at(noon())), limits })
}

fn request(shop: &SqlShop, keys: &Arc<ResetKeys>) -> RequestReset {
    RequestReset {
        accounts: shop.accounts(),
        resets: shop.resets(),
        throttle: throttle(),
        clock: Arc::new(ManualClock::at(noon())),
        entropy: SeededEntropy::new(7),
        keys: Arc::clone(keys),
        lifetime: LIFETIME,
    }
}

fn verify(shop: &SqlShop, keys: &Arc<ResetKeys>) -> VerifyResetCode {
    VerifyResetCode {
        resets: shop.resets(),
        throttle: throttle(),
        clock: Arc::new(ManualClock::at(noon())),
        entropy: SeededEntropy::new(8),
        keys: Arc::clone(keys),
        lifetime: LIFETIME,
    }
}

/// Everything that the database hears while somebody asks, and then enters a code that is wrong.
async fn heard(shop: &SqlShop, email: &Email) -> Vec<String> {
    let keys = Arc::new(ResetKeys::new(vec![7; 32]));
    let from = ClientAddress::new([10, 0, 0, 1].into());
    let wrong = OneTimeCode::parse("000000").unwrap();
    let (asking, trying) = (request(shop, &keys), verify(shop, &keys));
    let work = async {
        asking.run(email, from).await.unwrap();
        trying.run(email, &wrong, from).await.unwrap_err()
    };
    let (refusal, statements) = shop.statements.during(work).await;
    assert!(matches!(refusal, VerifyResetCodeError::Wrong), "{refusal:?}");
    statements
}

async fn an_address_without_an_account_asks_the_database_the_same_questions(shop: SqlShop) {
    let account = new_account();
    shop.accounts().add(&account).await.unwrap();
    // A mail that nobody gets has one column more, the moment at which that was known.
    let questions = |heard: Vec<String>| -> Vec<String> {
        heard.iter().map(|sql| sql.split_once(" (").map_or(sql.as_str(), |(question, _)| question).to_owned()).collect()
    };
    let known = questions(heard(&shop, &account.email).await);
    let unknown = questions(heard(&shop, &new_account().email).await);
    assert_eq!(known, unknown);
    assert_eq!(known.len(), 6, "{known:#?}");
}
