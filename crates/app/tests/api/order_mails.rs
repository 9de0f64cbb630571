//! What buyers are written to about their orders, as it arrives in their mailboxes.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::reset::mails;
use super::support::{Shopper, TestApp};

const ADDRESS: &str = "shopper1@example.com";

/// The buyer of these stories, with one order that he has not paid.
async fn buyer(app: &TestApp) -> (Shopper, Value) {
    let shopper = app.shopper(1).await;
    let order = shopper.places_order(&[(app.almonds().await, 2)]).await.expect(201);
    (shopper, order)
}

async fn administrator(app: &TestApp) -> Shopper {
    let (browser, demo) = (app.visitor(), app.server.demo.as_ref().unwrap());
    let form = json!({"email": "admin@energy-factory.kr", "password": demo.password.expose_secret()});
    browser.post("/api/auth/login", form).await.expect(200);
    browser
}

/// The newest of exactly so many mails to the buyer: its subject without the shop's name, and its text.
async fn newest(app: &TestApp, count: usize) -> (String, String) {
    let mails = mails(app, ADDRESS, count).await;
    assert_eq!(mails.len(), count, "{mails:?}");
    let subject = mails[0]["subject"].as_str().unwrap().trim_start_matches("[에너지팩토리] ").to_owned();
    let text = mails[0]["text"].as_str().unwrap().replace('\r', "");
    let is_code = |line: &str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    assert!(!text.lines().any(is_code), "a line looks like a reset code: {text}");
    (subject, text)
}

fn says(text: &str, told: &[&str]) {
    for told in told {
        assert!(text.contains(told), "{told}: {text}");
    }
}

#[tokio::test]
async fn whoever_pays_gets_one_receipt() {
    let app = TestApp::start().await;
    let (shopper, order) = buyer(&app).await;
    shopper.pays(&app, &order).await.expect(200);
    let (subject, text) = newest(&app, 1).await;
    let number = order["orderNumber"].to_string();
    assert_eq!(subject, format!("주문이 확정되었습니다 (주문번호 {number})"));
    let place = "(12345) 서울시 중구 세종대로 110";
    says(
        &text,
        &[&number, "구운 통아몬드 (200g) × 2 13,800원", "결제 금액: 13,800원", "김하늘 님", place, "/order-history"],
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(mails(&app, ADDRESS, 1).await.len(), 1);
}

#[tokio::test]
async fn a_parcel_that_leaves_is_written_about_and_one_that_arrives_is_not() {
    let app = TestApp::start().await;
    let (shopper, order) = buyer(&app).await;
    shopper.pays(&app, &order).await.expect(200);
    newest(&app, 1).await;
    let admin = administrator(&app).await;
    let path = format!("/api/admin/orders/{}", shopper.order(order["orderNumber"].as_i64().unwrap()).await["id"]);
    for status in ["SHIPPED", "DELIVERED"] {
        admin.patch(&format!("{path}/status"), json!({"status": status})).await.expect(200);
    }
    let (subject, text) = newest(&app, 2).await;
    assert!(subject.starts_with("상품이 발송되었습니다"), "{subject}");
    says(&text, &["구운 통아몬드", "김하늘 님"]);
    let told = async {
        while shopper.get("/api/notifications").await.expect(200)["notifications"][0]["type"] != "ORDER_DELIVERED" {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), told).await.expect("it is told live all the same");
    tokio::time::sleep(Duration::from_secs(1)).await;
    newest(&app, 2).await;
}

#[tokio::test]
async fn whoever_gets_his_money_back_is_told_how_much_and_when() {
    let app = TestApp::start().await;
    let (shopper, order) = buyer(&app).await;
    let number = order["orderNumber"].as_i64().unwrap();
    shopper.pays(&app, &order).await.expect(200);
    newest(&app, 1).await;
    let admin = administrator(&app).await;
    let path = format!("/api/admin/orders/{}/refund", shopper.order(number).await["id"]);
    admin.post(&path, json!({"reason": "포장이 터졌습니다"})).await.expect(200);
    shopper.sees_payment_status(number, "REFUNDED").await;
    let (subject, text) = newest(&app, 2).await;
    assert!(subject.starts_with("환불이 완료되었습니다"), "{subject}");
    says(&text, &["환불 금액: 13,800원", "언제 받나요?", "영업일 기준"]);
    assert!(!text.contains("포장이 터졌습니다"), "what administrators note is theirs");
    let told = shopper.get("/api/notifications").await.expect(200);
    let told = &told["notifications"][0];
    assert_eq!((&told["type"], &told["title"]), (&json!("ORDER_CANCELLED"), &json!("환불이 완료되었습니다")));
}

#[tokio::test]
async fn whoever_owes_a_deposit_is_told_where_to_and_until_when() {
    let app = TestApp::start().await;
    let (shopper, order) = buyer(&app).await;
    let (number, total) = (order["orderNumber"].as_i64().unwrap(), order["totalPrice"].as_i64().unwrap());
    let key = app.authorises(json!({"orderId": number.to_string(), "amount": total, "method": "가상계좌"})).await;
    shopper.confirms(&key, number, total).await.refused(409, "40900002");
    let (subject, text) = newest(&app, 1).await;
    assert!(subject.starts_with("입금을 기다리고 있습니다"), "{subject}");
    says(&text, &["입금 금액: 13,800원", "입금 기한: 20", "분까지 (한국 시각)", "입금 계좌: "]);
    let books = app.partners_books().await;
    let account = &books.iter().find(|payment| payment["paymentKey"] == key.as_str()).unwrap()["virtualAccount"];
    let shown = text.lines().find(|line| line.starts_with("입금 계좌: ")).unwrap();
    assert!(shown.contains(account["accountNumber"].as_str().unwrap()), "{shown}: {account:?}");
}

/// Nobody needs a letter about what he did himself, or about what he left alone.
#[tokio::test]
async fn whoever_cancels_or_walks_away_gets_no_mail() {
    let (app, clock) = TestApp::start_with_clock().await;
    let (shopper, order) = buyer(&app).await;
    shopper.patch(&format!("/api/orders/{}/cancel", order["orderNumber"]), json!({})).await.expect(200);
    shopper.places_order(&[(app.almonds().await, 1)]).await.expect(201);
    clock.advance(Duration::from_mins(15));
    let told = async {
        while app.counts("SELECT COUNT(*) FROM notification").await != 2 {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), told).await.expect("both are told");
    assert_eq!(app.counts("SELECT COUNT(*) FROM mail_outbox").await, 0);
}

/// The recipient's name and the product's are somebody's words: they reach no header and no markup.
#[tokio::test]
async fn names_with_line_ends_and_markup_change_nothing_about_a_mail() {
    let app = TestApp::start().await;
    let (shopper, order) = buyer(&app).await;
    // Nothing that arrives through the API has line ends in it; these come from a database that somebody wrote into.
    app.tampers("UPDATE order_items SET product_name = 'x' || char(13) || char(10) || 'Bcc: victim@example.com' || char(10) || '123456'").await;
    app.tampers("UPDATE orders SET recipient_name = '<script>' || char(10) || '123456'").await;
    shopper.pays(&app, &order).await.expect(200);
    newest(&app, 1).await;
    let mail = mails(&app, ADDRESS, 1).await.remove(0);
    assert!(!mail["html"].as_str().unwrap().contains("<script>"), "{mail}");
    let victim = "victim@example.com";
    let url = format!("{}/mail/messages?to={victim}", app.server.sandbox.as_ref().unwrap().url());
    let answer = app.client.get(url).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&answer).unwrap(), json!([]));
}
