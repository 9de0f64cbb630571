//! Those who run the shop keep its shelf.

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::support::{Answer, Good, Shopper, TestApp};

const PRODUCTS: &str = "/api/admin/products";

async fn administrator(app: &TestApp) -> Shopper {
    let (browser, demo) = (app.visitor(), app.server.demo.as_ref().unwrap());
    let form = json!({"email": "admin@energy-factory.kr", "password": demo.password.expose_secret()});
    browser.post("/api/auth/login", form).await.expect(200);
    browser
}

/// What the form of the front end sends.
fn walnuts() -> Value {
    json!({"name": "고소한 호두", "brand": "들판상회", "category": "견과", "price": 9000, "originalPrice": 12000,
        "discount": 25, "weight": 200, "weightUnit": "g", "status": "AVAILABLE",
        "imageUrl": "https://img.example.com/walnuts.png", "tags": ["오메가3", "새로 나온"]})
}

/// A request by somebody who looked at that version.
async fn having_seen(admin: &Shopper, method: Method, path: &str, tag: &str, body: Option<Value>) -> Answer {
    admin.send(method, path, body.map(|body| body.to_string().into_bytes()), &[("if-match", tag)]).await
}

fn good(product: &Value) -> Good {
    let pack = &product["variants"][0];
    Good {
        product: product["id"].as_i64().unwrap(),
        variant: pack["id"].as_i64().unwrap(),
        price: pack["price"].as_i64().unwrap(),
        stock: pack["stock"].as_i64().unwrap(),
        available: pack["availableStock"].as_i64().unwrap(),
    }
}

/// A new product with that much of it on the shelf.
async fn stocked(admin: &Shopper, pieces: i64) -> Good {
    let made = admin.post(PRODUCTS, walnuts()).await.expect(201);
    let good = good(&made);
    let path = format!("/api/admin/variants/{}/stock", good.variant);
    let level = admin.post(&path, json!({"delta": pieces, "reason": "첫 입고"})).await.expect(200);
    assert_eq!((level["stock"].as_i64(), level["availableStock"].as_i64()), (Some(pieces), Some(pieces)));
    good
}

fn actions(trail: &Value) -> Vec<&str> {
    trail["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_product_made_here_is_bought_as_soon_as_there_is_some_of_it() {
    let app = TestApp::start().await;
    let (admin, buyer) = (administrator(&app).await, app.shopper(1).await);
    let created = admin.post(PRODUCTS, walnuts()).await;
    assert_eq!(created.json()["code"], "20000001");
    assert_eq!(created.header("etag"), Some("\"0\""));
    let product = created.expect(201);
    let pack = json!({"id": product["variants"][0]["id"], "name": "200g", "price": 9000, "stock": 0,
        "reservedStock": 0, "availableStock": 0});
    assert_eq!(product["variants"], json!([pack]));
    let tags: Vec<&Value> = product["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    assert_eq!(tags, ["오메가3", "새로 나온"]);
    let walnuts = good(&product);
    buyer.adds(walnuts, 1).await.refused(400, "40300001");

    let path = format!("/api/admin/variants/{}/stock", walnuts.variant);
    admin.post(&path, json!({"delta": 3, "reason": "첫 입고"})).await.expect(200);
    buyer.adds(walnuts, 2).await.expect(201);
    let order = buyer.places_order(&[(walnuts, 2)]).await.expect(201);
    let too_few = admin.post(&path, json!({"delta": -2, "reason": "파손"})).await.refused(400, "40400001");
    assert_eq!(too_few, json!({"stock": 3, "reservedStock": 2}));
    buyer.pays(&app, &order).await.expect(200);
    let sold = admin.get(&format!("{PRODUCTS}/{}", walnuts.product)).await;
    assert_eq!(sold.expect(200)["variants"][0]["stock"], 1);
    assert_eq!(sold.header("etag"), Some("\"0\""), "moves of stock are no new version");

    let trail = admin.get(&format!("/api/admin/audit?subject=product&id={}", walnuts.product)).await.expect(200);
    assert_eq!(actions(&trail), ["STOCK_ADJUSTED", "PRODUCT_CREATED"]);
    let counted = &trail["entries"][0];
    assert_eq!(counted["changes"], json!([{"field": "variants.200g.stock", "before": 0, "after": 3}]));
    assert_eq!((&counted["reason"], &counted["subjectId"]), (&json!("첫 입고"), &json!(walnuts.product)));
    assert!(counted["actorName"].is_string(), "{counted}");
}

#[tokio::test]
async fn a_new_price_leaves_placed_orders_alone_and_is_what_the_next_one_pays() {
    let app = TestApp::start().await;
    let (admin, buyer) = (administrator(&app).await, app.shopper(1).await);
    let walnuts = stocked(&admin, 9).await;
    let path = format!("{PRODUCTS}/{}", walnuts.product);
    let before = buyer.places_order(&[(walnuts, 1)]).await.expect(201);
    let edited = admin.put(&path, json!({"price": 7500, "name": null, "brand": ""})).await;
    assert_eq!(edited.header("etag"), Some("\"1\""));
    let edited = edited.expect(200);
    assert_eq!((&edited["price"], &edited["variants"][0]["price"]), (&json!(7500), &json!(7500)));
    assert_eq!((&edited["name"], &edited["brand"]), (&json!("고소한 호두"), &Value::Null));
    assert_eq!(edited["tags"].as_array().unwrap().len(), 2);
    let kept = buyer.order(before["orderNumber"].as_i64().unwrap()).await;
    assert_eq!(kept["totalPrice"], 9000);
    let told = buyer.places_order(&[(walnuts, 1)]).await.refused(400, "40300002");
    assert_eq!(told["currentPrice"], 7500);
    let cheaper = Good { price: 7500, ..walnuts };
    assert_eq!(buyer.places_order(&[(cheaper, 1)]).await.expect(201)["totalPrice"], 7500);
    let bare = admin.put(&path, json!({"tags": []})).await.expect(200);
    assert_eq!(bare["tags"], json!([]));
}

#[tokio::test]
async fn what_was_sold_is_retired_and_what_never_was_is_erased() {
    let app = TestApp::start().await;
    let (admin, buyer) = (administrator(&app).await, app.shopper(1).await);
    let walnuts = stocked(&admin, 9).await;
    let path = format!("{PRODUCTS}/{}", walnuts.product);
    let order = buyer.places_order(&[(walnuts, 1)]).await.expect(201);
    assert_eq!(admin.delete(&path).await.expect(200), Value::Null);
    admin.delete(&path).await.expect(200);
    let found = |page: &Value| page["pageInfo"]["totalElements"].as_i64().unwrap();
    for list in ["/api/products?keyword=호두", "/api/products/search?q=호두", "/api/admin/products?keyword=고소한 호두"]
    {
        let page = buyer_or(&admin, &buyer, list).get(list).await.expect(200);
        assert!(!page["products"].as_array().unwrap().iter().any(|it| it["id"] == walnuts.product), "{list}: {page}");
    }
    let shown = app.visitor().get(&format!("/api/products/{}", walnuts.product)).await.expect(200);
    assert_eq!(shown["status"], "DISCONTINUED");
    buyer.adds(walnuts, 1).await.refused(400, "40300005");
    buyer.places_order(&[(walnuts, 1)]).await.refused(400, "40300005");
    buyer.pays(&app, &order).await.expect(200);
    let gone = admin.get("/api/admin/products?status=DISCONTINUED&keyword=고소한 호두").await.expect(200);
    assert_eq!(found(&gone), 1, "{gone}");
    admin.put(&path, json!({"status": "AVAILABLE"})).await.refused(404, "40000002");
    assert_eq!(found(&admin.get("/api/admin/products?keyword=고소한 호두").await.expect(200)), 0);
    buyer.adds(walnuts, 1).await.refused(400, "40300005");

    let never = admin.post(PRODUCTS, walnuts_named("한 번도 팔지 않은 호두")).await.expect(201)["id"].clone();
    admin.delete(&format!("{PRODUCTS}/{never}")).await.expect(200);
    admin.get(&format!("{PRODUCTS}/{never}")).await.refused(404, "40000002");
    admin.delete(&format!("{PRODUCTS}/{never}")).await.refused(404, "40000002");
    let trail = admin.get(&format!("/api/admin/audit?subject=product&id={never}")).await.expect(200);
    assert_eq!(actions(&trail), ["PRODUCT_ERASED", "PRODUCT_CREATED"]);
}

fn buyer_or<'a>(admin: &'a Shopper, buyer: &'a Shopper, path: &str) -> &'a Shopper {
    if path.starts_with("/api/admin") { admin } else { buyer }
}

fn walnuts_named(name: &str) -> Value {
    let mut form = walnuts();
    form["name"] = json!(name);
    form
}

#[tokio::test]
async fn of_two_administrators_who_looked_at_one_version_the_second_is_told() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    let id = admin.post(PRODUCTS, walnuts()).await.expect(201)["id"].clone();
    let path = format!("{PRODUCTS}/{id}");
    let seen = admin.get(&path).await.header("etag").unwrap().to_owned();
    let price = |won: i64| Some(json!({ "price": won }));
    let first = having_seen(&admin, Method::PUT, &path, &seen, price(8000)).await;
    first.expect(200);
    having_seen(&admin, Method::PUT, &path, &seen, price(1)).await.refused(409, "40500001");
    having_seen(&admin, Method::DELETE, &path, &seen, None).await.refused(409, "40500001");
    let packs = format!("{path}/variants");
    let bag = Some(json!({"name": "50g", "price": 2500, "weightGrams": 50}));
    having_seen(&admin, Method::POST, &packs, &seen, bag.clone()).await.refused(409, "40500001");
    having_seen(&admin, Method::PUT, &format!("{path}/nutrients"), &seen, Some(json!({"nutrients": []})))
        .await
        .refused(409, "40500001");
    having_seen(&admin, Method::PUT, &path, "nonsense", price(1)).await.refused(409, "40500001");
    having_seen(&admin, Method::POST, &packs, first.header("etag").unwrap(), bag).await.expect(201);
    having_seen(&admin, Method::PUT, &path, "*", price(8500)).await.expect(200);
    assert_eq!(admin.get(&path).await.expect(200)["price"], 8500);
}

#[tokio::test]
async fn pack_sizes_come_and_go_and_one_is_the_default_one() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    let walnuts = stocked(&admin, 1).await;
    let (path, packs) = (format!("{PRODUCTS}/{}", walnuts.product), format!("{PRODUCTS}/{}/variants", walnuts.product));
    let bag = json!({"name": "1kg", "price": 39000, "weightGrams": 1000, "isDefault": true});
    let both = admin.post(&packs, bag.clone()).await.expect(201);
    let defaults: Vec<&Value> = both["variants"].as_array().unwrap().iter().map(|pack| &pack["isDefault"]).collect();
    assert_eq!(defaults, [false, true]);
    let shown = admin.get(&path).await.expect(200);
    assert_eq!((&shown["price"], &shown["weight"]), (&json!(39000), &json!(1000.0)));
    let taken = admin.post(&packs, bag).await.refused(409, "40500001");
    assert_eq!(taken[0]["field"], "name");
    let second = both["variants"][1]["id"].clone();
    admin.put(&format!("{packs}/{second}"), json!({"name": "200g"})).await.refused(409, "40500001");
    let large = both["variants"][1]["id"].clone();
    let resigned = admin.put(&format!("{packs}/{large}"), json!({"isDefault": false})).await.refused(400, "40400001");
    assert_eq!(resigned[0]["field"], "isDefault");
    admin.put(&format!("{packs}/{large}"), json!({"name": "1kg 대용량"})).await.expect(200);
    let left = admin.delete(&format!("{packs}/{large}")).await.expect(200);
    assert_eq!((left["variants"].as_array().unwrap().len(), &left["variants"][0]["isDefault"]), (1, &json!(true)));
    assert_eq!(admin.get(&path).await.expect(200)["price"], 9000);
    let last = admin.delete(&format!("{packs}/{}", walnuts.variant)).await;
    assert!(last.json()["desc"].as_str().unwrap().contains("하나 이상"), "{}", last.json());
    last.refused(400, "40400001");
    let fresh = admin.post(PRODUCTS, walnuts_named("한 번도 세지 않은 호두")).await.expect(201);
    let only = format!("{PRODUCTS}/{}/variants/{}", fresh["id"], fresh["variants"][0]["id"]);
    admin.delete(&only).await.refused(400, "40400001");
    admin.put(&format!("{packs}/999999"), json!({"price": 1})).await.refused(404, "40000002");
    admin.get(&format!("{PRODUCTS}/999999/variants")).await.refused(404, "40000002");
}

#[tokio::test]
async fn nutrients_written_here_are_what_the_page_shows() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    let id = admin.post(PRODUCTS, walnuts()).await.expect(201)["id"].clone();
    let path = format!("{PRODUCTS}/{id}/nutrients");
    let list = json!({"nutrients": [
        {"code": "PROTEIN", "name": "단백질", "amount": 15.2, "unit": "g"},
        {"code": "ZINC", "name": "아연", "amount": 3, "unit": "mg", "dailyPercent": 35}]});
    let stored = admin.put(&path, list).await.expect(200);
    assert_eq!(stored, admin.get(&path).await.expect(200));
    let page = app.visitor().get(&format!("/api/products/{id}")).await.expect(200);
    assert_eq!(
        (&page["nutrition"]["protein"], page["vitaminsAndMinerals"].as_array().unwrap().len()),
        (&json!(15.2), 1)
    );
    let spoken = json!({"nutrients": [
        {"code": "protein", "name": "단백질", "amount": 20.5, "unit": "g"},
        {"code": "energy", "name": "칼로리", "amount": 300, "unit": "kcal"}]});
    let stored = admin.put(&path, spoken).await.expect(200);
    assert_eq!(
        (&stored["nutrients"][0]["code"], &stored["nutrients"][1]["code"]),
        (&json!("PROTEIN"), &json!("CALORIES"))
    );
    let page = app.visitor().get(&format!("/api/products/{id}")).await.expect(200);
    assert_eq!((&page["nutrition"]["protein"], &page["nutrition"]["calories"]), (&json!(20.5), &json!(300)));
    let milligrams = json!({"nutrients": [{"code": "PROTEIN", "name": "단백질", "amount": 20.5, "unit": "mg"}]});
    assert_eq!(admin.put(&path, milligrams).await.refused(400, "40400001")[0]["field"], "nutrients[0].unit");
    let broken = json!({"nutrients": [{"code": "", "name": "x", "amount": -1, "unit": "g", "dailyPercent": 1.5}]});
    let told = admin.put(&path, broken).await.refused(400, "40400001");
    let fields: Vec<&Value> = told.as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["nutrients[0].code", "nutrients[0].amount", "nutrients[0].dailyPercent"]);
}

#[tokio::test]
async fn tags_are_renamed_everywhere_and_erased_nowhere_in_use() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    let product = admin.post(PRODUCTS, walnuts()).await.expect(201);
    let fresh = product["tags"][1]["id"].clone();
    let tags = admin.get("/api/admin/tags?size=100").await.expect(200);
    let usage = tags["tags"].as_array().unwrap().iter().find(|tag| tag["id"] == fresh).unwrap();
    assert_eq!(usage, &json!({"id": fresh, "name": "새로 나온", "productCount": 1}));
    let path = format!("/api/admin/tags/{fresh}");
    admin.put(&path, json!({"name": "햇것"})).await.expect(200);
    let shown = admin.get(&format!("{PRODUCTS}/{}", product["id"])).await;
    assert_eq!((&shown.expect(200)["tags"][1]["name"], shown.header("etag")), (&json!("햇것"), Some("\"1\"")));
    assert_eq!(admin.put(&path, json!({"name": "오메가3"})).await.refused(409, "40200002")[0]["field"], "name");
    admin.delete(&path).await.refused(400, "40400001");
    admin.put(&format!("{PRODUCTS}/{}", product["id"]), json!({"tags": ["오메가3"]})).await.expect(200);
    admin.delete(&path).await.expect(200);
    admin.delete(&path).await.refused(404, "40200001");
    admin.put(&path, json!({"name": "묵은것"})).await.refused(404, "40200001");
    let trail = admin.get(&format!("/api/admin/audit?subject=tag&id={fresh}")).await.expect(200);
    assert_eq!(actions(&trail), ["TAG_ERASED", "TAG_RENAMED"]);
}

#[tokio::test]
async fn the_list_is_that_of_the_shelf_by_tens_the_newest_first() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    let made = admin.post(PRODUCTS, walnuts()).await.expect(201);
    let page = admin.get(PRODUCTS).await.expect(200);
    assert_eq!((page["products"].as_array().unwrap().len(), &page["pageInfo"]["pageSize"]), (10, &json!(10)));
    assert_eq!(page["products"][0]["id"], made["id"]);
    assert_eq!(page["products"][0]["tags"], json!(["오메가3", "새로 나온"]));
    for keyword in ["고소한", "들판상회", "새로 나온"] {
        let found = admin.get(&format!("{PRODUCTS}?keyword={keyword}")).await.expect(200);
        assert_eq!(found["products"][0]["id"], made["id"], "{keyword}");
    }
    let categories = admin.get("/api/admin/products/categories").await.expect(200);
    assert_eq!(categories["categories"], app.visitor().get("/api/products/categories").await.expect(200));
    admin.get("/api/admin/products?status=GONE").await.refused(400, "40400001");
    admin.get("/api/admin/products/999999").await.refused(404, "40000002");
    admin.get("/api/admin/audit?subject=cart&id=1").await.refused(400, "40400001");
    admin.get("/api/admin/audit?subject=product").await.refused(400, "40400001");
    assert_eq!(actions(&admin.get("/api/admin/audit?size=1").await.expect(200)), ["PRODUCT_CREATED"]);
}

#[tokio::test]
async fn a_broken_form_is_told_everything_at_once_and_stores_nothing() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    let before = admin.get(PRODUCTS).await.expect(200)["pageInfo"]["totalElements"].clone();
    let told = admin.post(PRODUCTS, json!({"name": " ", "price": -1, "discount": 101})).await.refused(400, "40400001");
    let fields: Vec<&Value> = told.as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["category", "weightUnit", "name", "price", "discount"]);
    assert_eq!(admin.get(PRODUCTS).await.expect(200)["pageInfo"]["totalElements"], before);
    let id = admin.post(PRODUCTS, walnuts()).await.expect(201)["id"].clone();
    admin.put(&format!("{PRODUCTS}/{id}"), json!({"name": ""})).await.refused(400, "40400001");
    admin.post("/api/admin/variants/1/stock", json!({"delta": 0})).await.refused(400, "40400001");
    admin.post("/api/admin/variants/999999/stock", json!({"delta": 1, "reason": "x"})).await.refused(404, "40000002");
}

#[tokio::test]
async fn shoppers_keep_their_hands_off_the_shelf() {
    let app = TestApp::start().await;
    let (shopper, visitor) = (app.shopper(1).await, app.visitor());
    let almonds = app.almonds().await;
    let product = format!("{PRODUCTS}/{}", almonds.product);
    let stock = format!("/api/admin/variants/{}/stock", almonds.variant);
    for (method, path) in [
        (Method::GET, PRODUCTS),
        (Method::POST, PRODUCTS),
        (Method::PUT, product.as_str()),
        (Method::DELETE, product.as_str()),
        (Method::POST, stock.as_str()),
        (Method::GET, "/api/admin/tags"),
        (Method::GET, "/api/admin/audit"),
    ] {
        let body = || Some(b"{}".to_vec());
        visitor.send(method.clone(), path, body(), &[]).await.refused(401, "40000001");
        shopper.send(method, path, body(), &[]).await.refused(403, "40300003");
    }
    assert_eq!(app.almonds().await.stock, almonds.stock);
}
