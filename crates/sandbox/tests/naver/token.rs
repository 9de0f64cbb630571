use serde_json::json;

use crate::support::{CALLBACK, send, start};

#[tokio::test]
async fn a_code_becomes_tokens_once_and_expires_in_is_a_string() {
    let (_sandbox, app) = start().await;
    let code = app.code_of("hong").await;
    let body = app.exchange(&code).await.json();
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["expires_in"], json!("3600"));
    let keys: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["access_token", "expires_in", "refresh_token", "token_type"]);
    let access = body["access_token"].as_str().unwrap();
    assert!(access.starts_with("AAAA") && access.len() <= 256);
    for hard in ['+', '/', '='] {
        assert!(access.contains(hard), "{access}");
    }
    assert!(body["refresh_token"].as_str().unwrap().chars().all(char::is_alphanumeric));
    let again = app.exchange(&code).await;
    assert_eq!(again.refusal(), ("invalid_request".to_owned(), "no valid data in session".to_owned()));
}

#[tokio::test]
async fn a_wrong_pair_is_refused_with_status_200_and_leaves_the_code_alone() {
    let (_sandbox, app) = start().await;
    let code = app.code_of("hong").await;
    let wanted = ("invalid_request".to_owned(), "wrong client id / client secret pair".to_owned());
    for (id, secret) in [("sandboxclient", "wrong"), ("nobody", "sandboxsecret")] {
        let form =
            [("grant_type", "authorization_code"), ("client_id", id), ("client_secret", secret), ("code", &code)];
        assert_eq!(send(app.post("/oauth2.0/token", &form)).await.refusal(), wanted);
    }
    assert!(app.exchange(&code).await.json()["access_token"].is_string());
}

#[tokio::test]
async fn a_code_belongs_to_its_application_and_to_the_callback_if_one_is_sent() {
    let (_sandbox, app) = start().await;
    app.control("/naver/control/apps", json!({"client_id": "other", "client_secret": "secret"})).await;
    let code = app.code_of("hong").await;
    let theirs =
        [("grant_type", "authorization_code"), ("client_id", "other"), ("client_secret", "secret"), ("code", &*code)];
    assert_eq!(send(app.post("/oauth2.0/token", &theirs)).await.refusal().1, "no valid data in session");
    let elsewhere = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", "http://localhost/")];
    assert_eq!(app.token(&elsewhere).await.refusal().0, "invalid_request");
    let right = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
    assert!(app.token(&right).await.json()["access_token"].is_string());
}

#[tokio::test]
async fn get_basic_and_unknown_parameters_are_taken_too() {
    let (_sandbox, app) = start().await;
    let code = app.code_of("hong").await;
    let params = [
        ("grant_type", "authorization_code"),
        ("client_id", "sandboxclient"),
        ("client_secret", "sandboxsecret"),
        ("code", &*code),
        ("code_verifier", "tolerated"),
        ("whatever", "1"),
    ];
    assert!(send(app.get("/oauth2.0/token", &params)).await.json()["access_token"].is_string());
    let code = app.code_of("hong").await;
    let form = [("grant_type", "authorization_code"), ("code", &*code)];
    let basic = app.post("/oauth2.0/token", &form).basic_auth("sandboxclient", Some("sandboxsecret"));
    assert!(send(basic).await.json()["access_token"].is_string());
}

#[tokio::test]
async fn a_code_lives_ten_minutes() {
    let (_sandbox, app) = start().await;
    let code = app.code_of("hong").await;
    app.advance(601).await;
    assert_eq!(app.exchange(&code).await.refusal().1, "no valid data in session");
}

#[tokio::test]
async fn a_missing_or_unknown_grant_type_is_refused() {
    let (_sandbox, app) = start().await;
    assert_eq!(app.token(&[]).await.refusal().0, "invalid_request");
    assert_eq!(app.token(&[("grant_type", "password")]).await.refusal().0, "unsupported_grant_type");
}

#[tokio::test]
async fn an_access_token_lives_an_hour_and_refresh_brings_another_but_no_new_refresh_token() {
    let (_sandbox, app) = start().await;
    let (access, refresh) = app.tokens_of("hong").await;
    app.advance(3601).await;
    assert_eq!(app.me(&access).await.status, 401);
    let body = app.token(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await.json();
    let keys: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["access_token", "expires_in", "token_type"]);
    assert_eq!(app.me(body["access_token"].as_str().unwrap()).await.status, 200);
    let dead = app.token(&[("grant_type", "refresh_token"), ("refresh_token", "nothing")]).await;
    assert_eq!(dead.refusal().0, "invalid_request");
}

#[tokio::test]
async fn delete_kills_both_tokens_and_the_next_login_asks_for_consent_again() {
    let (_sandbox, app) = start().await;
    let (access, refresh) = app.tokens_of("hong").await;
    let delete = [("grant_type", "delete"), ("access_token", &*access), ("service_provider", "NAVER")];
    assert_eq!(app.token(&delete).await.json(), json!({"access_token": access, "result": "success"}));
    assert_eq!(app.me(&access).await.status, 401);
    let dead = app.token(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await;
    assert_eq!(dead.refusal().0, "invalid_request");
    assert_eq!(app.token(&delete).await.refusal().0, "invalid_request", "a second delete finds a dead token");
    let action = app.authorize(&[]).await.address_after(r#"action=""#);
    assert!(app.submit(&action, &[("id", "hong"), ("pw", "")]).await.text.contains("정보 제공 동의"));
}

#[tokio::test]
async fn revoke_answers_with_an_empty_200_and_a_wrong_application_with_401() {
    let (_sandbox, app) = start().await;
    let (access, refresh) = app.tokens_of("hong").await;
    let form = |secret, token| {
        [
            ("client_id", "sandboxclient"),
            ("client_secret", secret),
            ("token", token),
            ("token_type_hint", "refresh_token"),
        ]
    };
    assert_eq!(send(app.post("/oauth2.0/revoke", &form("wrong", &*refresh))).await.status, 401);
    assert_eq!(app.me(&access).await.status, 200);
    let revoked = send(app.post("/oauth2.0/revoke", &form("sandboxsecret", &*refresh))).await;
    assert_eq!((revoked.status, revoked.text.as_str()), (200, ""));
    assert_eq!(app.me(&access).await.status, 401, "its partner dies with it");
    let unknown = send(app.post("/oauth2.0/revoke", &form("sandboxsecret", &*refresh))).await;
    assert_eq!(unknown.status, 200);
}
