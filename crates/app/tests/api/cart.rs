//! The cart.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::TestApp;

#[tokio::test]
async fn adding_twice_adds_up_on_one_line() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let answer = shopper.adds(almonds, 2).await;
    let line = answer.expect(201);
    assert_eq!(answer.json()["code"], "20000001");
    assert_eq!((&line["quantity"], &line["totalPrice"]), (&json!(2), &json!(almonds.price * 2)));
    assert_eq!(shopper.adds(almonds, 3).await.expect(201)["quantity"], 5);

    let cart = shopper.get("/api/cart").await.expect(200);
    let item = &cart["items"][0];
    assert_eq!(cart["items"].as_array().unwrap().len(), 1);
    assert_eq!(item["id"], line["id"]);
    assert_eq!((&item["productId"], &item["variantId"]), (&json!(almonds.product), &json!(almonds.variant)));
    assert_eq!((&item["variantName"], &item["productStatus"]), (&json!("200g"), &json!("AVAILABLE")));
    assert_eq!((&item["stock"], &item["isAvailable"]), (&json!(almonds.available), &json!(true)));
    assert!(item["productImageUrl"].as_str().unwrap().starts_with("http://"));
    for macro_nutrient in ["calories", "protein", "carbs", "fat"] {
        assert!(item["nutrition"][macro_nutrient].is_number(), "{item}");
    }
    let total = almonds.price * 5;
    assert_eq!(
        (&cart["itemCount"], &cart["totalQuantity"], &cart["totalPrice"]),
        (&json!(1), &json!(5), &json!(total))
    );
    assert_eq!((&cart["shippingFee"], &cart["freeShippingThreshold"]), (&json!(0), &json!(30_000)));
    assert_eq!(cart["finalPrice"], total);
    let ratios =
        ["proteinRatio", "carbsRatio", "fatRatio"].map(|name| cart["nutritionSummary"][name].as_f64().unwrap());
    assert!((ratios.iter().sum::<f64>() - 100.0).abs() < 0.2, "{ratios:?}");
}

#[tokio::test]
async fn an_empty_cart_has_no_items_and_shows_the_fee() {
    let app = TestApp::start().await;
    let cart = app.shopper(1).await.get("/api/cart").await.expect(200);
    assert_eq!(cart["items"], json!([]));
    assert_eq!((&cart["shippingFee"], &cart["amountToFreeShipping"]), (&json!(2500), &json!(30_000)));
}

#[tokio::test]
async fn a_cart_takes_only_what_can_be_bought() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let walnuts = app.good("반태 호두", "180g").await;
    let add = |product: i64, variant: i64, quantity: i64| {
        shopper.post("/api/cart", json!({"productId": product, "variantId": variant, "quantity": quantity}))
    };
    assert_eq!(add(999_999, almonds.variant, 1).await.refused(404, "40000002"), json!({"productId": 999_999}));
    assert_eq!(add(almonds.product, 999_999, 1).await.refused(404, "40000002"), json!({"variantId": 999_999}));
    let foreign = add(almonds.product, walnuts.variant, 1).await.refused(400, "40400001");
    assert_eq!(foreign, json!({"variantId": walnuts.variant}));
    let short = add(almonds.product, almonds.variant, almonds.stock + 1).await.refused(400, "40300001");
    assert_eq!(short, json!({"variantId": almonds.variant}));
    add(almonds.product, almonds.variant, almonds.stock).await.expect(201);
    add(almonds.product, almonds.variant, 1).await.refused(400, "40300001");
    for quantity in [0, -1, 1000] {
        add(almonds.product, almonds.variant, quantity).await.refused(400, "40400001");
    }
}

#[tokio::test]
async fn what_is_out_of_stock_is_not_for_sale() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let gone = app.visitor().get("/api/products?status=OUT_OF_STOCK").await.expect(200);
    let gone = &gone["products"][0];
    let body = json!({"productId": gone["id"], "variantId": gone["variants"][0]["id"], "quantity": 1});
    shopper.post("/api/cart", body).await.refused(400, "40300005");
}

#[tokio::test]
async fn a_quantity_can_be_changed_and_a_line_removed() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let line = shopper.adds(almonds, 2).await.expect(201);
    let path = format!("/api/cart/{}", line["id"]);
    let changed = shopper.patch(&path, json!({"quantity": 7})).await.expect(200);
    assert_eq!((&changed["quantity"], &changed["totalPrice"]), (&json!(7), &json!(almonds.price * 7)));
    let short = shopper.patch(&path, json!({"quantity": almonds.stock + 1})).await.refused(400, "40300001");
    assert_eq!(short, json!({"variantId": almonds.variant}));
    assert_eq!(shopper.delete(&path).await.expect(200), Value::Null);
    shopper.delete(&path).await.refused(404, "40600001");
    shopper.patch(&path, json!({"quantity": 1})).await.refused(404, "40600001");
}

#[tokio::test]
async fn selected_lines_go_with_a_body_on_the_delete() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let almonds = shopper.adds(app.almonds().await, 1).await.expect(201)["id"].clone();
    let walnuts = shopper.adds(app.good("반태 호두", "180g").await, 1).await.expect(201)["id"].clone();
    let body = json!({"cartItemIds": [almonds, 999_999]}).to_string().into_bytes();
    shopper.send(Method::DELETE, "/api/cart/selected", Some(body), &[]).await.expect(200);
    let cart = shopper.get("/api/cart").await.expect(200);
    assert_eq!(cart["itemCount"], 1);
    assert_eq!(cart["items"][0]["id"], walnuts);
    shopper.delete("/api/cart").await.expect(200);
    assert_eq!(shopper.get("/api/cart").await.expect(200)["items"], json!([]));
    shopper.delete("/api/cart").await.expect(200);
}

#[tokio::test]
async fn a_cart_is_its_owners_alone() {
    let app = TestApp::start().await;
    let (owner, stranger) = (app.shopper(1).await, app.shopper(2).await);
    let line = owner.adds(app.almonds().await, 2).await.expect(201);
    let path = format!("/api/cart/{}", line["id"]);
    stranger.patch(&path, json!({"quantity": 1})).await.refused(404, "40600001");
    stranger.delete(&path).await.refused(404, "40600001");
    let body = json!({"cartItemIds": [line["id"]]}).to_string().into_bytes();
    stranger.send(Method::DELETE, "/api/cart/selected", Some(body), &[]).await.expect(200);
    stranger.delete("/api/cart").await.expect(200);
    assert_eq!(stranger.get("/api/cart").await.expect(200)["itemCount"], 0);
    assert_eq!(owner.get("/api/cart").await.expect(200)["totalQuantity"], 2);
}

#[tokio::test]
async fn two_clicks_at_once_lose_no_piece() {
    let app = TestApp::start().await;
    let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
    let (one, two) = tokio::join!(shopper.adds(almonds, 1), shopper.adds(almonds, 1));
    one.expect(201);
    two.expect(201);
    let cart = shopper.get("/api/cart").await.expect(200);
    assert_eq!((&cart["itemCount"], &cart["totalQuantity"]), (&json!(1), &json!(2)));
}
