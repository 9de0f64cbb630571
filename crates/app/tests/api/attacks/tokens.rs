//! Tokens that are forged, of the wrong kind, out of their time, or somebody else's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};

use super::super::reset::token_by_mail;
use super::super::support::{Answer, Shopper, TestApp};

const CART: &str = "/api/cart";
const REFRESH: &str = "/api/auth/refresh";

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The three parts of an access token: header, claims, signature.
fn parts(token: &str) -> (Value, Value, String) {
    let parts: Vec<&str> = token.split('.').collect();
    (decoded(parts[0]), decoded(parts[1]), parts[2].to_owned())
}

/// The claims signed with that key, under that header.
fn signed(header: &Header, claims: &Value, key: &[u8]) -> String {
    encode(header, claims, &EncodingKey::from_secret(key)).unwrap()
}

fn header_of(kid: &str, algorithm: Algorithm) -> Header {
    Header { kid: Some(kid.to_owned()), ..Header::new(algorithm) }
}

/// In the header, where pages put nothing, and in the cookie.
async fn opens(app: &TestApp, token: &str) -> [Answer; 2] {
    let bearer = format!("Bearer {token}");
    let by_header = app.visitor().send(Method::GET, CART, None, &[("Authorization", &bearer)]).await;
    let visitor = app.visitor();
    visitor.set_cookie("accessToken", Some(token));
    [by_header, visitor.get(CART).await]
}

async fn opens_nothing(app: &TestApp, token: &str) {
    for answer in opens(app, token).await {
        answer.refused(401, "40000001");
    }
}

fn access(shopper: &Shopper) -> String {
    shopper.cookie("accessToken").unwrap()
}

fn refresh(shopper: &Shopper) -> String {
    shopper.cookie("refreshToken").unwrap()
}

async fn renews(app: &TestApp, token: &str) -> Answer {
    let visitor = app.visitor();
    visitor.set_cookie("refreshToken", Some(token));
    visitor.post(REFRESH, json!({})).await
}

#[tokio::test]
async fn a_refresh_token_as_an_access_token() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    opens_nothing(&app, &refresh(&shopper)).await;
}

#[tokio::test]
async fn an_access_token_as_a_refresh_token() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let answer = renews(&app, &access(&shopper)).await;
    answer.refused(400, "40100005");
    assert!(answer.cookies().iter().all(|(_, value)| value.is_empty()), "{:?}", answer.cookies());
    shopper.get(CART).await.expect(200);
}

#[tokio::test]
async fn a_reset_token_as_either_of_them_and_either_of_them_as_a_reset_token() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let visitor = app.visitor();
    let token = token_by_mail(&app, &visitor).await;
    opens_nothing(&app, &token).await;
    assert_eq!(renews(&app, &token).await.status / 100, 4);
    // Nor the session's name before it, which every access token tells.
    let session = refresh(&shopper).split('.').next().unwrap().to_owned();
    renews(&app, &format!("{session}.{token}")).await.refused(401, "40100003");
    for other in [access(&shopper), refresh(&shopper), session] {
        let body = json!({ "resetToken": other, "newPassword": "Rainy-Night-2025@" });
        visitor.post("/api/auth/password-reset", body).await.refused(400, "40700003");
    }
}

#[tokio::test]
async fn a_token_that_says_it_needs_no_signature() {
    let app = TestApp::start().await;
    let token = access(&app.shopper(1).await);
    let (header, claims, signature) = parts(&token);
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let mut header = header.clone();
        header["alg"] = json!(algorithm);
        for signature in ["", &signature] {
            opens_nothing(&app, &format!("{}.{}.{signature}", encoded(&header), encoded(&claims))).await;
        }
        opens_nothing(&app, &format!("{}.{}", encoded(&header), encoded(&claims))).await;
    }
}

/// There is no public key that could be taken for the secret one; what an attacker knows is the key's name.
#[tokio::test]
async fn a_token_signed_with_whatever_everybody_knows() {
    let app = TestApp::start().await;
    let token = access(&app.shopper(1).await);
    let (header, claims, _) = parts(&token);
    let kid = header["kid"].as_str().unwrap();
    let everybody: [&[u8]; 6] = [b"", b"secret", kid.as_bytes(), b"energy-factory", b"energy-factory-api", b"null"];
    for key in everybody {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            opens_nothing(&app, &signed(&header_of(kid, algorithm), &claims, key)).await;
        }
    }
}

#[tokio::test]
async fn a_token_of_another_algorithm() {
    let app = TestApp::start().await;
    let token = access(&app.shopper(1).await);
    let (header, claims, signature) = parts(&token);
    for algorithm in ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "HS384", "HS512", "hs256"] {
        let mut header = header.clone();
        header["alg"] = json!(algorithm);
        opens_nothing(&app, &format!("{}.{}.{signature}", encoded(&header), encoded(&claims))).await;
    }
    // Even with the right key: which algorithm counts is the server's choice.
    let kid = header["kid"].as_str().unwrap();
    let key = app.key("access");
    opens_nothing(&app, &signed(&header_of(kid, Algorithm::HS512), &claims, &key)).await;
}

#[tokio::test]
async fn a_token_whose_key_id_leads_elsewhere() {
    let app = TestApp::start().await;
    let token = access(&app.shopper(1).await);
    let (_, claims, _) = parts(&token);
    for kid in
        ["", "../../../../dev/null", "/proc/sys/kernel/randomize_va_space", "' UNION SELECT '' --", "0", "refresh"]
    {
        for key in [&b""[..], &b"0\n"[..], &app.key("refresh")] {
            opens_nothing(&app, &signed(&header_of(kid, Algorithm::HS256), &claims, key)).await;
        }
    }
    // A key that the token brings itself.
    let (mut header, ..) = parts(&token);
    header["jwk"] = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode("mine"), "alg": "HS256" });
    header["jku"] = json!("https://evil.example/keys.json");
    let head = encoded(&header);
    let own = signed(&header_of(header["kid"].as_str().unwrap(), Algorithm::HS256), &claims, b"mine");
    let signature = own.rsplit('.').next().unwrap();
    opens_nothing(&app, &format!("{head}.{}.{signature}", encoded(&claims))).await;
}

/// Signed with the right key, as a stolen backup would allow.
#[tokio::test]
async fn a_token_of_yesterday_or_of_tomorrow() {
    let app = TestApp::start().await;
    let token = access(&app.shopper(1).await);
    let (header, claims, _) = parts(&token);
    let (header, key) = (header_of(header["kid"].as_str().unwrap(), Algorithm::HS256), app.key("access"));
    let forged = |changes: &[(&str, i64)]| {
        let mut claims = claims.clone();
        for (claim, by) in changes {
            claims[*claim] = json!(claims[*claim].as_i64().unwrap() + by);
        }
        signed(&header, &claims, &key)
    };
    for answer in opens(&app, &forged(&[])).await {
        answer.expect(200);
    }
    opens_nothing(&app, &forged(&[("exp", -86_400)])).await;
    opens_nothing(&app, &forged(&[("exp", -700), ("iat", -700), ("nbf", -700)])).await;
    opens_nothing(&app, &forged(&[("nbf", 3600)])).await;
    opens_nothing(&app, &forged(&[("iat", 3600), ("exp", 3600)])).await;
}

/// A signature alone is not enough: session and epoch have to stand as well.
#[tokio::test]
async fn a_token_for_somebody_elses_account_or_of_no_session() {
    let app = TestApp::start().await;
    let (thief, victim) = (app.shopper(1).await, app.shopper(2).await);
    let (_, victims, _) = parts(&access(&victim));
    let (header, claims, signature) = parts(&access(&thief));
    let mut forged = claims.clone();
    forged["sub"] = victims["sub"].clone();
    opens_nothing(&app, &format!("{}.{}.{signature}", encoded(&header), encoded(&forged))).await;

    let (header, key) = (header_of(header["kid"].as_str().unwrap(), Algorithm::HS256), app.key("access"));
    for (claim, value) in [
        ("sid", json!("0".repeat(32))),
        ("sid", json!("")),
        ("epoch", json!(7)),
        ("epoch", json!(-1)),
        ("sub", json!("999999")),
        ("sub", json!("-1")),
        ("sub", json!("1 OR 1=1")),
    ] {
        let mut forged = claims.clone();
        forged[claim] = value.clone();
        let answers = opens(&app, &signed(&header, &forged, &key)).await;
        assert!(answers.iter().all(|answer| answer.status == 401), "{claim}: {value}");
    }
}

#[tokio::test]
async fn a_role_in_a_token() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let (header, mut claims, _) = parts(&access(&shopper));
    for claim in ["role", "roles", "authorities", "scope", "is_admin"] {
        claims[claim] = json!("ADMIN");
    }
    let header = header_of(header["kid"].as_str().unwrap(), Algorithm::HS256);
    let bearer = format!("Bearer {}", signed(&header, &claims, &app.key("access")));
    let visitor = app.visitor();
    let me = visitor.send(Method::GET, "/api/users/me", None, &[("Authorization", &bearer)]).await;
    assert_eq!(me.expect(200)["role"], "USER");
    let answer = visitor.send(Method::GET, "/api/admin/anything", None, &[("Authorization", &bearer)]).await;
    answer.refused(403, "40300003");
}

/// The thief copies the cookie; the victim goes on; the thief comes back with his copy.
#[tokio::test]
async fn a_stolen_refresh_token_after_the_victim_has_renewed_his_own() {
    let app = TestApp::start_with(&[("EF__SESSION__GRACE_SECONDS", "0")]).await;
    let victim = app.shopper(1).await;
    let stolen = refresh(&victim);
    victim.post(REFRESH, json!({})).await.expect(200);
    renews(&app, &stolen).await.refused(401, "40100003");
    // Which of the two is the thief nobody can tell: both are out, at once.
    victim.get(CART).await.refused(401, "40000001");
    victim.post(REFRESH, json!({})).await.refused(401, "40100003");
}

/// The thief is quicker: the victim's next renewal gives him away.
#[tokio::test]
async fn a_stolen_refresh_token_before_the_victim_renews_his_own() {
    let app = TestApp::start_with(&[("EF__SESSION__GRACE_SECONDS", "0")]).await;
    let victim = app.shopper(1).await;
    let thief = app.visitor();
    thief.set_cookie("refreshToken", Some(&refresh(&victim)));
    thief.post(REFRESH, json!({})).await.expect(200);
    thief.get(CART).await.expect(200);
    victim.post(REFRESH, json!({})).await.refused(401, "40100003");
    thief.get(CART).await.refused(401, "40000001");
    thief.post(REFRESH, json!({})).await.refused(401, "40100003");
}

#[tokio::test]
async fn a_spent_refresh_token_twenty_times_at_once() {
    let app = TestApp::start_with(&[("EF__SESSION__GRACE_SECONDS", "0")]).await;
    let victim = app.shopper(1).await;
    let stolen = refresh(&victim);
    victim.post(REFRESH, json!({})).await.expect(200);
    let answers = join_all((0..20).map(|_| renews(&app, &stolen))).await;
    assert!(answers.iter().all(|answer| answer.status == 401));
}

#[tokio::test]
async fn the_tokens_of_somebody_who_has_signed_out() {
    let app = TestApp::start().await;
    let victim = app.shopper(1).await;
    let (access, refresh) = (access(&victim), refresh(&victim));
    victim.post("/api/auth/logout", json!({})).await.expect(200);
    opens_nothing(&app, &access).await;
    renews(&app, &refresh).await.refused(401, "40100003");
}
