//! Every route against every kind of wrong input: 4xx in the envelope, never a fault of ours.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Answer, Shopper, TestApp};

/// A route: method and path, with a good body if it takes one.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub body: Option<Value>,
}

fn route(method: Method, path: &'static str, body: Option<Value>) -> Route {
    Route { method, path, body }
}

/// Every route of the shop. `{n}` stands for an id.
pub fn routes() -> Vec<Route> {
    let item = json!({"productId": 1, "variantId": 1, "quantity": 1, "price": 1});
    let order = json!({"recipientName": "김하늘", "phoneNumber": "010-1234-5678", "postalCode": "12345",
        "addressLine1": "서울", "addressLine2": "2층", "orderItems": [item]});
    let sign_up = json!({"name": "김하늘", "email": "a@example.com", "password": "Sunny-Day-2024!",
        "phoneNumber": "010-1234-0000", "birthDate": "1991-03-04", "address": "서울"});
    let cart = json!({"productId": 1, "variantId": 1, "quantity": 1});
    let address = json!({"recipientName": "김하늘", "phoneNumber": "010-1234-5678", "postalCode": "12345",
        "addressLine1": "서울", "addressLine2": "2층"});
    // Too weak, so that no guess among the wrong inputs counts as a failed log-in.
    let password = json!({"currentPassword": "x", "newPassword": "x"});
    let confirm = json!({"paymentKey": "tgen_1", "orderId": "1762500000123", "amount": 1});
    vec![
        route(Method::GET, "/api/products", None),
        route(Method::GET, "/api/products/{n}", None),
        route(Method::GET, "/api/products/categories", None),
        route(Method::GET, "/api/products/categories/{n}", None),
        route(Method::GET, "/api/products/search", None),
        route(Method::POST, "/api/users/signup", Some(sign_up)),
        route(Method::GET, "/api/users/me", None),
        route(Method::GET, "/api/users/profile", None),
        route(Method::PUT, "/api/users/additional-info", Some(json!({"birthDate": "1991-03-04", "address": "서울"}))),
        route(Method::PUT, "/api/users/password", Some(password)),
        route(Method::GET, "/api/users/me/addresses", None),
        route(Method::POST, "/api/users/me/addresses", Some(address.clone())),
        route(Method::PUT, "/api/users/me/addresses/{n}", Some(address)),
        route(Method::DELETE, "/api/users/me/addresses/{n}", None),
        route(Method::PUT, "/api/users/me/addresses/{n}/default", None),
        route(Method::POST, "/api/auth/login", Some(json!({"email": "a@example.com", "password": "x"}))),
        route(Method::POST, "/api/auth/password-reset/send-code", Some(json!({"email": "a@example.com"}))),
        route(
            Method::POST,
            "/api/auth/password-reset/verify-code",
            Some(json!({"email": "a@example.com", "code": "123456"})),
        ),
        route(
            Method::POST,
            "/api/auth/password-reset",
            Some(json!({"resetToken": "x", "newPassword": "Sunny-Day-2024!"})),
        ),
        route(Method::POST, "/api/auth/refresh", None),
        route(Method::POST, "/api/auth/logout", None),
        route(Method::GET, "/api/cart", None),
        route(Method::POST, "/api/cart", Some(cart)),
        route(Method::PATCH, "/api/cart/{n}", Some(json!({"quantity": 1}))),
        route(Method::DELETE, "/api/cart/{n}", None),
        route(Method::DELETE, "/api/cart", None),
        route(Method::DELETE, "/api/cart/selected", Some(json!({"cartItemIds": [1]}))),
        route(Method::GET, "/api/orders", None),
        route(Method::POST, "/api/orders", Some(order)),
        route(Method::GET, "/api/orders/{n}", None),
        route(Method::PATCH, "/api/orders/{n}/cancel", None),
        route(Method::POST, "/api/payments/toss/confirm", Some(confirm)),
        route(Method::GET, "/healthz", None),
        route(Method::GET, "/readyz", None),
        route(Method::GET, "/images/products/{n}.svg", None),
    ]
}

fn path(route: &Route) -> String {
    route.path.replace("{n}", "999999")
}

#[track_caller]
fn assert_refused(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text);
    answer.is_in_the_envelope();
}

async fn sends(shopper: &Shopper, route: &Route, body: Vec<u8>) -> Answer {
    shopper.send(route.method.clone(), &path(route), Some(body), &[]).await
}

#[tokio::test]
async fn broken_bodies_are_refused() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let deep = "[".repeat(5000);
    let bodies: [&[u8]; 13] = [
        b"",
        b"{",
        b"}",
        b"null",
        b"[]",
        b"3",
        b"\"text\"",
        b"{\"a\":}",
        b"{'a': 1}",
        b"\xff\xfe",
        b"\0",
        b"{\"a\": 1e999}",
        deep.as_bytes(),
    ];
    for route in routes().iter().filter(|route| route.body.is_some()) {
        for body in bodies {
            let answer = sends(&shopper, route, body.to_vec()).await;
            assert_refused(&answer, route.path);
            assert_eq!(answer.json()["code"], "40400001", "{} {}", route.path, answer.text);
        }
    }
}

#[tokio::test]
async fn values_of_wrong_types_or_sizes_are_refused() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let values = [
        json!(null),
        json!(true),
        json!("x".repeat(3000)),
        json!("%_'\"\\;--"),
        json!("\u{0}"),
        json!("🥜🥜"),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e300),
        json!([]),
        json!([null]),
        json!([[1]]),
        json!({}),
        json!({"$gt": 0}),
    ];
    for route in routes() {
        let Some(good) = route.body.as_ref().and_then(Value::as_object) else { continue };
        for field in good.keys() {
            for value in &values {
                let mut body = good.clone();
                body.insert(field.clone(), value.clone());
                let answer = sends(&shopper, &route, Value::Object(body).to_string().into_bytes()).await;
                let what = format!("{} {field}={value}", route.path);
                assert!(answer.status < 500, "{what}: {}", answer.text);
                answer.is_in_the_envelope();
                // A few of them are good values of some fields, and an unknown product is no better: just not a fault.
                let harmless = ["addressLine2", "name", "address", "amount", "recipientName", "addressLine1"];
                if !harmless.contains(&field.as_str()) {
                    assert_refused(&answer, &what);
                }
            }
        }
    }
}

#[tokio::test]
async fn odd_ids_are_refused() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let ids = [
        "0",
        "-1",
        "999999",
        "9223372036854775807",
        "9223372036854775808",
        "1.5",
        "1e3",
        "x",
        "%00",
        "%25",
        "_",
        "%27%20OR%201=1",
        "%F0%9F%A5%9C",
        "%FF%FE",
        "..%2F..",
        "%20",
    ];
    for route in routes().iter().filter(|route| route.path.contains("{n}") && !route.path.contains("categories")) {
        for id in ids {
            let body = route.body.as_ref().map(|body| body.to_string().into_bytes());
            let answer = shopper.send(route.method.clone(), &route.path.replace("{n}", id), body, &[]).await;
            assert_refused(&answer, &format!("{} {id}", route.path));
        }
    }
}

#[tokio::test]
async fn odd_categories_and_searches_are_empty_and_not_faults() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let too_long = "가".repeat(101);
    for text in ["%00", "a%0Ab", too_long.as_str()] {
        for path in [format!("/api/products/categories/{text}"), format!("/api/products?category={text}")] {
            let told = visitor.get(&path).await.refused(400, "40400001");
            assert_eq!(told[0]["field"], "category", "{path}");
        }
    }
    for text in ["%00", "%25", "_", "%27", "%F0%9F%A5%9C", "%FF%FE", "%2E%2E", "%5C", &"가".repeat(100)] {
        for path in [format!("/api/products/categories/{text}"), format!("/api/products?category={text}")] {
            let answer = visitor.get(&path).await;
            assert!(answer.status < 500, "{path}: {}", answer.text);
            answer.is_in_the_envelope();
        }
    }
    for query in
        ["minPrice=x", "maxPrice=-1", "minPrice=99999999999999999999", "status=NEW", "sort=password", "sort=price,up"]
    {
        visitor.get(&format!("/api/products?{query}")).await.refused(400, "40400001");
        if query.starts_with("sort") {
            visitor.get(&format!("/api/products/search?q=a&{query}")).await.refused(400, "40400001");
        }
    }
    let far = visitor.get("/api/products?page=4294967295&size=100").await.expect(200);
    assert_eq!(far["products"], json!([]));
}

#[tokio::test]
async fn wrong_methods_and_media_types_are_refused() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    for route in routes() {
        let answer = shopper.send(Method::TRACE, &path(&route), None, &[]).await;
        assert_eq!(answer.status, 405, "{}", route.path);
        answer.refused(405, "40500003");
        assert!(answer.header("allow").unwrap().contains(route.method.as_str()), "{}", route.path);
        if let Some(body) = &route.body {
            let body = Some(body.to_string().into_bytes());
            for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
                if route.path == "/api/users/password" && media.ends_with("urlencoded") {
                    // The one form that pages may send as such.
                    continue;
                }
                let headers = [("Content-Type", media)];
                let answer = shopper.send(route.method.clone(), &path(&route), body.clone(), &headers).await;
                answer.refused(415, "41500001");
            }
        }
    }
}

#[tokio::test]
async fn ten_megabytes_are_too_much_for_every_body() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let body = vec![b' '; 10 * 1024 * 1024];
    for route in routes().iter().filter(|route| route.body.is_some()) {
        sends(&shopper, route, body.clone()).await.refused(413, "41300001");
    }
}
