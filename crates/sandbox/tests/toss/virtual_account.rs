use serde_json::{Value, json};

use crate::support::{Merchant, send, start};

async fn waiting(merchant: &Merchant) -> String {
    let body = json!({"orderId": "order-000001", "amount": 1000, "method": "가상계좌"});
    let key = merchant.authenticated_with(body).await;
    let payment = send(merchant.confirm(&key, "order-000001", 1000)).await.payment();
    assert_eq!(payment["status"], "WAITING_FOR_DEPOSIT");
    key
}

async fn deposit(merchant: &Merchant, key: &str) -> Value {
    merchant.control(&format!("/toss/control/payments/{key}/deposit"), json!({})).await
}

#[tokio::test]
async fn a_confirmed_virtual_account_waits_for_its_deposit() {
    let (_sandbox, merchant) = start().await;
    let key = waiting(&merchant).await;
    let payment = merchant.look_up(&key).await;
    assert_eq!(payment["approvedAt"], Value::Null);
    assert_eq!(payment["method"], "가상계좌");
    let account = &payment["virtualAccount"];
    assert!(account["accountNumber"].as_str().unwrap().starts_with('X'));
    assert_eq!((&account["expired"], &account["refundStatus"]), (&json!(false), &json!("NONE")));

    let paid = deposit(&merchant, &key).await;
    assert_eq!(paid["status"], "DONE");
    assert_ne!(paid["approvedAt"], Value::Null);
}

#[tokio::test]
async fn before_the_deposit_only_a_full_cancel_is_allowed() {
    let (_sandbox, merchant) = start().await;
    let key = waiting(&merchant).await;
    let part = send(merchant.cancel(&key, &json!({"cancelReason": "x", "cancelAmount": 300}))).await;
    assert_eq!(part.refusal(), (403, "NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT".to_owned()));
    let whole = send(merchant.cancel(&key, &json!({"cancelReason": "x"}))).await.payment();
    assert_eq!(whole["status"], "CANCELED");
}

#[tokio::test]
async fn after_the_deposit_a_cancel_needs_an_account_to_pay_back_to() {
    let (_sandbox, merchant) = start().await;
    let key = waiting(&merchant).await;
    deposit(&merchant, &key).await;
    let refused = |account: Value| {
        let body = json!({"cancelReason": "x", "refundReceiveAccount": account});
        let request = merchant.cancel(&key, &body);
        async { send(request).await.refusal().1 }
    };
    assert_eq!(refused(Value::Null).await, "INVALID_REFUND_ACCOUNT_INFO");
    let account = |bank: &str, number: &str| json!({"bank": bank, "accountNumber": number, "holderName": "김토스"});
    assert_eq!(refused(account("99", "123")).await, "INVALID_BANK");
    assert_eq!(refused(account("20", "1-2")).await, "INVALID_REFUND_ACCOUNT_NUMBER");

    let body = json!({"cancelReason": "x", "refundReceiveAccount": account("우리", "1000123456789")});
    let payment = send(merchant.cancel(&key, &body)).await.payment();
    assert_eq!(payment["status"], "CANCELED");
    assert_eq!(payment["virtualAccount"]["refundReceiveAccount"]["bankCode"], "20");
}

#[tokio::test]
async fn an_overdue_account_stays_waiting_and_takes_no_deposit() {
    let (_sandbox, merchant) = start().await;
    let key = waiting(&merchant).await;
    merchant.advance(7 * 24 * 3600 + 1).await;
    let payment = merchant.look_up(&key).await;
    assert_eq!(payment["status"], "WAITING_FOR_DEPOSIT");
    assert_eq!(payment["virtualAccount"]["expired"], true);
    let url = format!("{}/toss/control/payments/{key}/deposit", merchant.url);
    assert_eq!(send(merchant.client.post(url)).await.status, 400);
}

#[tokio::test]
async fn a_bank_takes_the_exact_amount_only() {
    let (_sandbox, merchant) = start().await;
    let key = waiting(&merchant).await;
    let url = format!("{}/toss/control/payments/{key}/deposit", merchant.url);
    assert_eq!(send(merchant.client.post(&url).json(&json!({"amount": 999}))).await.status, 400);
    assert_eq!(send(merchant.client.post(&url).json(&json!({"amount": 1000}))).await.status, 200);
}

#[tokio::test]
async fn a_corrected_deposit_makes_the_payment_wait_again() {
    let (_sandbox, merchant) = start().await;
    let key = waiting(&merchant).await;
    deposit(&merchant, &key).await;
    let corrected = merchant.control(&format!("/toss/control/payments/{key}/deposit-correction"), json!({})).await;
    assert_eq!((&corrected["status"], &corrected["approvedAt"]), (&json!("WAITING_FOR_DEPOSIT"), &Value::Null));
}

#[tokio::test]
async fn a_merchants_server_can_issue_an_account_by_itself() {
    let (_sandbox, merchant) = start().await;
    let body = |order: &str, hours: i64| {
        json!({"amount": 1000, "orderId": order, "orderName": "아몬드", "customerName": "김토스", "bank": "신한",
               "validHours": hours})
    };
    let issued = send(merchant.post("/toss/v1/virtual-accounts", &body("order-000001", 24))).await.payment();
    assert_eq!(issued["status"], "WAITING_FOR_DEPOSIT");
    assert_eq!(issued["virtualAccount"]["bankCode"], "88");
    assert_eq!(issued["virtualAccount"]["customerName"], "김토스");
    let long = send(merchant.post("/toss/v1/virtual-accounts", &body("order-000002", 2161))).await;
    assert_eq!(long.refusal().1, "EXCEED_MAX_VALID_HOURS");
}
