use std::time::{Duration, Instant};

use crate::support::{send, start};

#[tokio::test]
async fn an_error_with_status_200_and_a_500_leave_the_code_unspent() {
    let (_sandbox, app) = start().await;
    let code = app.code_of("hong").await;
    app.fault("token", "error_200").await;
    assert_eq!(app.exchange(&code).await.refusal().0, "server_error");
    app.fault("token", "http_500").await;
    assert_eq!(app.exchange(&code).await.status, 500);
    assert!(app.exchange(&code).await.json()["access_token"].is_string());
}

#[tokio::test]
async fn garbage_and_a_broken_connection_come_after_the_code_was_spent() {
    let (_sandbox, app) = start().await;
    let code = app.code_of("hong").await;
    app.fault("token", "garbage").await;
    let answer = app.exchange(&code).await;
    assert!(answer.status == 200 && answer.text.starts_with("<!doctype html>"));
    assert_eq!(app.exchange(&code).await.refusal().1, "no valid data in session");
    let code = app.code_of("hong").await;
    app.fault("token", "execute_then_drop").await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "sandboxclient"),
        ("client_secret", "sandboxsecret"),
        ("code", &*code),
    ];
    assert!(app.post("/oauth2.0/token", &form).send().await.is_err());
    assert_eq!(app.exchange(&code).await.refusal().1, "no valid data in session");
}

#[tokio::test]
async fn a_delay_withholds_the_answer() {
    let (_sandbox, app) = start().await;
    let (access, _) = app.tokens_of("hong").await;
    app.fault("profile", "delay").await;
    let asked = Instant::now();
    assert_eq!(app.me(&access).await.status, 200);
    assert!(asked.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn the_profile_fails_in_its_own_words() {
    let (_sandbox, app) = start().await;
    let (access, _) = app.tokens_of("hong").await;
    app.fault("profile", "error_200").await;
    let soft = app.me(&access).await;
    assert_eq!((soft.status, soft.json()["resultcode"].as_str()), (200, Some("500")));
    app.fault("profile", "http_500").await;
    assert_eq!(app.me(&access).await.status, 500);
    app.fault("profile", "garbage").await;
    assert!(app.me(&access).await.content_type.starts_with("text/html"));
    assert_eq!(app.me(&access).await.status, 200);
    let waiting = send(app.get("/control/faults", &[])).await.json();
    assert!(waiting.as_array().unwrap().is_empty());
}
