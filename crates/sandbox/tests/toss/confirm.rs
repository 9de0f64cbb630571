use std::time::{Duration, Instant};

use ef_sandbox::{AmountMismatch, SandboxConfig};
use serde_json::{Value, json};

use crate::support::{send, start, start_with};

/// Every key of a Payment, in the order of real answers.
const KEYS: &str = "mId,lastTransactionKey,paymentKey,orderId,orderName,taxExemptionAmount,status,requestedAt,approvedAt,\
useEscrow,cultureExpense,card,virtualAccount,transfer,mobilePhone,giftCertificate,cashReceipt,cashReceipts,discount,cancels,\
secret,type,easyPay,country,failure,isPartialCancelable,receipt,checkout,currency,totalAmount,balanceAmount,suppliedAmount,\
vat,taxFreeAmount,method,version,metadata";

#[tokio::test]
async fn a_confirmed_card_payment_is_done_with_every_key_in_order() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    let answer = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "first")).await;
    let payment = answer.payment();

    let mut rest = answer.text.as_str();
    for name in KEYS.split(',') {
        let at = rest.find(&format!("\"{name}\":"));
        assert!(at.is_some(), "{name} is missing or out of order");
        rest = &rest[at.unwrap()..];
    }
    assert_eq!(payment.as_object().unwrap().len(), KEYS.split(',').count());

    assert_eq!(payment["status"], "DONE");
    assert_eq!(payment["method"], "카드");
    assert_eq!((&payment["suppliedAmount"], &payment["vat"]), (&json!(909), &json!(91)));
    assert_eq!(payment["card"]["approveNo"], "00000000");
    assert!(payment["approvedAt"].as_str().unwrap().ends_with("+09:00"));
    assert!(payment["secret"].as_str().unwrap().starts_with("ps_"));
    for name in ["virtualAccount", "transfer", "easyPay", "failure", "cancels", "metadata"] {
        assert_eq!(payment[name], Value::Null, "{name}");
    }
    assert_eq!(payment["useEscrow"], false);
}

#[tokio::test]
async fn an_answer_is_traced_and_not_cached() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    let answer = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "first")).await;
    let header = |name: &str| answer.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("idempotency-key"), "first");
    assert!(header("cache-control").contains("no-store"));
    let trace = header("x-tosspayments-trace-id");
    assert!(trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit()), "{trace}");
}

#[tokio::test]
async fn a_numeric_string_is_taken_for_the_amount() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    assert_eq!(send(merchant.confirm(&key, "order-000001", "1000")).await.payment()["status"], "DONE");
}

#[tokio::test]
async fn a_second_confirm_without_the_key_is_already_processed() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.paid("order-000001", 1000).await;
    let answer = send(merchant.confirm(&key, "order-000001", 1000)).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.text, r#"{"code":"ALREADY_PROCESSED_PAYMENT","message":"이미 처리된 결제 입니다."}"#);
}

#[tokio::test]
async fn an_unknown_payment_key_or_another_order_finds_no_session() {
    let (_sandbox, merchant) = start().await;
    let expected = (404, "NOT_FOUND_PAYMENT_SESSION".to_owned());
    assert_eq!(send(merchant.confirm("tsand_nothing", "order-000001", 1000)).await.refusal(), expected);
    let key = merchant.authenticated("order-000001", 1000).await;
    assert_eq!(send(merchant.confirm(&key, "order-000002", 1000)).await.refusal(), expected);
}

#[tokio::test]
async fn a_wrong_amount_is_refused_and_the_payment_stays_in_progress() {
    let (_sandbox, merchant) = start().await;
    let key = merchant.authenticated("order-000001", 1000).await;
    let refused = send(merchant.confirm(&key, "order-000001", 999)).await;
    assert_eq!(refused.refusal(), (400, "INVALID_REQUEST".to_owned()));
    assert_eq!(merchant.look_up(&key).await["status"], "IN_PROGRESS");
    assert_eq!(send(merchant.confirm(&key, "order-000001", 1000)).await.payment()["status"], "DONE");
}

#[tokio::test]
async fn the_answer_to_a_wrong_amount_can_be_chosen() {
    let amount_mismatch = AmountMismatch::ForbiddenRequest;
    let (_sandbox, merchant) = start_with(SandboxConfig { amount_mismatch, ..SandboxConfig::for_tests() }).await;
    let key = merchant.authenticated("order-000001", 1000).await;
    let refused = send(merchant.confirm(&key, "order-000001", 999)).await;
    assert_eq!(refused.refusal(), (403, "FORBIDDEN_REQUEST".to_owned()));
}

#[tokio::test]
async fn broken_or_incomplete_json_is_an_invalid_request() {
    let (_sandbox, merchant) = start().await;
    let expected = (400, "INVALID_REQUEST".to_owned());
    let incomplete = merchant.post("/toss/v1/payments/confirm", &json!({"orderId": "order-000001"}));
    assert_eq!(send(incomplete).await.refusal(), expected);
    let broken = merchant.post("/toss/v1/payments/confirm", &json!({})).body("{\"paymentKey\":");
    assert_eq!(send(broken).await.refusal(), expected);
}

#[tokio::test]
async fn an_order_is_approved_once_however_many_payments_it_opened() {
    let (_sandbox, merchant) = start().await;
    let first = merchant.authenticated("order-000001", 1000).await;
    let second = merchant.authenticated("order-000001", 1000).await;
    assert_eq!(send(merchant.confirm(&second, "order-000001", 1000)).await.payment()["status"], "DONE");
    let refused = send(merchant.confirm(&first, "order-000001", 1000)).await;
    assert_eq!(refused.refusal(), (400, "DUPLICATED_ORDER_ID".to_owned()));
    let found = send(merchant.get("/toss/v1/payments/orders/order-000001")).await.payment();
    assert_eq!(found["paymentKey"], json!(second));
}

#[tokio::test]
async fn an_approval_that_the_tester_wished_refused_aborts_the_payment() {
    let (_sandbox, merchant) = start().await;
    let wish = json!({"orderId": "order-000001", "amount": 1000, "confirmRefusal": "REJECT_CARD_PAYMENT"});
    let key = merchant.authenticated_with(wish).await;
    let refused = send(merchant.confirm(&key, "order-000001", 1000)).await;
    assert_eq!(refused.refusal(), (403, "REJECT_CARD_PAYMENT".to_owned()));
    let payment = merchant.look_up(&key).await;
    assert_eq!((&payment["status"], &payment["failure"]["code"]), (&json!("ABORTED"), &json!("REJECT_CARD_PAYMENT")));
}

#[tokio::test]
async fn each_method_fills_its_own_part() {
    let (_sandbox, merchant) = start().await;
    let table =
        [("계좌이체", "transfer"), ("MOBILE_PHONE", "mobilePhone"), ("CULTURE_GIFT_CERTIFICATE", "giftCertificate")];
    for (number, (method, part)) in table.iter().enumerate() {
        let order = format!("order-00000{number}");
        let body = json!({"orderId": order, "amount": 1000, "method": method});
        let key = merchant.authenticated_with(body).await;
        let payment = send(merchant.confirm(&key, &order, 1000)).await.payment();
        assert!(payment[part].is_object(), "{method}: {payment}");
        assert_eq!(payment["card"], Value::Null);
    }
}

#[tokio::test]
async fn an_easy_payment_adds_up_with_its_card_part() {
    let (_sandbox, merchant) = start().await;
    let body =
        json!({"orderId": "order-000001", "amount": 1000, "easyPayProvider": "KAKAOPAY", "easyPayCardAmount": 700});
    let key = merchant.authenticated_with(body).await;
    let payment = send(merchant.confirm(&key, "order-000001", 1000)).await.payment();
    assert_eq!(payment["method"], "간편결제");
    assert_eq!(payment["easyPay"], json!({"provider": "카카오페이", "amount": 300, "discountAmount": 0}));
    assert_eq!(payment["card"]["amount"], 700);
}

#[tokio::test]
async fn a_test_code_is_answered_before_anything_is_looked_at() {
    let (_sandbox, merchant) = start().await;
    let table = [
        ("REJECT_CARD_PAYMENT", 403),
        ("ALREADY_PROCESSED_PAYMENT", 400),
        ("IDEMPOTENT_REQUEST_PROCESSING", 409),
        ("DUPLICATED_ORDER_ID", 400),
        ("FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING", 500),
        ("COMMON_ERROR", 500),
    ];
    for (code, status) in table {
        let request = merchant.confirm("tsand_nothing", "order-000001", 1000).header("tosspayments-test-code", code);
        assert_eq!(send(request).await.refusal(), (status, code.to_owned()));
    }
    let unknown = merchant.confirm("k", "order-000001", 1).header("tosspayments-test-code", "NO_SUCH_CODE");
    assert_eq!(send(unknown).await.refusal(), (400, "INVALID_TEST_CODE".to_owned()));
}

#[tokio::test]
async fn thirty_two_confirms_at_once_are_not_held_up_by_a_delayed_one() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = Some(folder.path().to_owned());
    let (_sandbox, merchant) = start_with(SandboxConfig { data_dir, ..SandboxConfig::for_tests() }).await;
    let slow = merchant.authenticated("order-slow", 1000).await;
    let mut keys = Vec::new();
    for number in 0..32 {
        let order = format!("order-{number:06}");
        keys.push((merchant.authenticated(&order, 1000).await, order));
    }
    merchant.fault("confirm", "delay", 3000).await;
    let delayed = tokio::spawn(send(merchant.confirm(&slow, "order-slow", 1000)));
    while merchant.look_up(&slow).await["status"] != "DONE" {
        tokio::task::yield_now().await;
    }

    let started = Instant::now();
    let confirms: Vec<_> =
        keys.iter().map(|(key, order)| tokio::spawn(send(merchant.confirm(key, order, 1000)))).collect();
    for confirm in confirms {
        assert_eq!(confirm.await.unwrap().payment()["status"], "DONE");
    }
    assert!(started.elapsed() < Duration::from_millis(2500), "{:?}", started.elapsed());
    assert!(!delayed.is_finished());
    assert_eq!(delayed.await.unwrap().payment()["status"], "DONE");
}
