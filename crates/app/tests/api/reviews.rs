//! What buyers think of products, and who may say so.

use serde_json::{Value, json};

use super::support::{Good, Shopper, TestApp};

async fn administrator(app: &TestApp) -> Shopper {
    let admin = app.shopper(9_000).await;
    app.tampers("UPDATE user SET role = 'ADMIN' WHERE email = 'shopper9000@example.com'").await;
    admin
}

/// Somebody who has paid for one of it.
async fn buyer(app: &TestApp, number: u32, good: Good) -> Shopper {
    let buyer = app.shopper(number).await;
    let order = buyer.places_order(&[(good, 1)]).await.expect(201);
    buyer.pays(app, &order).await.expect(200);
    buyer
}

fn list_of(good: Good) -> String {
    format!("/api/products/{}/reviews", good.product)
}

fn mine_of(good: Good) -> String {
    format!("/api/products/{}/reviews/mine", good.product)
}

/// A product that nobody has reviewed yet: its number and mean are counted from nothing.
async fn unreviewed(app: &TestApp) -> Good {
    let good = app.almonds().await;
    assert_eq!(figures(app, good).await, (0, 0.0), "the newest of the demo goods have no reviews");
    good
}

async fn figures(app: &TestApp, good: Good) -> (i64, f64) {
    let product = app.visitor().get(&format!("/api/products/{}", good.product)).await.expect(200);
    (product["reviewCount"].as_i64().unwrap(), product["averageRating"].as_f64().unwrap())
}

#[tokio::test]
async fn a_buyer_writes_one_review_changes_it_and_takes_it_back() {
    let app = TestApp::start().await;
    let almonds = unreviewed(&app).await;
    let (list, mine) = (list_of(almonds), mine_of(almonds));
    let one = buyer(&app, 1, almonds).await;
    assert_eq!(one.get(&mine).await.expect(200), json!({"review": null, "canWrite": true}));
    let written = one.post(&list, json!({"rating": 4.5, "text": " 고소해요.\r\n또 살게요! "})).await;
    assert_eq!(written.json()["code"], "20000001");
    let written = written.expect(201);
    assert_eq!((&written["rating"], &written["text"]), (&json!(4.5), &json!("고소해요.\n또 살게요!")));
    assert_eq!(written["updatedAt"], Value::Null);
    assert_eq!(figures(&app, almonds).await, (1, 4.5));
    one.post(&list, json!({"rating": 1})).await.refused(409, "40900004");

    let other = buyer(&app, 2, almonds).await;
    other.post(&list, json!({"rating": 4})).await.expect(201);
    assert_eq!(figures(&app, almonds).await, (2, 4.3), "4.25 is rounded half up");
    let page = app.visitor().get(&list).await.expect(200);
    assert_eq!((&page["pageInfo"]["totalElements"], &page["pageInfo"]["last"]), (&json!(2), &json!(true)));
    let (newest, older) = (&page["reviews"][0], &page["reviews"][1]);
    assert_eq!((&newest["rating"], &newest["text"]), (&json!(4.0), &Value::Null));
    assert_eq!((&older["id"], &older["author"]), (&written["id"], &json!("김*늘")));
    assert!(older.get("userId").is_none() && older.get("email").is_none(), "{older}");

    let changed = one.put(&mine, json!({"rating": 3})).await.expect(200);
    assert_eq!((&changed["id"], &changed["text"]), (&written["id"], &Value::Null));
    assert!(changed["updatedAt"].as_str().unwrap().ends_with('Z'), "{changed}");
    assert_eq!(one.get(&mine).await.expect(200), json!({"review": changed, "canWrite": false}));
    assert_eq!(figures(&app, almonds).await, (2, 3.5));
    assert_eq!(one.delete(&mine).await.expect(200), Value::Null);
    one.delete(&mine).await.refused(404, "40000002");
    one.put(&mine, json!({"rating": 3})).await.refused(404, "40000002");
    assert_eq!(figures(&app, almonds).await, (1, 4.0));
}

#[tokio::test]
async fn only_who_paid_and_kept_it_reviews_a_product() {
    let app = TestApp::start().await;
    let almonds = unreviewed(&app).await;
    let (list, mine) = (list_of(almonds), mine_of(almonds));
    let review = || json!({"rating": 5});
    let visitor = app.visitor();
    visitor.post(&list, review()).await.refused(401, "40000001");
    visitor.get(&mine).await.refused(401, "40000001");
    visitor.put(&mine, review()).await.refused(401, "40000001");
    let shopper = app.shopper(1).await;
    shopper.post(&list, review()).await.refused(403, "40300007");
    let order = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    shopper.post(&list, review()).await.refused(403, "40300007");
    assert_eq!(shopper.get("/api/users/me/reviewable").await.expect(200)["products"], json!([]));
    shopper.pays(&app, &order).await.expect(200);
    let offered = shopper.get("/api/users/me/reviewable").await.expect(200);
    assert_eq!(offered["products"][0]["productId"], almonds.product, "{offered}");
    assert!(offered["products"][0]["imageUrl"].as_str().unwrap().starts_with("http://"), "{offered}");
    app.tampers("UPDATE orders SET status = 'CANCELLED', payment_status = 'REFUNDED'").await;
    shopper.post(&list, review()).await.refused(403, "40300007");
    assert_eq!(shopper.get(&mine).await.expect(200)["canWrite"], false);
    for path in ["/api/products/999999/reviews", "/api/products/999999/reviews/mine"] {
        shopper.get(path).await.refused(404, "40000002");
    }
    shopper.post("/api/products/999999/reviews", review()).await.refused(404, "40000002");
    shopper.get("/api/products/almond/reviews").await.refused(400, "40400001");
    assert_eq!(figures(&app, almonds).await, (0, 0.0));
}

#[tokio::test]
async fn a_rating_between_the_steps_is_none() {
    let app = TestApp::start().await;
    let almonds = unreviewed(&app).await;
    let buyer = buyer(&app, 1, almonds).await;
    for rating in [json!(0.5), json!(5.5), json!(4.4), json!(0), json!("5"), Value::Null] {
        let told = buyer.post(&list_of(almonds), json!({ "rating": rating })).await.refused(400, "40400001");
        assert_eq!(told[0]["field"], "rating", "{rating}");
    }
    let told = buyer.post(&list_of(almonds), json!({"rating": 5, "text": "맛".repeat(1_001)})).await;
    assert_eq!(told.refused(400, "40400001")[0]["field"], "text");
    for (rating, text) in [(1.0, "맛".repeat(1_000)), (4.5, "<script>alert(1)</script>".to_owned())] {
        buyer.post(&list_of(almonds), json!({"rating": rating, "text": text})).await.expect(201);
        assert_eq!(figures(&app, almonds).await, (1, rating));
        assert_eq!(app.visitor().get(&list_of(almonds)).await.expect(200)["reviews"][0]["text"], text.as_str());
        buyer.delete(&mine_of(almonds)).await.expect(200);
    }
}

#[tokio::test]
async fn an_administrator_takes_a_review_down_and_the_trail_keeps_it() {
    let app = TestApp::start().await;
    let almonds = unreviewed(&app).await;
    let (admin, buyer) = (administrator(&app).await, buyer(&app, 1, almonds).await);
    let id = buyer.post(&list_of(almonds), json!({"rating": 1, "text": "다른 가게로 오세요"})).await.expect(201)["id"]
        .clone();
    let path = format!("/api/admin/reviews/{id}");
    buyer.delete(&path).await.refused(403, "40300003");
    app.visitor().delete(&path).await.refused(401, "40000001");
    assert_eq!(figures(&app, almonds).await, (1, 1.0));
    assert_eq!(admin.delete(&format!("{path}?reason=광고")).await.expect(200), Value::Null);
    admin.delete(&path).await.refused(404, "40000002");
    assert_eq!(figures(&app, almonds).await, (0, 0.0));
    let trail = admin.get(&format!("/api/admin/audit?subject=product&id={}", almonds.product)).await.expect(200);
    let entry = &trail["entries"][0];
    assert_eq!((&entry["action"], &entry["reason"]), (&json!("REVIEW_REMOVED"), &json!("광고")));
    assert!(entry["changes"].to_string().contains("다른 가게로 오세요"), "{entry}");
}

#[tokio::test]
async fn who_leaves_takes_his_name_along_and_leaves_his_opinion() {
    let app = TestApp::start().await;
    let almonds = unreviewed(&app).await;
    let buyer = buyer(&app, 1, almonds).await;
    buyer.post(&list_of(almonds), json!({"rating": 4.5})).await.expect(201);
    buyer.delete("/api/users/me").await.expect(200);
    let page = app.visitor().get(&list_of(almonds)).await.expect(200);
    assert_eq!((&page["reviews"][0]["author"], &page["reviews"][0]["rating"]), (&json!("탈퇴한 회원"), &json!(4.5)));
    assert_eq!(figures(&app, almonds).await, (1, 4.5));
}

/// Demo goods show figures from the first start, and every figure has its rows.
#[tokio::test]
async fn the_figures_of_the_demo_shop_are_those_of_its_reviews() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let shelf = visitor.get("/api/products?size=100").await.expect(200);
    let (mut reviewed, mut bare) = (0, 0);
    for product in shelf["products"].as_array().unwrap() {
        let page = visitor.get(&format!("/api/products/{}/reviews?size=100", product["id"])).await.expect(200);
        let ratings: Vec<f64> =
            page["reviews"].as_array().unwrap().iter().map(|review| review["rating"].as_f64().unwrap()).collect();
        assert_eq!(product["reviewCount"].as_u64(), u64::try_from(ratings.len()).ok(), "{product}");
        if ratings.is_empty() {
            bare += 1;
            continue;
        }
        reviewed += 1;
        let halves = ratings
            .iter()
            .fold(0_u32, |sum, rating| sum + (2..=10).find(|n| (f64::from(*n) - 2.0 * rating).abs() < 0.01).unwrap());
        let tenths =
            (10 * halves + u32::try_from(ratings.len()).unwrap()) / (2 * u32::try_from(ratings.len()).unwrap());
        assert_eq!(product["averageRating"].to_string(), format!("{}.{}", tenths / 10, tenths % 10), "{product}");
    }
    assert!(reviewed > 50 && bare > 0, "{reviewed} and {bare}");
}
