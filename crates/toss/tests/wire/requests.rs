//! What leaves the shop.

use std::time::Duration;

use ef_domain::payment::{CancelRequest, IdempotencyKey, PaymentGateway, RefundAccount};
use serde_json::json;

use crate::stub::{Reply, Stub};
use crate::support::{Attempt, PRICE, document, gateway_with, gateway_within};

const TIME: Duration = Duration::from_secs(5);

async fn partner_with(attempt: &Attempt, status: &'static str, balance: i64) -> Stub {
    let attempt = attempt.clone();
    Stub::start(move |_| Reply::json(200, &document(&attempt, status, balance))).await
}

#[tokio::test]
async fn a_confirm_says_what_to_take_once_and_for_which_order() {
    let attempt = Attempt::imaginary();
    let stub = partner_with(&attempt, "DONE", PRICE).await;
    gateway_within(&stub.url, TIME).confirm(&attempt.confirm("key")).await.unwrap();
    let seen = stub.seen();
    let [request] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(request.line, "POST /v1/payments/confirm HTTP/1.1");
    assert_eq!(
        request.body,
        json!({"paymentKey": attempt.key.as_str(), "orderId": attempt.order.to_string(), "amount": PRICE})
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("idempotency-key"), Some(format!("{}-key", attempt.key).as_str()));
    assert_eq!(request.header("accept-language"), Some("ko-KR"));
}

#[tokio::test]
async fn the_secret_key_is_the_user_of_a_password_that_is_empty() {
    let attempt = Attempt::imaginary();
    let stub = partner_with(&attempt, "DONE", PRICE).await;
    // The partner's published key and the header that its documents show for it.
    let gateway = gateway_with(&stub.url, "test_sk_zXLkKEypNArWmo50nX3lmeaxYG5R", TIME);
    gateway.look_up(&attempt.key).await.unwrap();
    gateway.confirm(&attempt.confirm("key")).await.unwrap();
    for request in stub.seen() {
        assert_eq!(request.header("authorization"), Some("Basic dGVzdF9za196WExrS0V5cE5BcldtbzUwblgzbG1lYXhZRzVSOg=="));
    }
}

#[tokio::test]
async fn a_look_up_is_a_plain_question() {
    let attempt = Attempt::imaginary();
    let stub = partner_with(&attempt, "DONE", PRICE).await;
    gateway_within(&format!("{}/", stub.url), TIME).look_up(&attempt.key).await.unwrap();
    let seen = stub.seen();
    let [request] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(request.line, format!("GET /v1/payments/{} HTTP/1.1", attempt.key));
    assert_eq!(request.header("idempotency-key"), None);
    assert_eq!(request.header("content-length"), None);
}

#[tokio::test]
async fn a_cancellation_is_for_everything_and_gives_its_reason() {
    let attempt = Attempt::imaginary();
    let stub = partner_with(&attempt, "CANCELED", 0).await;
    let gateway = gateway_within(&stub.url, TIME);
    gateway.cancel(&attempt.cancel("key")).await.unwrap();
    let long = CancelRequest {
        key: attempt.key.clone(),
        reason: "가".repeat(300),
        idempotency_key: IdempotencyKey::stored("long".to_owned()),
        account: None,
    };
    gateway.cancel(&long).await.unwrap();
    let seen = stub.seen();
    let [short, long] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(short.line, format!("POST /v1/payments/{}/cancel HTTP/1.1", attempt.key));
    assert_eq!(short.body, json!({"cancelReason": "단순 변심"}));
    assert_eq!(short.header("idempotency-key"), Some(format!("{}-key", attempt.key).as_str()));
    assert_eq!(long.body, json!({"cancelReason": "가".repeat(200)}));
}

#[tokio::test]
async fn a_deposit_says_where_it_goes_back_to() {
    let attempt = Attempt::imaginary();
    let stub = partner_with(&attempt, "CANCELED", 0).await;
    let account = RefundAccount::parse("우리은행", "1002-123-456789", "김하늘").ok();
    let request = CancelRequest { account, ..attempt.cancel("key") };
    gateway_within(&stub.url, TIME).cancel(&request).await.unwrap();
    let account = json!({"bank": "20", "accountNumber": "1002123456789", "holderName": "김하늘"});
    let seen = stub.seen();
    let [request] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(request.body, json!({"cancelReason": "단순 변심", "refundReceiveAccount": account}));
}

#[test]
fn the_secret_is_in_no_debug_output() {
    let gateway = gateway_with("http://127.0.0.1:9", "test_sk_top_secret", TIME);
    assert!(!format!("{gateway:?}").contains("top_secret"));
}
