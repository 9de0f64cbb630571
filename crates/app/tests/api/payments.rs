//! Payments through the sandbox's Toss.

use serde_json::{Value, json};

use super::support::{Good, Shopper, TestApp};

/// A partner that is given up on quickly, so that nobody waits for reconciliation.
const HASTY: [(&str, &str); 2] = [("EF__TOSS__TOTAL_TIMEOUT_MS", "500"), ("EF__TOSS__CONNECT_TIMEOUT_MS", "300")];

async fn order(shopper: &Shopper, good: Good, quantity: i64) -> (i64, i64) {
    let order = shopper.places_order(&[(good, quantity)]).await.expect(201);
    (order["orderNumber"].as_i64().unwrap(), order["totalPrice"].as_i64().unwrap())
}

async fn authorised(app: &TestApp, number: i64, amount: i64) -> String {
    app.authorises(json!({"orderId": number.to_string(), "amount": amount})).await
}

#[tokio::test]
async fn a_payment_sells_the_stock_and_empties_the_cart_of_it() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let walnuts = app.good("반태 호두", "180g").await;
    shopper.adds(almonds, 2).await.expect(201);
    shopper.adds(walnuts, 1).await.expect(201);
    let (number, total) = order(&shopper, almonds, 2).await;
    let key = authorised(&app, number, total).await;
    let payment = shopper.confirms(&key, number, total).await.expect(200);
    let expected = json!({"id": payment["id"], "orderId": payment["orderId"], "orderNumber": number,
        "paymentMethod": "CREDIT_CARD", "paymentStatus": "COMPLETED", "transactionId": key, "amount": total,
        "paidAt": payment["paidAt"]});
    assert_eq!(payment, expected);
    assert!(payment["paidAt"].as_str().unwrap().ends_with('Z'));

    let paid = shopper.order(number).await;
    assert_eq!((&paid["status"], &paid["paymentStatus"]), (&json!("CONFIRMED"), &json!("COMPLETED")));
    assert_eq!((&paid["payment"]["amount"], &paid["payment"]["transactionId"]), (&json!(total), &json!(key)));
    assert_eq!(paid["id"], payment["orderId"]);
    let sold = app.almonds().await;
    assert_eq!((sold.stock, sold.available), (almonds.stock - 2, almonds.available - 2));
    let cart = shopper.get("/api/cart").await.expect(200);
    assert_eq!(cart["items"].as_array().unwrap().len(), 1);
    assert_eq!(cart["items"][0]["variantId"], walnuts.variant);
}

#[tokio::test]
async fn reloading_the_success_page_answers_the_same_and_takes_nothing_more() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let (number, total) = order(&shopper, almonds, 1).await;
    let key = authorised(&app, number, total).await;
    let (one, two) = tokio::join!(shopper.confirms(&key, number, total), shopper.confirms(&key, number, total));
    let three = shopper.confirms(&key, number, total).await;
    assert_eq!(one.expect(200), two.expect(200));
    assert_eq!(one.text, three.text);
    assert_eq!(app.almonds().await.stock, almonds.stock - 1);
    let taken: Vec<_> = app.partners_books().await.into_iter().filter(|payment| payment["status"] == "DONE").collect();
    assert_eq!(taken.len(), 1);
}

#[tokio::test]
async fn ways_to_pay_keep_the_names_that_the_pages_know() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    for (method, provider, name) in [
        ("휴대폰", Value::Null, "MOBILE"),
        ("계좌이체", Value::Null, "BANK_TRANSFER"),
        ("간편결제", json!("카카오페이"), "KAKAO_PAY"),
    ] {
        let (number, total) = order(&shopper, almonds, 1).await;
        let window =
            json!({"orderId": number.to_string(), "amount": total, "method": method, "easyPayProvider": provider});
        let key = app.authorises(window).await;
        assert_eq!(shopper.confirms(&key, number, total).await.expect(200)["paymentMethod"], name);
    }
}

#[tokio::test]
async fn a_refused_card_takes_nothing_and_another_card_may_pay() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let (number, total) = order(&shopper, almonds, 1).await;
    let window = json!({"orderId": number.to_string(), "amount": total, "confirmRefusal": "REJECT_CARD_COMPANY"});
    let refused = app.authorises(window).await;
    let answer = shopper.confirms(&refused, number, total).await;
    assert_eq!(answer.refused(400, "40400002"), json!({"reason": "REJECT_CARD_COMPANY"}));
    assert!(answer.json()["desc"].as_str().unwrap().contains("카드사"), "{}", answer.text);
    shopper.confirms(&refused, number, total).await.refused(400, "40400002");
    assert_eq!(shopper.order(number).await["paymentStatus"], "PENDING");
    let key = authorised(&app, number, total).await;
    shopper.confirms(&key, number, total).await.expect(200);
}

#[tokio::test]
async fn a_payment_must_fit_its_order() {
    let app = TestApp::start().await;
    let (shopper, stranger, almonds) = (app.shopper(1).await, app.shopper(2).await, app.almonds().await);
    let (number, total) = order(&shopper, almonds, 1).await;
    let (other, _) = order(&shopper, almonds, 1).await;
    let key = authorised(&app, number, total).await;
    shopper.confirms(&key, number, total - 1).await.refused(400, "40400001");
    stranger.confirms(&key, number, total).await.refused(403, "40300003");
    app.visitor().confirms(&key, number, total).await.refused(401, "40000001");
    shopper.confirms(&key, 4_503_599_627_370_496, total).await.refused(404, "40000002");
    let body = json!({"paymentKey": key, "orderId": "last"});
    shopper.post("/api/payments/toss/confirm", body).await.refused(400, "40400001");
    shopper.confirms(&key, number, total).await.expect(200);
    shopper.confirms(&key, other, total).await.refused(400, "40400002");
    let second = authorised(&app, number, total).await;
    shopper.confirms(&second, number, total).await.refused(400, "40400002");
}

#[tokio::test]
async fn an_unknown_key_is_a_failed_payment() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let (number, total) = order(&shopper, app.almonds().await, 1).await;
    shopper.confirms("tgen_unknown", number, total).await.refused(400, "40400002");
    shopper.order(number).await;
}

#[tokio::test]
async fn a_virtual_account_is_not_money_yet() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let (number, total) = order(&shopper, app.almonds().await, 1).await;
    let window = json!({"orderId": number.to_string(), "amount": total, "method": "가상계좌"});
    let key = app.authorises(window).await;
    let pending = shopper.confirms(&key, number, total).await.refused(409, "40900002");
    assert!(pending["dueAt"].as_str().unwrap().ends_with('Z'));
    assert_eq!(shopper.order(number).await["paymentStatus"], "PENDING");
}

#[tokio::test]
async fn money_that_was_taken_behind_an_error_is_found() {
    for fault in ["execute_then_500", "execute_then_drop"] {
        let app = TestApp::start_with(&HASTY).await;
        let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
        let (number, total) = order(&shopper, almonds, 1).await;
        let key = authorised(&app, number, total).await;
        app.breaks("confirm", fault).await;
        let answer = shopper.confirms(&key, number, total).await;
        if answer.status != 200 {
            answer.refused(504, "50400001");
        }
        let paid = shopper.sees_payment_status(number, "COMPLETED").await;
        assert_eq!(paid["status"], "CONFIRMED", "{fault}");
        shopper.confirms(&key, number, total).await.expect(200);
        assert_eq!(app.almonds().await.stock, almonds.stock - 1, "{fault}");
    }
}

#[tokio::test]
async fn a_partner_that_is_away_takes_no_money() {
    // Nothing listens on the discard port: no connection, so nothing was sent.
    let app = TestApp::start_with(&[("EF__TOSS__BASE_URL", "http://127.0.0.1:9")]).await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let (number, total) = order(&shopper, almonds, 1).await;
    let key = authorised(&app, number, total).await;
    shopper.confirms(&key, number, total).await.refused(503, "50300001");
    assert_eq!(shopper.order(number).await["paymentStatus"], "PENDING");
    assert_eq!(app.almonds().await.available, almonds.available - 1);
}
