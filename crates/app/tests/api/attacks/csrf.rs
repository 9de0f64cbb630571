//! Pages of other sites that act in a shopper's name, or sign him in as somebody else.

use reqwest::Method;
use serde_json::json;

use super::super::support::{PASSWORD, TestApp};
use super::table::{Row, rows};

const LOG_IN: &str = "/api/auth/login";
/// As browsers mark what a page of another site asks for.
const ELSEWHERE: [&[(&str, &str)]; 4] = [
    &[("Origin", "https://evil.example")],
    &[("Origin", "null")],
    &[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Referer", "http://localhost:5173/")],
    &[("Sec-Fetch-Site", "cross-site")],
];

fn log_in_form() -> Vec<u8> {
    json!({ "email": "shopper1@example.com", "password": PASSWORD }).to_string().into_bytes()
}

/// A victim who shops in the attacker's account leaves his address and his orders there.
#[tokio::test]
async fn signing_a_victim_in_as_the_attacker() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let victim = app.visitor();
    for marks in ELSEWHERE {
        let answer = victim.send(Method::POST, LOG_IN, Some(log_in_form()), marks).await;
        assert_eq!((answer.status, answer.cookies().len()), (403, 0), "{marks:?}");
    }
    victim.get("/api/cart").await.refused(401, "40000001");
}

/// A form needs no permission to be sent across sites; but no form can say that it is JSON.
#[tokio::test]
async fn forms_that_look_like_json() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json"]
    {
        let answer = shopper.send(Method::POST, LOG_IN, Some(log_in_form()), &[("Content-Type", media)]).await;
        answer.refused(415, "41500001");
        assert!(answer.cookies().is_empty(), "{media}");
    }
}

/// The password form is one that pages without scripts may send: our own pages.
#[tokio::test]
async fn a_form_that_changes_a_victims_password() {
    let app = TestApp::start().await;
    let victim = app.shopper(1).await;
    let form = format!("currentPassword={PASSWORD}&newPassword=Thiefs-Night-2025@").into_bytes();
    for marks in ELSEWHERE {
        let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
        headers.extend(marks);
        let answer = victim.send(Method::PUT, "/api/users/password", Some(form.clone()), &headers).await;
        assert_eq!(answer.status, 403, "{marks:?}");
    }
    victim.post(LOG_IN, json!({ "email": "shopper1@example.com", "password": PASSWORD })).await.expect(200);
}

/// Every route that changes something, whoever is signed in, before anything happens.
#[tokio::test]
async fn any_change_that_a_page_of_another_site_asks_for() {
    let app = TestApp::start().await;
    let victim = app.shopper(1).await;
    for row in rows().iter().filter(|row| row.method != Method::GET) {
        for marks in ELSEWHERE {
            let body = row.body_for(&json!({})).map(|body| body.to_string().into_bytes());
            let path = row.path.replace(['{', '}'], "");
            let answer = victim.send(row.method.clone(), &path, body, marks).await;
            assert_eq!(
                (answer.status, answer.text.as_str()),
                (403, "Invalid CORS request"),
                "{} {marks:?}",
                row.name()
            );
        }
    }
    victim.get("/api/cart").await.expect(200);
}

/// A GET may come from anywhere: it may look, and change nothing. Of those that set cookies on purpose the Naver tests
/// have more to say.
#[tokio::test]
async fn a_picture_that_points_at_the_shop() {
    let app = TestApp::start().await;
    let victim = app.shopper(1).await;
    let almonds = app.almonds().await;
    victim.adds(almonds, 2).await.expect(201);
    let before = victim.get("/api/cart").await.text;
    let marks = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Referer", "https://evil.example/")];
    for Row { method, path, .. } in rows() {
        if method == Method::GET && path.starts_with("/api/") && !path.contains("naver") && !path.ends_with("/stream") {
            victim.send(Method::GET, &path.replace(['{', '}'], ""), None, &marks).await;
        }
    }
    assert_eq!(victim.get("/api/cart").await.text, before);
}

/// Other methods by way of a header that some frameworks listen to.
#[tokio::test]
async fn a_method_that_hides_in_a_header() {
    let app = TestApp::start().await;
    let victim = app.shopper(1).await;
    victim.adds(app.almonds().await, 2).await.expect(201);
    for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"] {
        victim.send(Method::GET, "/api/cart?_method=DELETE", None, &[(name, "DELETE")]).await.expect(200);
    }
    assert_eq!(victim.get("/api/cart").await.expect(200)["itemCount"], 1);
}
