use serde_json::{Value, json};

use crate::support::{DOCS_CLIENT_KEY, send, start};

#[tokio::test]
async fn ten_minutes_after_authentication_there_is_nothing_to_confirm() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    merchant.advance(601).await;
    let late = send(merchant.confirm(&key, "order-000001", 1000)).await;
    assert_eq!(late.refusal(), (404, "NOT_FOUND_PAYMENT_SESSION".to_owned()));
    let payment = merchant.look_up(&key).await;
    assert_eq!(payment["status"], "EXPIRED");
    let failure = json!({"code": "EXPIRED_PAYMENT", "message": "결제가 만료되었습니다. 다시 시도해주세요."});
    assert_eq!(payment["failure"], failure);
}

#[tokio::test]
async fn within_ten_minutes_a_confirm_is_in_time() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    merchant.advance(590).await;
    assert_eq!(send(merchant.confirm(&key, "order-000001", 1000)).await.payment()["status"], "DONE");
}

#[tokio::test]
async fn a_window_that_nobody_uses_expires_after_thirty_minutes() {
    let (_sandbox, merchant) = start().await;
    let request = json!({
        "clientKey": DOCS_CLIENT_KEY, "customerKey": "@@ANONYMOUS", "method": "CARD", "orderId": "order-000001",
        "orderName": "아몬드", "amount": {"currency": "KRW", "value": 1000},
        "successUrl": "http://shop.example/ok", "failUrl": "http://shop.example/no",
    });
    merchant.control("/toss/v2/windows", request).await;
    let by_order = || async { send(merchant.get("/toss/v1/payments/orders/order-000001")).await.payment() };
    assert_eq!(by_order().await["status"], "READY");
    merchant.advance(1801).await;
    let payment = by_order().await;
    assert_eq!(payment["status"], "EXPIRED");
    for name in ["method", "approvedAt", "lastTransactionKey", "useEscrow"] {
        assert_eq!(payment[name], Value::Null, "{name}");
    }
}
