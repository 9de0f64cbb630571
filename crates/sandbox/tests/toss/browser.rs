use serde_json::{Value, json};

use crate::support::{Answer, DOCS_CLIENT_KEY, Merchant, Receiver, send, start};

fn request(order: &str) -> Value {
    json!({
        "clientKey": DOCS_CLIENT_KEY, "customerKey": "@@ANONYMOUS", "method": "CARD", "orderId": order,
        "orderName": "아몬드 <b>1kg</b>", "amount": {"currency": "KRW", "value": 12000},
        "successUrl": "https://shop.example/pay/success?attempt=7", "failUrl": "https://shop.example/pay/fail?attempt=7",
    })
}

async fn open(merchant: &Merchant, request: Value) -> String {
    let told = merchant.control("/toss/v2/windows", request).await;
    format!("{}/toss/window/{}", merchant.url, told["id"].as_str().unwrap())
}

async fn act(merchant: &Merchant, window: &str, fields: &[(&str, &str)]) -> Answer {
    send(merchant.client.post(window).form(fields)).await
}

/// Where the browser is sent, without its query, and the query's pairs.
fn target(answer: &Answer) -> (String, Vec<(String, String)>) {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let url = reqwest::Url::parse(answer.headers["location"].to_str().unwrap()).unwrap();
    (format!("{}{}", url.origin().ascii_serialization(), url.path()), url.query_pairs().into_owned().collect())
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn status_of(merchant: &Merchant, order: &str) -> Value {
    send(merchant.get(&format!("/toss/v1/payments/orders/{order}"))).await.payment()["status"].clone()
}

#[tokio::test]
async fn the_script_is_for_pages_of_any_origin() {
    let (_sandbox, merchant) = start().await;
    let script = send(merchant.client.get(format!("{}/toss/v2/standard", merchant.url))).await;
    assert!(script.headers["content-type"].to_str().unwrap().starts_with("text/javascript"));
    assert_eq!(script.headers["access-control-allow-origin"], "*");
    assert!(script.text.contains("window.TossPayments = TossPayments"));
    let url = format!("{}/toss/v2/windows", merchant.url);
    let preflight = send(merchant.client.request(reqwest::Method::OPTIONS, url)).await;
    assert_eq!(
        (preflight.status.as_u16(), preflight.headers["access-control-allow-headers"].as_bytes()),
        (204, &b"content-type"[..])
    );
}

#[tokio::test]
async fn a_paid_window_leads_to_success_url_and_the_payment_can_be_confirmed() {
    let (_sandbox, merchant) = start().await;
    let window = open(&merchant, request("order-000001")).await;
    let page = send(merchant.client.get(&window)).await;
    assert!(page.text.contains("12,000원") && page.text.contains("아몬드 &lt;b&gt;1kg&lt;/b&gt;"), "{}", page.text);
    assert_eq!(status_of(&merchant, "order-000001").await, "READY");

    let (address, query) = target(&act(&merchant, &window, &[("action", "pay"), ("method", "CARD")]).await);
    assert_eq!(address, "https://shop.example/pay/success");
    let key = query.iter().find(|(name, _)| name == "paymentKey").unwrap().1.clone();
    let expected = [
        ("attempt", "7"),
        ("paymentType", "NORMAL"),
        ("orderId", "order-000001"),
        ("paymentKey", &key),
        ("amount", "12000"),
    ];
    assert_eq!(query, pairs(&expected));

    let payment = send(merchant.confirm(&key, "order-000001", "12000")).await.payment();
    assert_eq!((&payment["status"], &payment["method"]), (&json!("DONE"), &json!("카드")));
    let receipt = send(merchant.client.get(payment["receipt"]["url"].as_str().unwrap())).await;
    assert!(receipt.text.contains("결제 완료"));
    let again =
        send(merchant.client.post(format!("{}/toss/v2/windows", merchant.url)).json(&request("order-000001"))).await;
    assert_eq!(again.refusal(), (400, "DUPLICATED_ORDER_ID".to_owned()));
}

#[tokio::test]
async fn each_way_to_pay_can_be_chosen_in_the_window() {
    let (_sandbox, merchant) = start().await;
    let table = [
        ("EASY_PAY", "간편결제", "DONE"),
        ("TRANSFER", "계좌이체", "DONE"),
        ("VIRTUAL_ACCOUNT", "가상계좌", "WAITING_FOR_DEPOSIT"),
        ("MOBILE_PHONE", "휴대폰", "DONE"),
    ];
    for (method, korean, status) in table {
        let order = format!("order-{method}");
        let window = open(&merchant, request(&order)).await;
        let fields = [("action", "pay"), ("method", method), ("provider", "카카오페이"), ("bank", "88")];
        let (_, query) = target(&act(&merchant, &window, &fields).await);
        let key = &query.iter().find(|(name, _)| name == "paymentKey").unwrap().1;
        let payment = send(merchant.confirm(key, &order, 12000)).await.payment();
        assert_eq!((&payment["method"], &payment["status"]), (&json!(korean), &json!(status)));
    }
}

#[tokio::test]
async fn closing_and_refusing_lead_to_fail_url_and_change_nothing() {
    let (_sandbox, merchant) = start().await;
    let window = open(&merchant, request("order-000001")).await;
    let (address, closed) = target(&act(&merchant, &window, &[("action", "close")]).await);
    assert_eq!(address, "https://shop.example/pay/fail");
    let message = ("message", "사용자에 의해 결제가 취소되었습니다.");
    assert_eq!(closed, pairs(&[("attempt", "7"), ("code", "PAY_PROCESS_CANCELED"), message]));
    let (_, refused) = target(&act(&merchant, &window, &[("action", "refuse")]).await);
    let message = ("message", "결제 승인이 거절되었습니다.");
    let order = ("orderId", "order-000001");
    assert_eq!(refused, pairs(&[("attempt", "7"), ("code", "REJECT_CARD_COMPANY"), message, order]));
    assert_eq!(status_of(&merchant, "order-000001").await, "READY");
    let (_, aborted) = target(&act(&merchant, &window, &[("action", "abort")]).await);
    assert_eq!(aborted[1].1, "PAY_PROCESS_ABORTED");
}

#[tokio::test]
async fn a_tester_can_have_the_approval_refused_or_come_back_too_late() {
    let (_sandbox, merchant) = start().await;
    let table =
        [("pay_refused", "REJECT_CARD_PAYMENT", "ABORTED"), ("pay_late", "NOT_FOUND_PAYMENT_SESSION", "EXPIRED")];
    for (action, code, status) in table {
        let order = format!("order-{action}");
        let window = open(&merchant, request(&order)).await;
        let (_, query) = target(&act(&merchant, &window, &[("action", action)]).await);
        let key = &query.iter().find(|(name, _)| name == "paymentKey").unwrap().1;
        assert_eq!(send(merchant.confirm(key, &order, 12000)).await.refusal().1, code);
        assert_eq!(status_of(&merchant, &order).await, status);
    }
}

#[tokio::test]
async fn a_window_can_be_left_to_expire() {
    let (_sandbox, merchant) = start().await;
    let mut receiver = Receiver::start();
    merchant.control("/toss/control/webhooks", json!({"url": receiver.url})).await;
    let window = open(&merchant, request("order-000001")).await;
    let page = act(&merchant, &window, &[("action", "expire")]).await;
    assert!(page.text.contains("만료"));
    assert_eq!(receiver.next().await.fact().1, "EXPIRED");
    let late = act(&merchant, &window, &[("action", "pay")]).await;
    assert!(late.status == 200 && late.text.contains("만료"));
}

#[tokio::test]
async fn a_window_in_a_frame_tells_the_page_around_it() {
    let (_sandbox, merchant) = start().await;
    let mut framed = request("order-000001");
    let fields = framed.as_object_mut().unwrap();
    fields.insert("framed".to_owned(), json!(true));
    fields.remove("successUrl");
    fields.remove("failUrl");
    let window = open(&merchant, framed).await;
    let closed = act(&merchant, &window, &[("action", "close")]).await;
    assert!(closed.status == 200 && closed.text.contains("\"USER_CANCEL\""));
    let paid = act(&merchant, &window, &[("action", "pay"), ("method", "CARD")]).await;
    assert!(paid.text.contains("postMessage") && paid.text.contains("\"paymentKey\":\"tsand_"), "{}", paid.text);
}

#[tokio::test]
async fn a_window_is_not_opened_for_bad_requests() {
    let (_sandbox, merchant) = start().await;
    let table = [
        ("/amount", json!({"currency": "KRW", "value": 0}), "BELOW_ZERO_AMOUNT"),
        ("/amount", json!({"currency": "KRW", "value": "12"}), "INVALID_AMOUNT_VALUE"),
        ("/amount", json!({"currency": "USD", "value": 12}), "INVALID_AMOUNT_CURRENCY"),
        ("/orderId", json!("short"), "INVALID_ORDER_ID"),
        ("/successUrl", json!("javascript:alert(1)"), "INCORRECT_SUCCESS_URL_FORMAT"),
        ("/failUrl", json!("/relative"), "INCORRECT_FAIL_URL_FORMAT"),
        ("/method", json!("BITCOIN"), "NOT_SUPPORTED_METHOD"),
        ("/clientKey", json!("live_ck_nobody"), "UNAUTHORIZED_KEY"),
    ];
    for (place, value, code) in table {
        let mut bad = request("order-000001");
        *bad.pointer_mut(place).unwrap() = value;
        let answer = send(merchant.client.post(format!("{}/toss/v2/windows", merchant.url)).json(&bad)).await;
        assert_eq!(answer.refusal().1, code);
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
    }
}

#[tokio::test]
async fn the_console_is_one_page_without_outside_resources() {
    let (_sandbox, merchant) = start().await;
    let page = send(merchant.client.get(format!("{}/", merchant.url))).await;
    assert!(page.status == 200 && page.text.contains("샌드박스 콘솔"));
    assert!(!page.text.contains("src=\"http") && !page.text.contains("href=\"http"));
}
