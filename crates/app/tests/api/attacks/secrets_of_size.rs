//! Passwords that are meant to keep the server busy.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::super::support::{PASSWORD, Shopper, TestApp};

/// Much longer than any of these may take, much shorter than hashing what they bring would.
const SOON: Duration = Duration::from_secs(2);

/// Every form that takes a password, with that one in it.
fn forms(password: &str) -> Vec<(Method, &'static str, Value)> {
    let mut sign_up = super::super::support::sign_up_form(9);
    sign_up["password"] = json!(password);
    vec![
        (Method::POST, "/api/users/signup", sign_up),
        (Method::POST, "/api/auth/login", json!({"email": "shopper1@example.com", "password": password})),
        (Method::PUT, "/api/users/password", json!({"currentPassword": PASSWORD, "newPassword": password})),
        (Method::PUT, "/api/users/password", json!({"currentPassword": password, "newPassword": "Rainy-Night-2025@"})),
        (Method::POST, "/api/auth/password-reset", json!({"resetToken": "a".repeat(64), "newPassword": password})),
        (Method::POST, "/api/auth/password-reset", json!({"resetToken": password, "newPassword": PASSWORD})),
    ]
}

async fn refused_soon(shopper: &Shopper, password: &str, statuses: &[u16]) {
    for (method, path, form) in forms(password) {
        let began = Instant::now();
        let answer = shopper.send(method, path, Some(form.to_string().into_bytes()), &[]).await;
        assert!(statuses.contains(&answer.status), "{path}: {} {}", answer.status, answer.text);
        assert!(began.elapsed() < SOON, "{path} took {:?}", began.elapsed());
        answer.is_in_the_envelope();
    }
}

#[tokio::test]
async fn a_password_of_a_megabyte() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    refused_soon(&shopper, &format!("Aa1!{}", "x".repeat(1024 * 1024)), &[413]).await;
}

/// Within the bounds of a body, and beyond those of a password.
#[tokio::test]
async fn a_password_of_two_hundred_kilobytes() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    refused_soon(&shopper, &format!("Aa1!{}", "x".repeat(200 * 1024)), &[400, 401]).await;
    refused_soon(&shopper, &format!("Aa1!{}", "가".repeat(60 * 1024)), &[400, 401]).await;
}

/// The policy counts characters; the longest one that it takes is hashed and works.
#[tokio::test]
async fn the_longest_password_is_no_attack() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let longest = format!("Aa1!{}", "가".repeat(196));
    let change = json!({"currentPassword": PASSWORD, "newPassword": longest});
    shopper.put("/api/users/password", change).await.expect(200);
    let log_in = |password: String| json!({"email": "shopper1@example.com", "password": password});
    shopper.post("/api/auth/login", log_in(longest.clone())).await.expect(200);
    // Nothing of it is cut off.
    shopper.post("/api/auth/login", log_in(format!("{longest}x"))).await.refused(401, "40100000");
    let shorter: String = longest.chars().take(199).collect();
    shopper.post("/api/auth/login", log_in(shorter)).await.refused(401, "40100000");
}

/// A character that ends strings in other languages ends nothing here.
#[tokio::test]
async fn a_password_with_an_end_in_its_middle() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let change = json!({"currentPassword": PASSWORD, "newPassword": "Rainy-1!\u{0}-and-more"});
    let answer = shopper.put("/api/users/password", change).await;
    if answer.status == 200 {
        let cut = json!({"email": "shopper1@example.com", "password": "Rainy-1!"});
        shopper.post("/api/auth/login", cut).await.refused(401, "40100000");
    } else {
        answer.refused(400, "40400001");
    }
}
