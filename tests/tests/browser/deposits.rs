//! Virtual accounts, and the partner's console, where a deposit is made.

use std::time::Duration;

use crate::visit::Visit;
use crate::world::eventually;

#[tokio::test]
async fn a_virtual_account_is_issued_and_the_deposit_confirms_the_order() {
    let visit = Visit::at_the_payment_window().await;
    visit.chooses("VIRTUAL_ACCOUNT").await;
    visit.browser.is_pictured("payment-window-virtual-account").await;
    visit.presses("pay").await;
    visit.sees_order("PENDING", "PENDING").await;
    visit.browser.sees("#said", "입금").await;
    assert_eq!(visit.payments("WAITING_FOR_DEPOSIT").await, 1);
    visit.browser.is_pictured("virtual-account-issued").await;
    let number = visit.browser.text("#number").await;

    let partner = visit.world.partner();
    visit.browser.goes_to(&partner.url).await;
    visit.browser.sees("#payments tr", &number).await;
    visit.browser.sees("#payments tr", "WAITING_FOR_DEPOSIT").await;
    visit.browser.clicks("#payments button").await;
    visit.browser.sees("#payments tr", "DONE").await;
    visit.browser.is_pictured("console-after-deposit").await;

    visit.browser.goes_to(&format!("{}/orders/{number}", visit.front)).await;
    let confirmed = async || {
        visit.browser.reloads().await;
        visit.browser.sees("#status", "").await;
        visit.browser.text("#status").await == "CONFIRMED"
    };
    eventually(Duration::from_secs(20), "the deposit confirms the order", confirmed).await;
    visit.is_paid("VIRTUAL_ACCOUNT").await;
    visit.browser.is_pictured("order-paid-by-deposit").await;
}

#[tokio::test]
async fn the_partners_console_lists_the_payment() {
    let visit = Visit::at_the_payment_window().await;
    visit.presses("pay").await;
    visit.is_paid("CREDIT_CARD").await;
    let (number, total) = (visit.browser.text("#number").await, visit.browser.text("#total").await);

    visit.browser.goes_to(&visit.world.partner().url).await;
    visit.browser.sees("#payments tr", &number).await;
    visit.browser.sees("#payments tr", "DONE").await;
    let row = visit.browser.text("#payments tr").await.replace(',', "");
    assert!(row.contains(&total), "{total} in {row}");
    // The partner tells the shop by a webhook, which the console lists with the shop's answer.
    visit.browser.sees("#deliveries tr", "PAYMENT_STATUS_CHANGED").await;
    visit.browser.is_pictured("console").await;
}
