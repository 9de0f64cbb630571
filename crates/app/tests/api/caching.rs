//! What caches may keep of the shelf, and what they may not.

use reqwest::Method;
use serde_json::json;

use super::support::{Answer, Shopper, TestApp};

const SHARED: &str = "public, max-age=0, s-maxage=1";

async fn knowing(who: &Shopper, method: Method, path: &str, tag: &str) -> Answer {
    who.send(method, path, None, &[("If-None-Match", tag)]).await
}

async fn shared_reads(app: &TestApp) -> Vec<String> {
    let almonds = app.almonds().await;
    vec![
        "/api/products?size=8".to_owned(),
        format!("/api/products/{}", almonds.product),
        "/api/products/categories".to_owned(),
        "/api/products/categories/%EA%B2%AC%EA%B3%BC%EB%A5%98".to_owned(),
        "/api/products/search?q=%EC%95%84%EB%AA%AC%EB%93%9C".to_owned(),
        format!("/api/products/{}/reviews", almonds.product + 10),
    ]
}

#[tokio::test]
async fn the_shelf_may_be_kept_for_a_second_and_says_when_nothing_changed() {
    let app = TestApp::start().await;
    let (visitor, shopper) = (app.visitor(), app.shopper(1).await);
    for path in shared_reads(&app).await {
        let first = visitor.get(&path).await;
        first.expect(200);
        assert_eq!(first.header("cache-control"), Some(SHARED), "{path}");
        assert_eq!((first.header("pragma"), first.header("expires")), (None, None), "{path}");
        assert_eq!(first.header("content-type"), Some("application/json"), "{path}");
        let vary: Vec<_> = first.headers.get_all("vary").iter().map(|line| line.to_str().unwrap()).collect();
        assert!(vary.join(",").contains("Origin"), "{path}: {vary:?}");
        let tag = first.header("etag").unwrap().to_owned();
        assert!(tag.starts_with("W/\""), "{path}: {tag}");

        let own = shopper.get(&path).await;
        assert_eq!(
            (&own.text, own.header("etag")),
            (&first.text, Some(tag.as_str())),
            "{path} is the same for everybody"
        );
        assert!(own.set_cookie_lines().is_empty(), "{path}");

        for method in [Method::GET, Method::HEAD] {
            let again = knowing(&visitor, method.clone(), &path, &tag).await;
            assert_eq!((again.status, again.text.as_str()), (304, ""), "{method} {path}");
            assert_eq!(again.header("etag"), Some(tag.as_str()), "{method} {path}");
            assert_eq!(again.header("cache-control"), Some(SHARED), "{method} {path}");
            assert!(again.headers.get_all("vary").iter().count() > 0, "{method} {path}");
            let other = knowing(&visitor, method.clone(), &path, "W/\"another\"").await;
            assert_eq!((other.status, other.header("etag")), (200, Some(tag.as_str())), "{method} {path}");
        }
        let head = visitor.send(Method::HEAD, &path, None, &[]).await;
        assert_eq!((head.status, head.text.as_str(), head.header("etag")), (200, "", Some(tag.as_str())), "{path}");
    }
}

#[tokio::test]
async fn a_page_of_another_origin_that_may_call_is_told_so_in_every_answer() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let origin = ("Origin", "http://localhost:5173");
    let first = visitor.send(Method::GET, "/api/products", None, &[origin]).await;
    let tag = first.header("etag").unwrap();
    let again = visitor.send(Method::GET, "/api/products", None, &[origin, ("If-None-Match", tag)]).await;
    for answer in [&first, &again] {
        assert_eq!(answer.header("access-control-allow-origin"), Some("http://localhost:5173"));
    }
    assert_eq!((first.status, again.status), (200, 304));
}

#[tokio::test]
async fn what_was_committed_is_seen_at_once() {
    let app = TestApp::start().await;
    let (visitor, buyer) = (app.visitor(), app.shopper(1).await);
    let almonds = app.almonds().await;
    let page = format!("/api/products/{}", almonds.product);
    for left in 1..=5 {
        let tag = visitor.get(&page).await.header("etag").unwrap().to_owned();
        let order = buyer.places_order(&[(almonds, 1)]).await.expect(201);
        for path in [&page, "/api/products?size=100"] {
            let fresh = knowing(&visitor, Method::GET, path, &tag).await.expect(200);
            let product = fresh["products"]
                .as_array()
                .map_or(Some(&fresh), |products| products.iter().find(|product| product["id"] == almonds.product));
            let variant =
                product.unwrap()["variants"].as_array().unwrap().iter().find(|it| it["id"] == almonds.variant);
            assert_eq!(variant.unwrap()["reservedStock"], left, "{path}");
        }
        assert!(order["orderNumber"].is_i64());
    }
}

#[tokio::test]
async fn nothing_else_is_kept() {
    let app = TestApp::start().await;
    let (visitor, shopper) = (app.visitor(), app.shopper(1).await);
    let almonds = app.almonds().await;
    for (who, path) in [
        (&visitor, "/api/products/999999"),
        (&visitor, "/api/products?sort=password"),
        (&visitor, "/api/products/search"),
        (&visitor, "/api/products/999999/reviews"),
        (&shopper, "/api/cart"),
        (&shopper, "/api/users/me/reviewable"),
        (&shopper, &format!("/api/products/{}/reviews/mine", almonds.product)),
    ] {
        let answer = knowing(who, Method::GET, path, "*").await;
        let kept = answer.header("cache-control").unwrap();
        assert!(kept.contains("no-store") && answer.header("etag").is_none() && answer.status != 304, "{path}: {kept}");
    }
    let refused = visitor.post(&format!("/api/products/{}/reviews", almonds.product), json!({})).await;
    assert!(refused.header("cache-control").unwrap().contains("no-store"));
}
