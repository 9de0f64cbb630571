use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{send, start};

#[tokio::test]
async fn a_dropped_confirm_has_happened_and_its_key_replays_it() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    merchant.fault("confirm", "execute_then_drop", 0).await;
    let request = || merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once");
    let broken = request().send().await.unwrap_err();
    assert!(!broken.is_timeout() && broken.status().is_none(), "{broken:?}");
    assert_eq!(merchant.look_up(&key).await["status"], "DONE");
    assert_eq!(send(request()).await.payment()["status"], "DONE");
}

#[tokio::test]
async fn a_confirm_that_answers_500_may_have_happened() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    merchant.fault("confirm", "execute_then_500", 0).await;
    let answer = send(merchant.confirm(&key, "order-000001", 1000)).await;
    assert_eq!(answer.refusal(), (500, "FAILED_INTERNAL_SYSTEM_PROCESSING".to_owned()));
    assert_eq!(merchant.look_up(&key).await["status"], "DONE");
}

#[tokio::test]
async fn a_refused_500_and_a_429_have_not_happened_and_block_no_key() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    let request = || merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once");
    for (kind, status) in [("refuse_500", 500), ("status_429", 429)] {
        merchant.fault("confirm", kind, 0).await;
        assert_eq!(send(request()).await.status, status);
        assert_eq!(merchant.look_up(&key).await["status"], "IN_PROGRESS");
    }
    assert_eq!(send(request()).await.payment()["status"], "DONE");
}

#[tokio::test]
async fn a_delayed_confirm_happens_at_once_and_is_told_later() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    merchant.fault("confirm", "delay", 800).await;
    let started = Instant::now();
    let confirm = tokio::spawn(send(merchant.confirm(&key, "order-000001", 1000)));
    while merchant.look_up(&key).await["status"] != "DONE" {
        tokio::task::yield_now().await;
    }
    assert!(!confirm.is_finished());
    assert_eq!(confirm.await.unwrap().payment()["status"], "DONE");
    assert!(started.elapsed() >= Duration::from_millis(800));
}

#[tokio::test]
async fn a_client_that_hangs_up_undoes_nothing() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    merchant.fault("confirm", "delay", 1000).await;
    let request = merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once");
    let hung_up = request.timeout(Duration::from_millis(300)).send().await.unwrap_err();
    assert!(hung_up.is_timeout());
    assert_eq!(merchant.look_up(&key).await["status"], "DONE");

    let request = || merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once");
    let mut again = send(request()).await;
    while again.status == 409 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        again = send(request()).await;
    }
    assert_eq!(again.payment()["status"], "DONE");
}

#[tokio::test]
async fn faults_strike_the_operation_they_name_as_often_as_they_say() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    let two_cancels = json!({"on": "cancel", "kind": "refuse_500", "times": 2});
    merchant.control("/toss/control/faults", two_cancels).await;
    merchant.fault("lookup", "status_429", 0).await;
    assert_eq!(send(merchant.get(&format!("/toss/v1/payments/{key}"))).await.status, 429);
    assert_eq!(merchant.look_up(&key).await["status"], "DONE");
    for status in [500, 500, 200] {
        assert_eq!(send(merchant.cancel(&key, &json!({"cancelReason": "x"}))).await.status, status);
    }
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused() {
    let (_sandbox, merchant) = start().await;
    let url = format!("{}/toss/control/faults", merchant.url);
    for body in [json!({"on": "confirm", "kind": "delay", "times": 1}), json!({"on": "lunch", "kind": "delay"})] {
        assert_eq!(send(merchant.client.post(&url).json(&body)).await.status, 400);
    }
}
