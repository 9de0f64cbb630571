//! Through the payment window and back.

use crate::visit::Visit;

#[tokio::test]
async fn a_card_payment_in_the_window_ends_in_a_confirmed_order() {
    let visit = Visit::at_the_payment_window().await;
    visit.browser.is_pictured("payment-window").await;
    visit.presses("pay").await;
    visit.is_paid("CREDIT_CARD").await;
    visit.browser.sees("#cart", "장바구니 0").await;
    assert!(visit.browser.address().await.contains("/order-complete?paymentType=NORMAL&orderId="));
    visit.browser.is_pictured("order-paid-by-card").await;
}

#[tokio::test]
async fn an_easy_payment_in_the_window_ends_in_a_confirmed_order() {
    let visit = Visit::at_the_payment_window().await;
    visit.chooses("EASY_PAY").await;
    visit.browser.clicks("select[name=provider] option[value=카카오페이]").await;
    visit.browser.is_pictured("payment-window-easy-pay").await;
    visit.presses("pay").await;
    visit.is_paid("KAKAO_PAY").await;
    visit.browser.is_pictured("order-paid-by-easy-pay").await;
}

#[tokio::test]
async fn a_transfer_in_the_window_ends_in_a_confirmed_order() {
    let visit = Visit::at_the_payment_window().await;
    visit.chooses("TRANSFER").await;
    visit.browser.is_pictured("payment-window-transfer").await;
    visit.presses("pay").await;
    visit.is_paid("BANK_TRANSFER").await;
    visit.browser.is_pictured("order-paid-by-transfer").await;
}

#[tokio::test]
async fn a_window_in_a_frame_leads_to_a_confirmed_order_too() {
    let visit = Visit::signed_in().await;
    visit.browser.goes_to(&format!("{}/?framed", visit.front)).await;
    visit.orders().await;
    visit.browser.enters_frame().await;
    visit.browser.sees(".badge", "토스페이먼츠 샌드박스").await;
    visit.browser.is_pictured("payment-window-in-a-frame").await;
    visit.presses("pay").await;
    visit.browser.leaves_frame().await;
    visit.is_paid("CREDIT_CARD").await;
}

#[tokio::test]
async fn a_refused_card_leads_to_the_fail_page_and_the_order_can_still_be_paid() {
    let visit = Visit::at_the_payment_window().await;
    visit.presses("refuse").await;
    visit.browser.sees("#code", "REJECT_CARD_COMPANY").await;
    assert!(visit.browser.address().await.starts_with(&format!("{}/fail?", visit.front)));
    visit.sees_order("PENDING", "PENDING").await;
    visit.browser.is_pictured("card-refused").await;
    let refused = visit.browser.text("#number").await;

    visit.browser.clicks("#again").await;
    visit.presses("pay").await;
    visit.is_paid("CREDIT_CARD").await;
    assert_eq!(visit.browser.text("#number").await, refused, "it is the order whose card was refused");
}

#[tokio::test]
async fn a_card_refused_at_the_approval_is_told_with_a_reason_and_takes_no_money() {
    let visit = Visit::at_the_payment_window().await;
    visit.presses("pay_refused").await;
    visit.browser.sees("#said", "한도 초과 또는 잔액 부족").await;
    visit.sees_order("PENDING", "PENDING").await;
    assert_eq!(visit.payments("DONE").await, 0);
    visit.browser.is_pictured("approval-refused").await;
}

#[tokio::test]
async fn closing_the_window_changes_nothing() {
    let visit = Visit::at_the_payment_window().await;
    visit.presses("close").await;
    visit.browser.sees("#code", "PAY_PROCESS_CANCELED").await;
    visit.sees_order("PENDING", "PENDING").await;
    assert_eq!(visit.payments("READY").await, 1, "nobody agreed to pay");
    visit.browser.is_pictured("window-closed").await;

    visit.browser.goes_to(&visit.front).await;
    visit.browser.sees("#cart", "장바구니 1").await;
}

#[tokio::test]
async fn reloading_the_success_page_gives_the_same_answer() {
    let visit = Visit::at_the_payment_window().await;
    visit.presses("pay").await;
    visit.is_paid("CREDIT_CARD").await;
    let order = visit.browser.text("#order").await;
    for _ in 0..2 {
        visit.browser.reloads().await;
        visit.is_paid("CREDIT_CARD").await;
        assert_eq!(visit.browser.text("#order").await, order);
    }
    visit.browser.is_pictured("success-page-reloaded").await;
}
