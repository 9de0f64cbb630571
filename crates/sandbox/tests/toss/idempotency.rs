use serde_json::json;

use crate::support::{Answer, send, start};

fn trace(answer: &Answer) -> String {
    answer.headers.get("x-tosspayments-trace-id").unwrap().to_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_same_key_gets_the_same_bytes() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    let first = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once")).await;
    let second = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once")).await;
    assert_eq!((first.status, &first.text), (second.status, &second.text));
    assert_eq!(first.payment()["status"], "DONE");
    assert!(trace(&second).ends_with(&trace(&first)) && trace(&second) != trace(&first));
}

#[tokio::test]
async fn a_refusal_is_stored_and_a_corrected_body_is_not_executed() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    let simulated =
        merchant.confirm(&key, "order-000001", 1000).header("tosspayments-test-code", "REJECT_CARD_PAYMENT");
    let first = send(simulated.header("idempotency-key", "once")).await;
    assert_eq!(first.refusal(), (403, "REJECT_CARD_PAYMENT".to_owned()));

    let second = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once")).await;
    assert_eq!((first.status, first.text), (second.status, second.text));
    assert_eq!(merchant.look_up(&key).await["status"], "IN_PROGRESS");

    let fresh = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "twice")).await;
    assert_eq!(fresh.payment()["status"], "DONE");
}

#[tokio::test]
async fn of_two_parallel_confirms_with_one_key_one_is_told_to_wait() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    merchant.fault("confirm", "delay", 600).await;
    let request = || merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once");
    let (left, right) = tokio::join!(send(request()), send(request()));
    let mut statuses = [left.status.as_u16(), right.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let waiting = if left.status == 409 { left } else { right };
    assert_eq!(waiting.refusal().1, "IDEMPOTENT_REQUEST_PROCESSING");

    assert_eq!(send(request()).await.payment()["status"], "DONE");
}

#[tokio::test]
async fn a_key_of_301_characters_is_refused_and_one_of_300_is_not() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    let long = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "k".repeat(301))).await;
    assert_eq!(long.refusal(), (400, "INVALID_IDEMPOTENCY_KEY".to_owned()));
    let fits = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "k".repeat(300))).await;
    assert_eq!(fits.payment()["status"], "DONE");
}

#[tokio::test]
async fn a_key_means_one_thing_per_address() {
    let (_sandbox, merchant) = start().await;
    let (first, second) = (merchant.paid("order-000001", 1000).await, merchant.paid("order-000002", 1000).await);
    for key in [first, second] {
        let request = merchant.cancel(&key, &json!({"cancelReason": "all"})).header("idempotency-key", "once");
        assert_eq!(send(request).await.payment()["paymentKey"], json!(key));
    }
}

#[tokio::test]
async fn a_key_is_forgotten_after_fifteen_days() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    let request = || merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once");
    send(request()).await.payment();
    merchant.advance(15 * 24 * 3600 - 60).await;
    assert_eq!(send(request()).await.payment()["status"], "DONE");
    merchant.advance(60).await;
    assert_eq!(send(request()).await.refusal(), (400, "ALREADY_PROCESSED_PAYMENT".to_owned()));
}
