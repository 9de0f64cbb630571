use serde_json::json;

use crate::support::{send, start};

#[tokio::test]
async fn the_profile_is_nested_and_holds_what_was_agreed_to() {
    let (_sandbox, app) = start().await;
    let (access, _) = app.tokens_of("hong").await;
    let body = app.me(&access).await.json();
    assert_eq!((&body["resultcode"], &body["message"]), (&json!("00"), &json!("success")));
    let response = &body["response"];
    assert!(!response["id"].as_str().unwrap().is_empty());
    assert_eq!(response["name"], "홍길동");
    assert_eq!(response["nickname"], "길동이");
    assert_eq!(response["email"], "hong@naver.com");
    assert_eq!(response["mobile"], "010-1234-5678");
    assert_eq!(response["mobile_e164"], "+821012345678");
    assert_eq!((&response["gender"], &response["age"]), (&json!("M"), &json!("40-49")));
    assert_eq!((&response["birthday"], &response["birthyear"]), (&json!("10-01"), &json!("1980")));
}

#[tokio::test]
async fn a_refused_item_is_absent_and_not_null() {
    let (_sandbox, app) = start().await;
    let back = app.authorize(&[("sandbox_user", "hong"), ("sandbox_items", "nickname")]).await;
    let access = app.exchange(&back.code()).await.json()["access_token"].as_str().unwrap().to_owned();
    let body = app.me(&access).await.json();
    let keys: Vec<_> = body["response"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "nickname"]);
}

#[tokio::test]
async fn who_chose_no_nickname_is_shown_masked() {
    let (_sandbox, app) = start().await;
    let (access, _) = app.tokens_of("park").await;
    let body = app.me(&access).await.json();
    assert_eq!(body["response"]["nickname"], "pa***");
    assert_eq!(body["response"].get("email"), None);
}

#[tokio::test]
async fn one_person_has_the_same_id_every_time_and_another_one_at_another_application() {
    let (_sandbox, app) = start().await;
    app.control("/naver/control/apps", json!({"client_id": "other", "client_secret": "secret"})).await;
    let (first, _) = app.tokens_of("hong").await;
    let (second, _) = app.tokens_of("hong").await;
    let code = app.authorize(&[("client_id", "other"), ("sandbox_user", "hong")]).await.code();
    let form =
        [("grant_type", "authorization_code"), ("client_id", "other"), ("client_secret", "secret"), ("code", &*code)];
    let other = send(app.post("/oauth2.0/token", &form)).await.json();
    let id = async |token: &str| app.me(token).await.json()["response"]["id"].as_str().unwrap().to_owned();
    assert_eq!(id(&first).await, id(&second).await);
    assert_ne!(id(&first).await, id(other["access_token"].as_str().unwrap()).await);
}

#[tokio::test]
async fn post_and_a_token_in_the_query_work_too() {
    let (_sandbox, app) = start().await;
    let (access, _) = app.tokens_of("hong").await;
    assert_eq!(send(app.post("/v1/nid/me", &[]).bearer_auth(&access)).await.status, 200);
    assert_eq!(send(app.get("/v1/nid/me", &[("access_token", &access)])).await.status, 200);
}

#[tokio::test]
async fn refusals_carry_a_result_code() {
    let (_sandbox, app) = start().await;
    let dead = app.me("AAAAdead+token/1=").await;
    let wanted = json!({"resultcode": "024", "message": "Authentication failed (인증 실패하였습니다.)"});
    assert_eq!((dead.status, dead.json()), (401, wanted));
    let bare = send(app.get("/v1/nid/me", &[])).await;
    assert_eq!((bare.status, bare.json()["resultcode"].clone()), (401, json!("028")));
    let (access, _) = app.tokens_of("hong").await;
    app.control("/naver/control/apps", json!({"client_id": "sandboxclient", "profile_api": false})).await;
    let forbidden = app.me(&access).await;
    assert_eq!((forbidden.status, forbidden.json()["resultcode"].clone()), (403, json!("403")));
}

#[tokio::test]
async fn the_token_check_tells_what_was_agreed_to() {
    let (_sandbox, app) = start().await;
    let back = app.authorize(&[("sandbox_user", "hong"), ("sandbox_items", "email,nickname")]).await;
    let access = app.exchange(&back.code()).await.json()["access_token"].as_str().unwrap().to_owned();
    let plain = send(app.get("/v1/nid/verify", &[]).bearer_auth(&access)).await;
    assert_eq!(plain.json(), json!({"resultcode": "00", "message": "success"}));
    let full = send(app.get("/v1/nid/verify", &[("info", "true")]).bearer_auth(&access)).await.json();
    assert_eq!(full["response"]["token"], json!(access));
    assert_eq!(full["response"]["allowed_profile"], "profile/email,profile/nickname");
    assert_eq!(send(app.get("/v1/nid/verify", &[]).bearer_auth("dead")).await.status, 401);
}
