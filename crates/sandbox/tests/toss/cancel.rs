use serde_json::{Value, json};

use crate::support::{Merchant, send, start};

async fn refused(merchant: &Merchant, key: &str, body: Value) -> (u16, String) {
    send(merchant.cancel(key, &body)).await.refusal()
}

#[tokio::test]
async fn cancelling_in_parts_leaves_a_partially_cancelled_payment_even_at_zero() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    let approval = merchant.look_up(&key).await["lastTransactionKey"].clone();

    let part = send(merchant.cancel(&key, &json!({"cancelReason": "test", "cancelAmount": 300}))).await.payment();
    assert_eq!((&part["status"], &part["balanceAmount"]), (&json!("PARTIAL_CANCELED"), &json!(700)));
    assert_eq!((&part["suppliedAmount"], &part["vat"]), (&json!(636), &json!(64)));
    assert_eq!(part["cancels"][0]["refundableAmount"], 700);
    assert_eq!(part["cancels"][0]["transactionKey"], part["lastTransactionKey"]);
    assert_ne!(part["lastTransactionKey"], approval);

    let rest = send(merchant.cancel(&key, &json!({"cancelReason": "rest"}))).await.payment();
    assert_eq!((&rest["status"], &rest["balanceAmount"]), (&json!("PARTIAL_CANCELED"), &json!(0)));
    assert_eq!(rest["cancels"].as_array().unwrap().len(), 2);

    let none_left = refused(&merchant, &key, json!({"cancelReason": "again"})).await;
    assert_eq!(none_left, (403, "NOT_CANCELABLE_AMOUNT".to_owned()));
}

#[tokio::test]
async fn one_cancel_of_everything_cancels_the_payment_once() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    let all = send(merchant.cancel(&key, &json!({"cancelReason": "all"}))).await.payment();
    assert_eq!(all["status"], "CANCELED");
    assert_eq!((&all["balanceAmount"], &all["suppliedAmount"], &all["vat"]), (&json!(0), &json!(0), &json!(0)));
    assert_eq!(all["totalAmount"], 1000);
    let again = refused(&merchant, &key, json!({"cancelReason": "again"})).await;
    assert_eq!(again, (400, "ALREADY_CANCELED_PAYMENT".to_owned()));
}

#[tokio::test]
async fn a_balance_that_the_merchant_mistakes_cancels_nothing() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    let before = merchant.look_up(&key).await;
    let mistaken = refused(&merchant, &key, json!({"cancelReason": "x", "refundableAmount": 900})).await;
    assert_eq!(mistaken, (400, "NOT_MATCHES_REFUNDABLE_AMOUNT".to_owned()));
    assert_eq!(merchant.look_up(&key).await, before);
    let right = json!({"cancelReason": "x", "cancelAmount": 1, "refundableAmount": 1000});
    assert_eq!(send(merchant.cancel(&key, &right)).await.payment()["balanceAmount"], 999);
}

#[tokio::test]
async fn more_than_the_balance_cancels_nothing() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    let before = merchant.look_up(&key).await;
    let too_much = refused(&merchant, &key, json!({"cancelReason": "x", "cancelAmount": 1001})).await;
    assert_eq!(too_much, (403, "NOT_CANCELABLE_AMOUNT".to_owned()));
    assert_eq!(merchant.look_up(&key).await, before);
}

#[tokio::test]
async fn a_cancel_without_a_reason_or_with_broken_json_is_an_invalid_request() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    let expected = (400, "INVALID_REQUEST".to_owned());
    assert_eq!(refused(&merchant, &key, json!({"cancelAmount": 300})).await, expected);
    assert_eq!(refused(&merchant, &key, json!({"cancelReason": "x", "cancelAmount": 0})).await, expected);
    let broken = merchant.cancel(&key, &json!({})).body("{\"cancelReason\"");
    assert_eq!(send(broken).await.refusal(), expected);
    assert_eq!(merchant.look_up(&key).await["balanceAmount"], 1000);
}

#[tokio::test]
async fn an_unknown_or_unapproved_payment_is_not_cancelled() {
    let (_sandbox, merchant) = start().await;
    let body = json!({"cancelReason": "x"});
    assert_eq!(refused(&merchant, "nothing", body.clone()).await, (404, "NOT_FOUND_PAYMENT".to_owned()));
    let key = merchant.authenticated("order-000001", 1000).await;
    assert_eq!(refused(&merchant, &key, body).await, (403, "NOT_CANCELABLE_PAYMENT".to_owned()));
}

#[tokio::test]
async fn refunds_have_deadlines_that_depend_on_the_method() {
    let (_sandbox, merchant) = start().await;
    let body = json!({"orderId": "order-000001", "amount": 1000, "method": "계좌이체"});
    let transfer = merchant.authenticated_with(body).await;
    send(merchant.confirm(&transfer, "order-000001", 1000)).await.payment();
    let card = merchant.paid("order-000002", 1000).await;
    merchant.advance(181 * 24 * 3600).await;
    let late = refused(&merchant, &transfer, json!({"cancelReason": "x"})).await;
    assert_eq!(late, (403, "EXCEED_MAX_REFUND_DUE".to_owned()));
    assert_eq!(send(merchant.cancel(&card, &json!({"cancelReason": "x"}))).await.payment()["status"], "CANCELED");
}

#[tokio::test]
async fn a_test_code_works_on_cancels_too() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    let request = merchant.cancel(&key, &json!({"cancelReason": "x"}));
    let answer = send(request.header("tosspayments-test-code", "FORBIDDEN_BANK_REFUND_REQUEST")).await;
    assert_eq!(answer.refusal(), (400, "FORBIDDEN_BANK_REFUND_REQUEST".to_owned()));
    assert_eq!(merchant.look_up(&key).await["status"], "DONE");
}
