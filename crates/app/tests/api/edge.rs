//! What stands around every route.

use reqwest::{Client, Method, redirect};
use serde_json::json;

use super::support::TestApp;

const PAGE: &str = "http://localhost:5173";

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let nobody = (Some("no-cache, no-store, max-age=0, must-revalidate"), Some("no-cache"));
    let everybody = (Some("public, max-age=0, s-maxage=1"), None);
    for (path, kept_by) in
        [("/healthz", nobody), ("/api/products", everybody), ("/api/cart", nobody), ("/nowhere", nobody)]
    {
        let answer = visitor.get(path).await;
        answer.is_in_the_envelope();
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(answer.header("x-xss-protection"), Some("0"), "{path}");
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), kept_by, "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin-when-cross-origin"), "{path}");
        assert_eq!(answer.header("permissions-policy"), Some("camera=(), microphone=(), geolocation=()"), "{path}");
        let policy = Some("default-src 'none'; frame-ancestors 'none'");
        assert_eq!(answer.header("content-security-policy"), policy, "{path}");
        assert_eq!(answer.header("strict-transport-security"), None, "{path}");
        assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 36), "{path}");
    }
}

/// A page or a picture of ours brings a policy of its own, or needs none.
#[tokio::test]
async fn only_json_is_forbidden_to_be_anything_else() {
    let app = TestApp::start().await;
    let picture = app.visitor().get("/images/products/almond.svg").await;
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/svg+xml")));
    assert_eq!(picture.header("content-security-policy"), None);
    assert_eq!(picture.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_even_without_saying_its_origin() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    shopper.adds(app.almonds().await, 1).await.expect(201);
    let shopper = &shopper;
    let empties = |site: &'static str| async move {
        shopper.send(Method::DELETE, "/api/cart", None, &[("Sec-Fetch-Site", site)]).await
    };
    let refused = empties("cross-site").await;
    assert_eq!((refused.status, refused.text.as_str()), (403, "Invalid CORS request"));
    let looks = shopper.send(Method::GET, "/api/cart", None, &[("Sec-Fetch-Site", "cross-site")]).await;
    assert_eq!(looks.expect(200)["itemCount"], 1);
    for site in ["same-origin", "same-site", "none"] {
        empties(site).await.expect(200);
    }
    // A webhook or a script says nothing of a site.
    shopper.delete("/api/cart").await.expect(200);
}

#[tokio::test]
async fn a_proxys_request_id_is_kept_if_it_is_a_plain_one() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let kept = visitor.send(Method::GET, "/healthz", None, &[("X-Request-Id", "edge-0123456789")]).await;
    assert_eq!(kept.header("x-request-id"), Some("edge-0123456789"));
    let forged = visitor.send(Method::GET, "/healthz", None, &[("X-Request-Id", "a b; c=d, 123")]).await;
    assert_eq!(forged.header("x-request-id").map(str::len), Some(36));
}

#[tokio::test]
async fn a_listed_page_may_call_and_read_errors_too() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for path in ["/api/products", "/api/cart", "/nowhere"] {
        let answer = visitor.send(Method::GET, path, None, &[("Origin", PAGE)]).await;
        answer.is_in_the_envelope();
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"), "{path}");
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(["ETag", "Retry-After"].iter().all(|name| exposed.contains(name)), "{path}: {exposed}");
        let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(vary.contains(&"Origin"), "{path}: {vary:?}");
    }
    let own = visitor.send(Method::POST, "/api/auth/logout", None, &[("Origin", &app.base)]).await;
    own.expect(200);
    assert_eq!(own.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_foreign_page_is_turned_away_before_anything_happens() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    shopper.adds(app.almonds().await, 1).await.expect(201);
    for origin in ["https://evil.example", "null", "http://localhost:5173.evil.example"] {
        let answer = shopper.send(Method::DELETE, "/api/cart", None, &[("Origin", origin)]).await;
        assert_eq!((answer.status, answer.text.as_str()), (403, "Invalid CORS request"), "{origin}");
        assert!(answer.header("content-type").unwrap().starts_with("text/plain"), "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
    }
    let forwarded =
        [("Origin", "https://evil.example"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https")];
    assert_eq!(shopper.send(Method::DELETE, "/api/cart", None, &forwarded).await.status, 403);
    assert_eq!(shopper.get("/api/cart").await.expect(200)["itemCount"], 1);
}

#[tokio::test]
async fn a_preflight_says_what_a_page_may_send() {
    let app = TestApp::start().await;
    let preflight = |origin, method| {
        let visitor = app.visitor();
        async move {
            let headers = [
                ("Origin", origin),
                ("Access-Control-Request-Method", method),
                ("Access-Control-Request-Headers", "content-type,x-other"),
            ];
            visitor.send(Method::OPTIONS, "/api/cart/selected", None, &headers).await
        }
    };
    let answer = preflight(PAGE, "DELETE").await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST, PUT, PATCH, DELETE, OPTIONS"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("content-type,x-other"));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(answer.header("access-control-max-age"), Some("3600"));
    assert_eq!(preflight("https://evil.example", "DELETE").await.status, 403);
    assert_eq!(preflight(PAGE, "TRACE").await.status, 403);
}

#[tokio::test]
async fn behind_tls_browsers_are_told_to_stay_there() {
    let public = "https://energy-factory.kr";
    let app = TestApp::start_with(&[("EF__HTTP__PUBLIC_URL", public)]).await;
    let answer = app.visitor().send(Method::GET, "/api/products?size=1", None, &[("Origin", public)]).await;
    let image = answer.expect(200)["products"][0]["imageUrl"].clone();
    assert!(image.as_str().unwrap().starts_with(public), "{image}");
    assert!(answer.header("strict-transport-security").is_some());
}

#[tokio::test]
async fn unknown_addresses_and_wrong_methods_are_told_apart_from_strangers() {
    let app = TestApp::start().await;
    let (shopper, visitor) = (app.shopper(1).await, app.visitor());
    for path in ["/api/nowhere", "/api/users/nobody", "/api/orders/1/2/3", "/api", "/api/productsx"] {
        visitor.get(path).await.refused(401, "40000001");
        shopper.get(path).await.refused(404, "40500002");
    }
    for path in ["/api/products/1/2", "/api/auth/nowhere", "/nowhere", "/index.html", "/images/products/none.svg"] {
        visitor.get(path).await.refused(404, "40500002");
    }
    visitor.send(Method::PUT, "/api/cart", None, &[]).await.refused(401, "40000001");
    let refused = shopper.send(Method::PUT, "/api/cart", None, &[]).await;
    refused.refused(405, "40500003");
    assert_eq!(refused.header("allow"), Some("GET, HEAD, POST, DELETE"));
    let login = visitor.get("/api/auth/login").await;
    login.refused(405, "40500003");
    assert_eq!(login.header("allow"), Some("POST"));
}

#[tokio::test]
async fn machines_can_ask_how_it_is() {
    let app = TestApp::start().await;
    app.visitor().get("/healthz").await.expect(200);
    app.visitor().get("/readyz").await.expect(200);
}

#[tokio::test]
async fn whatever_can_be_got_can_be_asked_for_its_head() {
    let app = TestApp::start().await;
    let (shopper, visitor) = (app.shopper(1).await, app.visitor());
    let product = format!("/api/products/{}", app.almonds().await.product);
    for path in ["/healthz", "/readyz", "/api/products", &product, "/images/products/almond.svg", "/api/cart"] {
        let (whole, head) = (shopper.get(path).await, shopper.send(Method::HEAD, path, None, &[]).await);
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
        for name in ["content-type", "content-length", "cache-control", "etag"] {
            assert_eq!(head.header(name), whole.header(name), "{path}: {name}");
        }
    }
    for (path, status) in [("/api/cart", 401), ("/nowhere", 404), ("/api/auth/login", 405)] {
        let head = visitor.send(Method::HEAD, path, None, &[]).await;
        assert_eq!((head.status, head.text.as_str()), (status, ""), "{path}");
    }
}

#[tokio::test]
async fn a_broken_off_payment_leads_to_the_page_that_exists() {
    let app = TestApp::start().await;
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let answer = client.get(format!("{}/fail?code=PAY_PROCESS_CANCELED&orderId=1", app.base)).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let place = answer.headers()["location"].to_str().unwrap();
    assert_eq!(place, format!("{PAGE}/order-fail?code=PAY_PROCESS_CANCELED&orderId=1"));
}

#[tokio::test]
async fn the_session_is_asked_for_before_the_body() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for path in ["/api/cart", "/api/orders", "/api/payments/toss/confirm"] {
        let answer = visitor.send(Method::POST, path, Some(b"{{{".to_vec()), &[]).await;
        answer.refused(401, "40000001");
        visitor.post(path, json!({})).await.refused(401, "40000001");
    }
}
