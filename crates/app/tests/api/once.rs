//! Requests under an `Idempotency-Key`.

use std::time::Duration;

use ef_domain::shared::ManualClock;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Answer, Good, Shopper, TestApp, order_form};

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";
const ORDERS: &str = "/api/orders";
const CONFIRM: &str = "/api/payments/toss/confirm";

async fn under(shopper: &Shopper, method: Method, path: &str, key: &str, body: Option<&Value>) -> Answer {
    let body = body.map(|body| body.to_string().into_bytes());
    shopper.send(method, path, body, &[("Idempotency-Key", key)]).await
}

async fn posts(shopper: &Shopper, path: &str, key: &str, body: &Value) -> Answer {
    under(shopper, Method::POST, path, key, Some(body)).await
}

fn number(order: &Value) -> i64 {
    order["orderNumber"].as_i64().unwrap()
}

/// The same words with the same status, and a header that says so.
#[track_caller]
fn is_replay(again: &Answer, first: &Answer) {
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!(first.header("idempotent-replayed"), None);
}

/// The body of a confirm of that order, whose buyer went through the payment window.
async fn authorised(app: &TestApp, order: &Value) -> Value {
    let window = json!({"orderId": order["orderNumber"].to_string(), "amount": order["totalPrice"]});
    json!({"paymentKey": app.authorises(window.clone()).await, "orderId": window["orderId"], "amount": window["amount"]})
}

#[tokio::test]
async fn the_same_order_under_the_same_key_is_one_order_and_one_answer() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let form = order_form(&[(almonds, 2)]);
    let first = posts(&shopper, ORDERS, KEY, &form).await;
    let order = first.expect(201);
    is_replay(&posts(&shopper, ORDERS, KEY, &form).await, &first);
    assert_eq!(app.almonds().await.available, almonds.available - 2);
    assert_eq!(app.counts("SELECT COUNT(*) FROM orders").await, 1);
    // Whatever became of the order since.
    shopper.pays(&app, &order).await.expect(200);
    is_replay(&posts(&shopper, ORDERS, KEY, &form).await, &first);
    // Another key is another order, and so is none.
    posts(&shopper, ORDERS, "another", &form).await.expect(201);
    shopper.post(ORDERS, form.clone()).await.expect(201);
    assert_eq!(app.counts("SELECT COUNT(*) FROM orders").await, 3);
}

#[tokio::test]
async fn another_request_under_a_key_is_refused() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    posts(&shopper, ORDERS, KEY, &order_form(&[(almonds, 1)])).await.expect(201);
    posts(&shopper, ORDERS, KEY, &order_form(&[(almonds, 2)])).await.refused(422, "42200001");
    // Raw bytes count, not what they mean.
    let form = order_form(&[(almonds, 1)]).to_string() + " ";
    let spaced = shopper.send(Method::POST, ORDERS, Some(form.into_bytes()), &[("Idempotency-Key", KEY)]).await;
    spaced.refused(422, "42200001");
    assert_eq!(app.counts("SELECT COUNT(*) FROM orders").await, 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_account_and_one_operation() {
    let app = TestApp::start().await;
    let (one, other, almonds) = (app.shopper(1).await, app.shopper(2).await, app.almonds().await);
    let form = order_form(&[(almonds, 1)]);
    let mine = posts(&one, ORDERS, KEY, &form).await.expect(201);
    let theirs = posts(&other, ORDERS, KEY, &form).await.expect(201);
    assert_ne!(number(&mine), number(&theirs));
    posts(&one, CONFIRM, KEY, &authorised(&app, &mine).await).await.expect(200);
}

#[tokio::test]
async fn a_garbled_key_is_refused_before_anything_is_done() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let form = order_form(&[(almonds, 1)]);
    for key in ["", "\u{e9}", &"x".repeat(256)] {
        posts(&shopper, ORDERS, key, &form).await.refused(400, "40400005");
        posts(&shopper, CONFIRM, key, &json!({})).await.expect(400);
        under(&shopper, Method::PATCH, "/api/orders/1/cancel", key, None).await.refused(400, "40400005");
    }
    let twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")];
    shopper.send(Method::POST, ORDERS, Some(form.to_string().into_bytes()), &twice).await.refused(400, "40400005");
    assert_eq!(app.almonds().await.available, almonds.available);
    assert_eq!(app.counts("SELECT COUNT(*) FROM request_key").await, 0);
}

#[tokio::test]
async fn a_request_that_is_wrong_in_itself_leaves_its_key_unused() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    posts(&shopper, ORDERS, KEY, &json!({"orderItems": []})).await.refused(400, "40400001");
    posts(&app.visitor(), ORDERS, KEY, &order_form(&[(almonds, 1)])).await.refused(401, "40000001");
    posts(&shopper, ORDERS, KEY, &order_form(&[(almonds, 1)])).await.expect(201);
}

#[tokio::test]
async fn a_refusal_is_an_answer_too() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let mut form = order_form(&[(almonds, 1)]);
    form["orderItems"][0]["price"] = json!(almonds.price + 100);
    let first = posts(&shopper, ORDERS, KEY, &form).await;
    first.refused(400, "40300002");
    // What the buyer was told stays true for him, whatever the shop would say now.
    app.tampers(&format!("UPDATE product_variant SET price = price + 100 WHERE id = {}", almonds.variant)).await;
    is_replay(&posts(&shopper, ORDERS, KEY, &form).await, &first);
    posts(&shopper, ORDERS, "a new try", &form).await.expect(201);
}

#[tokio::test]
async fn an_own_order_that_is_the_answer_is_the_answer_again() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let all = [(almonds, almonds.available)];
    let order = shopper.places_order(&all).await.expect(201);
    let first = posts(&shopper, ORDERS, KEY, &order_form(&all)).await;
    assert_eq!(number(&first.expect(200)), number(&order));
    shopper.patch(&format!("/api/orders/{}/cancel", number(&order)), json!({})).await.expect(200);
    is_replay(&posts(&shopper, ORDERS, KEY, &order_form(&all)).await, &first);
    assert_eq!(app.counts("SELECT COUNT(*) FROM orders").await, 1);
}

#[tokio::test]
async fn an_order_that_takes_the_place_of_another_is_placed_once() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    shopper.places_order(&[(almonds, almonds.available)]).await.expect(201);
    let form = order_form(&[(almonds, almonds.available - 1)]);
    let first = posts(&shopper, ORDERS, KEY, &form).await;
    first.expect(201);
    is_replay(&posts(&shopper, ORDERS, KEY, &form).await, &first);
    assert_eq!(app.counts("SELECT COUNT(*) FROM orders").await, 2);
}

#[tokio::test]
async fn a_confirm_is_answered_alike_whatever_became_of_the_payment() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    let body = authorised(&app, &order).await;
    let first = posts(&shopper, CONFIRM, KEY, &body).await;
    first.expect(200);
    app.tampers("UPDATE payments SET method = 'VIRTUAL_ACCOUNT'").await;
    is_replay(&posts(&shopper, CONFIRM, KEY, &body).await, &first);
    assert_eq!(app.partners_books().await.len(), 1);
    posts(&shopper, CONFIRM, KEY, &json!({"paymentKey": "other", "orderId": body["orderId"]}))
        .await
        .refused(422, "42200001");
}

#[tokio::test]
async fn a_confirm_whose_outcome_is_unknown_goes_on_under_its_key() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    let body = authorised(&app, &order).await;
    app.breaks("confirm", "execute_then_500").await;
    let first = posts(&shopper, CONFIRM, KEY, &body).await;
    assert!(first.status >= 500, "{}", first.text);
    shopper.sees_payment_status(number(&order), "COMPLETED").await;
    let again = posts(&shopper, CONFIRM, KEY, &body).await;
    again.expect(200);
    assert_eq!(again.header("idempotent-replayed"), None, "that is the first answer");
    is_replay(&posts(&shopper, CONFIRM, KEY, &body).await, &again);
}

#[tokio::test]
async fn a_confirm_that_a_bank_refuses_for_now_goes_on_under_its_key() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    let body = authorised(&app, &order).await;
    app.breaks("confirm", "bank_closed").await;
    let first = posts(&shopper, CONFIRM, KEY, &body).await;
    first.refused(400, "40400002");
    assert!(first.text.contains("잠시 후 다시 시도해 주세요"), "{}", first.text);
    posts(&shopper, CONFIRM, KEY, &body).await.expect(200);
}

#[tokio::test]
async fn a_cancellation_that_a_bank_refuses_for_now_goes_on_under_its_key() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    let (orders, amount) = (number(&order), &order["totalPrice"]);
    let window = json!({"orderId": orders.to_string(), "amount": amount, "method": "가상계좌"});
    let body = json!({"paymentKey": app.authorises(window).await, "orderId": orders.to_string(), "amount": amount});
    shopper.post(CONFIRM, body).await.refused(409, "40900002");
    app.breaks("cancel", "bank_closed").await;
    let path = format!("/api/orders/{orders}/cancel");
    under(&shopper, Method::PATCH, &path, KEY, None).await.refused(400, "40400003");
    let again = under(&shopper, Method::PATCH, &path, KEY, None).await;
    assert_eq!(again.expect(200)["status"], "CANCELLED");
    is_replay(&under(&shopper, Method::PATCH, &path, KEY, None).await, &again);
}

#[tokio::test]
async fn a_cancellation_is_answered_alike_where_it_would_be_refused_without_a_key() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    let path = format!("/api/orders/{}/cancel?reason=changed", number(&order));
    let first = under(&shopper, Method::PATCH, &path, KEY, None).await;
    assert_eq!(first.expect(200)["status"], "CANCELLED");
    is_replay(&under(&shopper, Method::PATCH, &path, KEY, None).await, &first);
    let other = under(&shopper, Method::PATCH, &path.replace("changed", "other"), KEY, None).await;
    other.refused(422, "42200001");
    assert_eq!(app.almonds().await.available, almonds.available);
}

/// The row of a key as a server leaves it behind that died at some point.
async fn dies(app: &TestApp, set: &str) {
    app.tampers(&format!("UPDATE request_key SET {set}")).await;
}

const BEFORE_THE_WORK: &str = "done_at = NULL, order_number = NULL, answer_status = NULL, answer_body = NULL";
const AFTER_THE_WORK: &str = "answer_status = NULL, answer_body = NULL";

#[tokio::test]
async fn while_the_first_is_under_way_the_second_hears_so_and_after_its_lease_goes_on() {
    let (app, clock) = TestApp::start_with_clock().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let form = order_form(&[(almonds, almonds.available + 1)]);
    posts(&shopper, ORDERS, KEY, &form).await.refused(400, "40300001");
    dies(&app, BEFORE_THE_WORK).await;
    let busy = posts(&shopper, ORDERS, KEY, &form).await;
    busy.refused(409, "40900003");
    assert_eq!(busy.header("retry-after"), Some("1"));
    clock.advance(Duration::from_secs(61));
    posts(&shopper, ORDERS, KEY, &form).await.refused(400, "40300001");
}

#[tokio::test]
async fn an_answer_that_got_lost_is_given_from_what_stands() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let form = order_form(&[(almonds, 1)]);
    let order = posts(&shopper, ORDERS, KEY, &form).await.expect(201);
    shopper.pays(&app, &order).await.expect(200);
    dies(&app, AFTER_THE_WORK).await;
    let late = posts(&shopper, ORDERS, KEY, &form).await;
    let shown = late.expect(201);
    assert_eq!((number(&shown), &shown["paymentStatus"]), (number(&order), &json!("COMPLETED")));
    assert_eq!(late.header("idempotent-replayed"), Some("true"));
    // From now on that is the answer.
    assert_eq!(posts(&shopper, ORDERS, KEY, &form).await.text, late.text);
    assert_eq!(app.counts("SELECT COUNT(*) FROM orders").await, 1);
}

#[tokio::test]
async fn lost_answers_of_confirms_and_cancellations_are_given_from_what_stands() {
    let (app, clock) = TestApp::start_with_clock().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    let body = authorised(&app, &order).await;
    let first = posts(&shopper, CONFIRM, KEY, &body).await;
    first.expect(200);
    dies(&app, AFTER_THE_WORK).await;
    assert_eq!(posts(&shopper, CONFIRM, KEY, &body).await.text, first.text);
    dies(&app, BEFORE_THE_WORK).await;
    clock.advance(Duration::from_secs(61));
    assert_eq!(posts(&shopper, CONFIRM, KEY, &body).await.text, first.text);

    let order = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    let path = format!("/api/orders/{}/cancel", number(&order));
    let first = under(&shopper, Method::PATCH, &path, KEY, None).await;
    first.expect(200);
    for died in [AFTER_THE_WORK, BEFORE_THE_WORK] {
        dies(&app, died).await;
        past_the_lease(&clock);
        assert_eq!(under(&shopper, Method::PATCH, &path, KEY, None).await.text, first.text, "{died}");
    }
    // Without the key it is refused, as before.
    shopper.patch(&path, json!({})).await.refused(400, "40300004");
}

fn past_the_lease(clock: &ManualClock) {
    clock.advance(Duration::from_secs(61));
}

#[tokio::test]
async fn many_at_once_are_one_order() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let form = order_form(&[(almonds, 1)]);
    let asking: Vec<_> = (0..32).map(|_| posts(&shopper, ORDERS, KEY, &form)).collect();
    let answers = futures::future::join_all(asking).await;
    let placed: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
    let first = placed.iter().filter(|answer| answer.header("idempotent-replayed").is_none()).count();
    assert_eq!(first, 1);
    for answer in &answers {
        if answer.status != 201 {
            answer.refused(409, "40900003");
        }
    }
    let numbers: Vec<i64> = placed.iter().map(|answer| number(&answer.expect(201))).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] == pair[1]), "{numbers:?}");
    assert_eq!(app.counts("SELECT COUNT(*) FROM orders").await, 1);
    assert_eq!(taken(&app, almonds).await, 1);
}

async fn taken(app: &TestApp, before: Good) -> i64 {
    before.available - app.almonds().await.available
}

#[tokio::test]
async fn a_key_of_yesterday_is_a_new_one() {
    let (app, clock) = TestApp::start_with_clock().await;
    let almonds = app.almonds().await;
    let form = order_form(&[(almonds, 1)]);
    let shopper = app.shopper(1).await;
    let first = posts(&shopper, ORDERS, KEY, &form).await.expect(201);
    clock.advance(Duration::from_hours(24));
    shopper.post("/api/auth/refresh", json!({})).await.expect(200);
    let second = posts(&shopper, ORDERS, KEY, &form).await.expect(201);
    assert_ne!(number(&first), number(&second));
}

#[tokio::test]
async fn nothing_of_a_closed_account_is_kept() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    posts(&shopper, ORDERS, KEY, &order_form(&[(almonds, 1)])).await.expect(201);
    assert_eq!(app.counts("SELECT COUNT(*) FROM request_key WHERE answer_body LIKE '%세종대로%'").await, 1);
    let order = app.counts("SELECT order_number FROM orders").await;
    shopper.patch(&format!("/api/orders/{order}/cancel"), json!({})).await.expect(200);
    shopper.delete("/api/users/me").await.expect(200);
    assert_eq!(app.counts("SELECT COUNT(*) FROM request_key").await, 0);
}

#[tokio::test]
async fn pages_of_other_origins_may_send_a_key_and_see_that_an_answer_is_a_replay() {
    let app = TestApp::start().await;
    let origin = ("Origin", "http://localhost:5173");
    let asking = [
        origin,
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type,idempotency-key"),
    ];
    let preflight = app.visitor().send(Method::OPTIONS, ORDERS, None, &asking).await;
    assert_eq!(preflight.header("access-control-allow-headers"), Some("content-type,idempotency-key"));
    let answer = app.visitor().send(Method::GET, "/api/products", None, &[origin]).await;
    let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
    assert!(exposed.contains("Idempotent-Replayed") && exposed.contains("Retry-After"), "{exposed}");
}

#[tokio::test]
async fn a_refund_under_a_key_is_answered_alike_where_it_would_be_refused_without_one() {
    let (app, clock) = TestApp::start_with_clock().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    let payment = shopper.pays(&app, &order).await.expect(200);
    let path = format!("/api/payments/toss/{}/cancel?reason=changed", payment["id"]);
    let first = under(&shopper, Method::POST, &path, KEY, None).await;
    assert_eq!(first.expect(200)["paymentStatus"], "REFUNDED");
    is_replay(&under(&shopper, Method::POST, &path, KEY, None).await, &first);
    for died in [AFTER_THE_WORK, BEFORE_THE_WORK] {
        dies(&app, died).await;
        past_the_lease(&clock);
        assert_eq!(under(&shopper, Method::POST, &path, KEY, None).await.text, first.text, "{died}");
    }
    let without = shopper.send(Method::POST, &path, None, &[]).await;
    assert!((400..500).contains(&without.status), "{}", without.text);
    assert_eq!(app.almonds().await.available, almonds.available);
}
