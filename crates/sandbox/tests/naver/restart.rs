use ef_sandbox::SandboxConfig;
use serde_json::json;

use crate::support::{send, start_with};

#[tokio::test]
async fn people_links_codes_and_tokens_outlive_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let config = || SandboxConfig { data_dir: Some(folder.path().to_owned()), ..SandboxConfig::for_tests() };
    let (sandbox, app) = start_with(config()).await;
    let (access, refresh) = app.tokens_of("somebody.new").await;
    let before = app.me(&access).await.json();
    let code = app.code_of("hong").await;
    app.fault("profile", "http_500").await;
    sandbox.stop().await;

    let (_sandbox, app) = start_with(config()).await;
    assert_eq!(app.me(&access).await.status, 500, "an ordered fault still strikes");
    assert_eq!(app.me(&access).await.json(), before);
    assert!(app.exchange(&code).await.json()["access_token"].is_string());
    let refreshed = app.token(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await.json();
    assert!(refreshed["access_token"].is_string());
    let logins = send(app.get("/control/logins", &[])).await.json();
    assert_eq!(logins.as_array().unwrap().len(), 2);
    assert_eq!(logins[0]["login"], "hong");
}

#[tokio::test]
async fn a_reset_forgets_people_and_tokens() {
    let (_sandbox, app) = start_with(SandboxConfig::for_tests()).await;
    let (access, _) = app.tokens_of("somebody.new").await;
    app.control("/reset", json!({})).await;
    assert_eq!(app.me(&access).await.status, 401);
    let people = send(app.get("/control/people", &[])).await.json();
    assert_eq!(people.as_array().unwrap().len(), 4);
    let logins = send(app.get("/control/logins", &[])).await.json();
    assert_eq!(logins, json!([]));
}
