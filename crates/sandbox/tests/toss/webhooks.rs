use std::collections::HashSet;

use ef_sandbox::SandboxConfig;
use serde_json::{Value, json};

use crate::support::{Receiver, send, start, start_with};

#[tokio::test]
async fn an_approval_is_told_with_headers_and_without_the_secret() {
    let mut receiver = Receiver::start();
    let webhook_url = Some(receiver.url.clone());
    let (_sandbox, merchant) = start_with(SandboxConfig { webhook_url, ..SandboxConfig::for_tests() }).await;
    let key = merchant.paid("order-000001", 1000).await;
    let hook = receiver.next().await;
    assert_eq!(hook.body["eventType"], "PAYMENT_STATUS_CHANGED");
    assert_eq!(hook.body["data"]["paymentKey"], json!(key));
    assert_eq!(hook.body["data"]["secret"], Value::Null);
    let created_at = hook.body["createdAt"].as_str().unwrap();
    assert!(!created_at.contains('+') && created_at.contains('.'), "{created_at}");
    assert_eq!(hook.header("tosspayments-webhook-transmission-retried-count"), "0");
    assert!(hook.header("tosspayments-webhook-transmission-id").starts_with("whtrans_"));
    assert!(hook.header("tosspayments-webhook-transmission-time").ends_with("+09:00"));
    assert!(receiver.stays_quiet().await);
}

#[tokio::test]
async fn a_virtual_account_calls_back_with_its_secret_at_every_step() {
    let (_sandbox, merchant) = start().await;
    let mut receiver = Receiver::start();
    merchant.control("/toss/control/webhooks", json!({"url": receiver.url})).await;
    let body = json!({"orderId": "order-000001", "amount": 1000, "method": "VIRTUAL_ACCOUNT"});
    let key = merchant.authenticated_with(body).await;
    let payment = send(merchant.confirm(&key, "order-000001", 1000)).await.payment();

    let issued = receiver.next().await.body;
    assert_eq!(issued.get("eventType"), None);
    assert_eq!((&issued["status"], &issued["secret"]), (&json!("WAITING_FOR_DEPOSIT"), &payment["secret"]));
    assert_eq!(issued["orderId"], "order-000001");

    merchant.control(&format!("/toss/control/payments/{key}/deposit"), json!({})).await;
    let (callback, changed) = (receiver.next().await.body, receiver.next().await.body);
    assert_eq!((&callback["status"], &callback["secret"]), (&json!("DONE"), &payment["secret"]));
    assert_eq!((&changed["eventType"], &changed["data"]["status"]), (&json!("PAYMENT_STATUS_CHANGED"), &json!("DONE")));
}

#[tokio::test]
async fn a_refund_made_in_the_dashboard_is_told_by_webhook() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    let mut receiver = Receiver::start();
    merchant.control("/toss/control/webhooks", json!({"url": receiver.url})).await;
    let path = format!("/toss/control/payments/{key}/dashboard-cancel");
    merchant.control(&path, json!({"amount": 400, "reason": "고객 요청"})).await;
    assert_eq!(receiver.next().await.fact(), ("order-000001".to_owned(), "PARTIAL_CANCELED".to_owned()));
    assert_eq!(merchant.look_up(&key).await["balanceAmount"], 600);
}

#[tokio::test]
async fn an_expiry_and_a_refused_approval_are_told() {
    let (_sandbox, merchant) = start().await;
    let mut receiver = Receiver::start();
    merchant.control("/toss/control/webhooks", json!({"url": receiver.url})).await;
    merchant.authenticated("order-000001", 1000).await;
    merchant.advance(601).await;
    assert_eq!(receiver.next().await.fact(), ("order-000001".to_owned(), "EXPIRED".to_owned()));

    let wish = json!({"orderId": "order-000002", "amount": 1000, "confirmRefusal": "FDS_ERROR"});
    let key = merchant.authenticated_with(wish).await;
    assert_eq!(send(merchant.confirm(&key, "order-000002", 1000)).await.status, 403);
    assert_eq!(receiver.next().await.fact(), ("order-000002".to_owned(), "ABORTED".to_owned()));
}

#[tokio::test]
async fn a_failed_delivery_is_repeated_with_the_same_id_after_1_4_and_16_minutes() {
    let (_sandbox, merchant) = start().await;
    let mut receiver = Receiver::start();
    merchant.control("/toss/control/webhooks", json!({"url": receiver.url})).await;
    receiver.answer(&[500, 404, 201, 200]);
    merchant.paid("order-000001", 1000).await;
    let first = receiver.next().await;
    for (retried, minutes) in [("1", 1), ("2", 4), ("3", 16)] {
        assert!(receiver.stays_quiet().await);
        merchant.advance(minutes * 60 + 1).await;
        let repeated = receiver.next().await;
        assert_eq!(repeated.header("tosspayments-webhook-transmission-retried-count"), retried);
        let id = "tosspayments-webhook-transmission-id";
        assert_eq!(repeated.header(id), first.header(id));
        assert_eq!(repeated.body, first.body);
    }
    merchant.advance(3600).await;
    assert!(receiver.stays_quiet().await);
}

#[tokio::test]
async fn the_retry_schedule_can_be_scaled_and_ends_after_seven_repeats() {
    let (_sandbox, merchant) = start().await;
    let mut receiver = Receiver::start();
    merchant.control("/toss/control/webhooks", json!({"url": receiver.url, "retry_scale": 0.000_001})).await;
    receiver.answer(&[500; 10]);
    merchant.paid("order-000001", 1000).await;
    for retried in 0..=7 {
        let count = receiver.next().await.header("tosspayments-webhook-transmission-retried-count").to_owned();
        assert_eq!(count, retried.to_string());
    }
    assert!(receiver.stays_quiet().await);
    let told = send(merchant.client.get(format!("{}/toss/control/webhooks", merchant.url))).await.json();
    assert_eq!((&told["deliveries"][0]["delivered"], &told["deliveries"][0]["due"]), (&json!(false), &Value::Null));
}

#[tokio::test]
async fn webhooks_can_come_twice() {
    let (_sandbox, merchant) = start().await;
    let mut receiver = Receiver::start();
    merchant.control("/toss/control/webhooks", json!({"url": receiver.url, "duplicate": true})).await;
    merchant.paid("order-000001", 1000).await;
    let (first, second) = (receiver.next().await, receiver.next().await);
    assert_eq!(first.body, second.body);
    let id = "tosspayments-webhook-transmission-id";
    assert_eq!(first.header(id), second.header(id));
    assert!(receiver.stays_quiet().await);
}

#[tokio::test]
async fn webhooks_can_overtake_each_other() {
    let (_sandbox, merchant) = start().await;
    let mut receiver = Receiver::start();
    merchant.control("/toss/control/webhooks", json!({"url": receiver.url, "reorder": true})).await;
    let key = merchant.paid("order-000001", 1000).await;
    send(merchant.cancel(&key, &json!({"cancelReason": "x"}))).await.payment();
    let statuses = [receiver.next().await.fact().1, receiver.next().await.fact().1];
    assert_eq!(statuses, ["CANCELED", "DONE"]);
}

#[tokio::test]
async fn a_receiver_that_never_answers_holds_up_no_payment_and_no_other_order() {
    let (_sandbox, merchant) = start().await;
    // It accepts connections into its backlog and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    merchant.control("/toss/control/webhooks", json!({"url": url})).await;
    merchant.paid("order-000001", 1000).await;
    let mut receiver = Receiver::start();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    merchant.control("/toss/control/webhooks", json!({"url": receiver.url})).await;
    let orders: HashSet<_> = ["order-000002", "order-000003"].map(str::to_owned).into();
    for order in &orders {
        merchant.paid(order, 1000).await;
    }
    let told: HashSet<_> = [receiver.next().await.fact().0, receiver.next().await.fact().0].into();
    assert_eq!(told, orders);
}
