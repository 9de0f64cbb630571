//! Orders before their payment.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::{TestApp, order_form};

fn number(order: &Value) -> i64 {
    order["orderNumber"].as_i64().unwrap()
}

#[tokio::test]
async fn placing_an_order_holds_its_stock() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let walnuts = app.good("반태 호두", "180g").await;
    let answer = shopper.places_order(&[(almonds, 2), (walnuts, 1)]).await;
    let order = answer.expect(201);
    assert_eq!(answer.json()["code"], "20000001");
    assert_eq!((&order["status"], &order["paymentStatus"]), (&json!("PENDING"), &json!("PENDING")));
    assert_eq!((&order["payment"], &order["addressLine2"]), (&Value::Null, &Value::Null));
    assert_eq!(order["totalPrice"], almonds.price * 2 + walnuts.price);
    assert_eq!(order["recipientName"], "김하늘");
    assert!((6..=16).contains(&order["orderNumber"].to_string().len()), "{order}");
    let items = order["orderItems"].as_array().unwrap();
    assert_eq!(
        items.iter().map(|item| item["variantId"].clone()).collect::<Vec<_>>(),
        [almonds.variant, walnuts.variant]
    );
    assert_eq!(items[0]["totalPrice"], almonds.price * 2);
    assert!(items[0]["vitaminsAndMinerals"].is_array() && items[0]["nutrition"]["protein"].is_number());
    let delivery = order["deliveryInfo"]["estimatedDeliveryDate"].as_str().unwrap();
    assert!(delivery.ends_with('Z') && delivery.len() == "2025-11-09T05:30:12.123Z".len(), "{delivery}");
    assert!(order["nutritionSummary"]["totalCalories"].as_f64() > Some(0.0));

    let held = app.almonds().await;
    assert_eq!((held.stock, held.available), (almonds.stock, almonds.available - 2));
    assert_eq!(shopper.order(number(&order)).await, order);
}

#[tokio::test]
async fn an_order_is_refused_for_a_reason_that_helps() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let walnuts = app.good("반태 호두", "180g").await;
    let with = |field: &str, value: Value| {
        let mut form = order_form(&[(almonds, 1)]);
        form["orderItems"][0][field] = value;
        shopper.post("/api/orders", form)
    };
    with("productId", json!(999_999)).await.refused(404, "40000002");
    with("variantId", json!(999_999)).await.refused(404, "40000002");
    with("variantId", json!(walnuts.variant)).await.refused(400, "40400001");
    with("quantity", json!(almonds.stock + 1)).await.refused(400, "40300001");
    let changed = with("price", json!(almonds.price - 1)).await.refused(400, "40300002");
    assert_eq!(changed, json!({"variantId": almonds.variant, "currentPrice": almonds.price}));
    let by_default = with("variantId", Value::Null).await.refused(400, "40300002");
    assert_ne!(by_default["variantId"], almonds.variant);
    assert_eq!(app.almonds().await.available, almonds.available);
}

#[tokio::test]
async fn every_broken_field_of_the_form_is_named() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let errors = shopper.post("/api/orders", json!({"orderItems": [{"quantity": 0}]})).await.refused(400, "40400001");
    let fields: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    let expected = [
        "recipientName",
        "phoneNumber",
        "postalCode",
        "addressLine1",
        "orderItems[0].productId",
        "orderItems[0].quantity",
        "orderItems[0].price",
    ];
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn the_last_pieces_are_promised_once() {
    let app = TestApp::start().await;
    let almonds = app.almonds().await;
    let half = almonds.stock / 2 + 1;
    let shoppers = [app.shopper(1).await, app.shopper(2).await, app.shopper(3).await];
    let orders = shoppers.each_ref().map(|shopper| shopper.post("/api/orders", order_form(&[(almonds, half)])));
    let answers = futures::future::join_all(orders).await;
    let placed = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(placed, 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(answer.refused(400, "40300001"), json!({"variantId": almonds.variant}));
    }
    assert_eq!(app.almonds().await.available, almonds.stock - half);
}

#[tokio::test]
async fn an_order_is_its_buyers_alone() {
    let app = TestApp::start().await;
    let (buyer, stranger) = (app.shopper(1).await, app.shopper(2).await);
    let order = buyer.places_order(&[(app.almonds().await, 1)]).await.expect(201);
    let path = format!("/api/orders/{}", number(&order));
    stranger.get(&path).await.refused(403, "40300003");
    stranger.patch(&format!("{path}/cancel"), json!({})).await.refused(403, "40300003");
    let list = stranger.get("/api/orders?status=PENDING").await.expect(200);
    assert_eq!(list["orders"], json!([]));
    app.visitor().get(&path).await.refused(401, "40000001");
    buyer.get("/api/orders/4503599627370496").await.refused(404, "40000002");
    buyer.get("/api/orders/last").await.refused(400, "40400001");
}

#[tokio::test]
async fn cancelling_gives_the_stock_back_once() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, 5)]).await.expect(201);
    let path = format!("/api/orders/{}/cancel", number(&order));
    let long = format!("{path}?reason={}", "x".repeat(201));
    shopper.send(reqwest::Method::PATCH, &long, None, &[]).await.refused(400, "40400001");
    let cancel = || shopper.send(reqwest::Method::PATCH, &path, None, &[]);
    let cancelled = cancel().await.expect(200);
    assert_eq!((&cancelled["status"], &cancelled["paymentStatus"]), (&json!("CANCELLED"), &json!("FAILED")));
    assert_eq!(app.almonds().await.available, almonds.available);
    cancel().await.refused(400, "40300004");
    assert_eq!(app.almonds().await.available, almonds.available);
}

#[tokio::test]
async fn the_history_is_newest_first_and_hides_what_awaits_payment() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let walnuts = app.good("반태 호두", "180g").await;
    let first = shopper.places_order(&[(almonds, 1), (walnuts, 1)]).await.expect(201);
    shopper.pays(&app, &first).await.expect(200);
    let second = shopper.places_order(&[(walnuts, 2)]).await.expect(201);
    shopper.pays(&app, &second).await.expect(200);
    let unpaid = shopper.places_order(&[(almonds, 1)]).await.expect(201);

    let list = shopper.get("/api/orders?page=0&size=10").await.expect(200);
    let numbers: Vec<_> = list["orders"].as_array().unwrap().iter().map(number).collect();
    assert_eq!(numbers, [number(&second), number(&first)]);
    let summary = &list["orders"][1];
    assert_eq!((&summary["itemCount"], &summary["representativeProductName"]), (&json!(2), &json!("구운 통아몬드")));
    assert_eq!((&summary["status"], &summary["paymentStatus"]), (&json!("CONFIRMED"), &json!("COMPLETED")));
    assert!(summary["payment"]["paidAt"].as_str().unwrap().ends_with('Z'));
    assert!(summary["delivery"]["estimatedDeliveryDate"].as_str().unwrap().ends_with('Z'));
    assert_eq!(list["pageInfo"]["last"], true);

    let pending = shopper.get("/api/orders?status=pending").await.expect(200);
    assert_eq!(pending["orders"][0]["orderNumber"], unpaid["orderNumber"]);
    let done = shopper.get("/api/orders?paymentStatus=COMPLETED&size=1").await.expect(200);
    assert_eq!((&done["pageInfo"]["totalElements"], &done["pageInfo"]["last"]), (&json!(2), &json!(false)));
    shopper.get("/api/orders?status=LOST").await.refused(400, "40400001");
    shopper.get("/api/orders?paymentStatus=1").await.refused(400, "40400001");
}

#[tokio::test]
async fn an_order_that_nobody_pays_ends_after_fifteen_minutes() {
    let (app, clock) = TestApp::start_with_clock().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, 3)]).await.expect(201);
    clock.advance(Duration::from_mins(9));
    assert_eq!(shopper.order(number(&order)).await["status"], "PENDING");
    clock.advance(Duration::from_mins(6));
    shopper.post("/api/auth/refresh", json!({})).await.expect(200);
    let expired = shopper.sees_payment_status(number(&order), "FAILED").await;
    assert_eq!(expired["status"], "CANCELLED");
    assert_eq!(app.almonds().await.available, almonds.available);
    shopper.pays(&app, &order).await.refused(400, "40400002");
}

#[tokio::test]
async fn a_buyer_is_not_blocked_by_an_order_that_was_left_open() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let left_open = shopper.places_order(&[(almonds, almonds.stock)]).await.expect(201);
    let fewer = shopper.places_order(&[(almonds, almonds.stock - 1)]).await.expect(201);
    assert_eq!(shopper.order(number(&left_open)).await["status"], "CANCELLED");
    assert_eq!(shopper.order(number(&fewer)).await["status"], "PENDING");
    assert_eq!(app.almonds().await.available, 1);
}

#[tokio::test]
async fn the_last_pieces_asked_for_twice_are_one_order() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, almonds.stock)]).await.expect(201);
    let again = shopper.places_order(&[(almonds, almonds.stock)]).await.expect(200);
    assert_eq!(number(&again), number(&order));
    assert_eq!(app.almonds().await.available, 0);
}

/// Product, variant and pieces are what a cart asks for; whether there is still any, and for how much, is told beside them.
#[tokio::test]
async fn an_order_says_what_buying_it_again_would_find() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let order = shopper.places_order(&[(almonds, 2)]).await.expect(201);
    let number = order["orderNumber"].as_i64().unwrap();
    let line = shopper.order(number).await["orderItems"][0].clone();
    let left = almonds.available - 2;
    assert_eq!(line["reorder"], json!({"possible": true, "price": almonds.price, "availableStock": left}));
    let again = json!({"productId": line["productId"], "variantId": line["variantId"], "quantity": line["quantity"]});
    shopper.post("/api/cart", again).await.expect(201);
    app.tampers(&format!("UPDATE product_variant SET price = 7777 WHERE id = {}", almonds.variant)).await;
    let line = shopper.order(number).await["orderItems"][0].clone();
    assert_eq!((&line["price"], &line["reorder"]["price"]), (&json!(almonds.price), &json!(7777)));
    for sql in [
        "UPDATE product SET status = 'OUT_OF_STOCK'",
        "UPDATE product SET status = 'AVAILABLE', retired_at = created_at",
    ] {
        app.tampers(sql).await;
        assert_eq!(shopper.order(number).await["orderItems"][0]["reorder"]["possible"], false, "{sql}");
    }
}
