use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};

use crate::support::{Answer, App, CALLBACK, send, start};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()))
}

async fn authorize(app: &App, more: &[(&str, &str)]) -> Answer {
    let mut params = vec![
        ("response_type", "code"),
        ("client_id", "sandboxclient"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile"),
        ("state", "abc"),
        ("sandbox_user", "hong"),
    ];
    for (name, value) in more {
        params.retain(|(known, _)| known != name);
        params.push((name, value));
    }
    send(app.get("/oauth2/authorize", &params)).await
}

async fn exchange(app: &App, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut form = vec![("grant_type", "authorization_code"), ("client_id", "sandboxclient"), ("code", code)];
    form.extend(more);
    send(app.post("/oauth2/token", &form)).await
}

/// The claims of a token whose signature fits the published key.
async fn claims(app: &App, token: &str) -> Value {
    let keys = send(app.get("/oauth2/jwks", &[])).await.json();
    let key = &keys["keys"][0];
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (head, body) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&part(head)).unwrap();
    assert_eq!((&header["alg"], &header["kid"]), (&json!("RS256"), &key["kid"]));
    let public = RsaPublicKeyComponents { n: part(key["n"].as_str().unwrap()), e: part(key["e"].as_str().unwrap()) };
    public.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &part(signature)).unwrap();
    serde_json::from_slice(&part(body)).unwrap()
}

#[tokio::test]
async fn discovery_names_every_endpoint_under_the_issuer() {
    let (sandbox, app) = start().await;
    let found = send(app.get("/.well-known/openid-configuration", &[])).await.json();
    let issuer = sandbox.naver_url();
    assert_eq!(found["issuer"], json!(issuer));
    assert_eq!(found["authorization_endpoint"], json!(format!("{issuer}/oauth2/authorize")));
    assert_eq!(found["token_endpoint"], json!(format!("{issuer}/oauth2/token")));
    assert_eq!(found["jwks_uri"], json!(format!("{issuer}/oauth2/jwks")));
    assert_eq!(found["userinfo_endpoint"], json!(format!("{issuer}/v1/nid/me")));
    assert_eq!(found["id_token_signing_alg_values_supported"], json!(["RS256"]));
    assert_eq!(found["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(found["token_endpoint_auth_methods_supported"], json!(["client_secret_post", "none"]));
    assert_eq!(send(app.get("/.well-known/jwks.json", &[])).await.status, 404);
}

#[tokio::test]
async fn the_identity_token_is_signed_and_holds_no_more_than_it_must() {
    let (sandbox, app) = start().await;
    let challenge = challenge();
    let pkce = [("code_challenge", &*challenge), ("code_challenge_method", "S256")];
    let code = authorize(&app, &pkce).await.code();
    let body = exchange(&app, &code, &[("client_secret", "sandboxsecret"), ("code_verifier", VERIFIER)]).await.json();
    let claims = claims(&app, body["id_token"].as_str().unwrap()).await;
    let keys: Vec<_> = claims.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["aud", "exp", "iat", "iss", "sub"]);
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(sandbox.naver_url()), &json!("sandboxclient")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    let me = app.me(body["access_token"].as_str().unwrap()).await.json();
    assert_eq!(me.get("sub"), None);
    assert_ne!(me["response"]["id"], claims["sub"], "the two must not be mixed up");
}

#[tokio::test]
async fn a_nonce_comes_back_unless_the_application_is_set_up_without() {
    let (_sandbox, app) = start().await;
    let secret = [("client_secret", "sandboxsecret")];
    let code = authorize(&app, &[("nonce", "n-1")]).await.code();
    let body = exchange(&app, &code, &secret).await.json();
    assert_eq!(claims(&app, body["id_token"].as_str().unwrap()).await["nonce"], "n-1");
    app.control("/naver/control/apps", json!({"client_id": "sandboxclient", "id_token_nonce": false})).await;
    let code = authorize(&app, &[("nonce", "n-1")]).await.code();
    let body = exchange(&app, &code, &secret).await.json();
    assert_eq!(claims(&app, body["id_token"].as_str().unwrap()).await.get("nonce"), None);
}

#[tokio::test]
async fn a_challenge_needs_its_verifier_and_makes_the_secret_unnecessary() {
    let (_sandbox, app) = start().await;
    let challenge = challenge();
    let pkce = [("code_challenge", &*challenge), ("code_challenge_method", "S256")];
    let code = authorize(&app, &pkce).await.code();
    let secret = ("client_secret", "sandboxsecret");
    assert_eq!(exchange(&app, &code, &[secret]).await.refusal().0, "invalid_grant");
    assert_eq!(exchange(&app, &code, &[secret, ("code_verifier", "wrong")]).await.refusal().0, "invalid_grant");
    assert!(exchange(&app, &code, &[("code_verifier", VERIFIER)]).await.json()["id_token"].is_string());
}

#[tokio::test]
async fn without_challenge_and_secret_nobody_gets_a_token() {
    let (_sandbox, app) = start().await;
    let code = authorize(&app, &[]).await.code();
    assert_eq!(exchange(&app, &code, &[]).await.refusal().0, "invalid_request");
    assert_eq!(exchange(&app, &code, &[("code_verifier", VERIFIER)]).await.refusal().0, "invalid_request");
}

#[tokio::test]
async fn scope_has_to_name_openid_and_the_challenge_has_to_be_hashed() {
    let (_sandbox, app) = start().await;
    assert_eq!(authorize(&app, &[("scope", "profile")]).await.error(), "invalid_scope");
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    assert_eq!(authorize(&app, &plain).await.error(), "invalid_request");
}

#[tokio::test]
async fn the_token_endpoint_takes_nothing_but_post_and_the_classic_one_gives_no_identity_token() {
    let (_sandbox, app) = start().await;
    assert_eq!(send(app.get("/oauth2/token", &[])).await.status, 405);
    let code = authorize(&app, &[]).await.code();
    let body = app.exchange(&code).await.json();
    assert!(body["access_token"].is_string());
    assert_eq!(body.get("id_token"), None);
}

#[tokio::test]
async fn the_pages_lead_through_the_openid_flow_too() {
    let (_sandbox, app) = start().await;
    let login = authorize(&app, &[("sandbox_user", ""), ("nonce", "n-2")]).await;
    let consent = app.submit(&login.address_after(r#"action=""#), &[("id", "kim"), ("pw", "")]).await;
    let back = app.submit(&consent.address_after(r#"action=""#), &[("login", "kim"), ("action", "agree")]).await;
    let body = exchange(&app, &back.code(), &[("client_secret", "sandboxsecret")]).await.json();
    assert_eq!(claims(&app, body["id_token"].as_str().unwrap()).await["nonce"], "n-2");
}
