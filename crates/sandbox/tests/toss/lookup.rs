use serde_json::{Value, json};

use crate::support::{send, start};

#[tokio::test]
async fn nobody_knows_an_unknown_order_or_payment_key() {
    let (_sandbox, merchant) = start().await;
    for path in ["/toss/v1/payments/nothing", "/toss/v1/payments/orders/order-none"] {
        assert_eq!(send(merchant.get(path)).await.refusal(), (404, "NOT_FOUND_PAYMENT".to_owned()));
    }
}

#[tokio::test]
async fn a_payment_is_found_by_key_and_by_order_before_and_after_its_approval() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    let before = merchant.look_up(&key).await;
    assert_eq!(before["status"], "IN_PROGRESS");
    for name in ["approvedAt", "lastTransactionKey", "card", "receipt"] {
        assert_eq!(before[name], Value::Null, "{name}");
    }
    let confirmed = send(merchant.confirm(&key, "order-000001", 1000)).await.payment();
    assert_eq!(merchant.look_up(&key).await, confirmed);
    assert_eq!(send(merchant.get("/toss/v1/payments/orders/order-000001")).await.payment(), confirmed);
}

#[tokio::test]
async fn the_partners_truth_is_listed_for_audits() {
    let (_sandbox, merchant) = start().await;
    merchant.paid("order-000001", 1000).await;
    merchant.authenticated("order-000002", 2000).await;
    let list = send(merchant.client.get(format!("{}/toss/control/payments", merchant.url))).await.json();
    let facts: Vec<_> =
        list.as_array().unwrap().iter().map(|payment| (&payment["orderId"], &payment["status"])).collect();
    let expected = [(json!("order-000001"), json!("DONE")), (json!("order-000002"), json!("IN_PROGRESS"))];
    assert_eq!(facts, expected.iter().map(|(order, status)| (order, status)).collect::<Vec<_>>());
}

#[tokio::test]
async fn approvals_and_cancels_are_rows_of_their_own_in_the_transactions() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    let part = send(merchant.cancel(&key, &json!({"cancelReason": "x", "cancelAmount": 300}))).await.payment();
    merchant.paid("order-000002", 2000).await;

    let list = |more: &str| {
        let range = "startDate=2020-01-01T00:00:00&endDate=2120-01-01T00:00:00";
        send(merchant.get(&format!("/toss/v1/transactions?{range}{more}")))
    };
    let rows = list("").await.payment();
    let amounts: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["amount"].as_i64().unwrap()).collect();
    assert_eq!(amounts, [1000, -300, 2000]);
    assert_eq!(rows[1]["transactionKey"], part["lastTransactionKey"]);

    let page = list(&format!("&limit=1&startingAfter={}", rows[0]["transactionKey"].as_str().unwrap())).await.payment();
    assert_eq!(page.as_array().unwrap().as_slice(), [rows[1].clone()]);
    let missing = send(merchant.get("/toss/v1/transactions")).await;
    assert_eq!(missing.refusal(), (400, "INVALID_REQUEST".to_owned()));
}

#[tokio::test]
async fn a_reset_forgets_everything() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    merchant.control("/reset", json!({})).await;
    let gone = send(merchant.get(&format!("/toss/v1/payments/{key}"))).await;
    assert_eq!(gone.refusal(), (404, "NOT_FOUND_PAYMENT".to_owned()));
    merchant.paid("order-000001", 1000).await;
}
