//! Joining, signing in, staying so, leaving.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::{PASSWORD, TestApp, sign_up_form};

const ME: &str = "/api/users/me";

#[tokio::test]
async fn signing_up_signs_in() {
    let app = TestApp::start().await;
    let shopper = app.visitor();
    let answer = shopper.signs_up(1).await;
    let joined = answer.expect(201);
    assert_eq!(answer.json()["code"], "20000001");
    assert!(joined["id"].is_i64());
    assert_eq!((&joined["email"], &joined["name"]), (&json!("shopper1@example.com"), &json!("김하늘")));
    let lines = answer.set_cookie_lines();
    let access = lines.iter().find(|line| line.starts_with("accessToken=")).unwrap();
    assert!(access.ends_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=600"), "{access}");
    let refresh = lines.iter().find(|line| line.starts_with("refreshToken=")).unwrap();
    assert!(refresh.ends_with("; HttpOnly; SameSite=Lax; Path=/api; Max-Age=604800"), "{refresh}");

    let mut me = shopper.get(ME).await.expect(200);
    let since = me["memberSince"].take();
    assert_eq!(since.as_str().map(str::len), Some("2025-11-07".len()));
    let expected = json!({"name": "김하늘", "email": "shopper1@example.com", "phone": "010-5555-0001",
        "birthDate": "1991-03-04", "authProvider": "local", "memberSince": Value::Null,
        "address": "서울시 중구 세종대로 110", "role": "USER"});
    assert_eq!(me, expected);
}

#[tokio::test]
async fn behind_tls_cookies_are_secure() {
    let app = TestApp::start_with(&[("EF__HTTP__COOKIE_SECURE", "true")]).await;
    let answer = app.visitor().signs_up(1).await;
    answer.expect(201);
    assert!(answer.set_cookie_lines().iter().all(|line| line.contains("; Secure")));
}

#[tokio::test]
async fn an_address_or_number_has_one_account() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let with = |field: &str, value: &str| {
        let mut form = sign_up_form(2);
        form[field] = json!(value);
        form
    };
    let visitor = app.visitor();
    let same_mailbox = with("email", " Shopper1@EXAMPLE.com ");
    visitor.post("/api/users/signup", same_mailbox).await.refused(409, "40000009");
    let same_phone = with("phoneNumber", "010-5555-0001");
    visitor.post("/api/users/signup", same_phone).await.refused(409, "40000010");
    visitor.get(ME).await.refused(401, "40000001");
}

#[tokio::test]
async fn two_at_once_do_not_share_an_address() {
    let app = TestApp::start().await;
    let (first, second) = (app.visitor(), app.visitor());
    let (one, two) = tokio::join!(first.signs_up(1), second.signs_up(1));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn a_form_hears_of_all_its_errors() {
    let app = TestApp::start().await;
    let form = json!({"name": "", "email": "x", "password": "abc", "phoneNumber": 5, "birthDate": "1991-02-31"});
    let answer = app.visitor().post("/api/users/signup", form).await;
    let errors = answer.refused(400, "40400001");
    let fields: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "email", "password", "phoneNumber", "birthDate", "address"]);
    assert!(answer.json()["desc"].as_str().unwrap().contains("비밀번호는 8자 이상"), "{}", answer.text);
}

#[tokio::test]
async fn a_log_in_says_the_bare_role_and_no_token() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let shopper = app.visitor();
    let answer =
        shopper.post("/api/auth/login", json!({"email": "SHOPPER1@example.com", "password": PASSWORD, "x": 1})).await;
    let mut data = answer.expect(200);
    assert_eq!(answer.json()["code"], "20000002");
    assert!(data["userId"].take().is_i64());
    let expected =
        json!({"userId": null, "accessToken": "", "refreshToken": "", "tokenType": "Bearer", "role": "USER"});
    assert_eq!(data, expected);
    assert_eq!(shopper.get(ME).await.expect(200)["name"], "김하늘");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_alike() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let visitor = app.visitor();
    let mut texts = Vec::new();
    for (email, password) in [
        ("shopper1@example.com", "Wrong-Password-1!"),
        ("nobody@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("", ""),
    ] {
        let answer = visitor.post("/api/auth/login", json!({"email": email, "password": password})).await;
        answer.refused(401, "40100000");
        texts.push(answer.text);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
    visitor.post("/api/auth/login", json!({"email": "shopper1@example.com"})).await.refused(400, "40400001");
}

#[tokio::test]
async fn a_refresh_trades_both_tokens_and_ignores_its_body() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let before = shopper.cookie("refreshToken");
    let answer = shopper.post("/api/auth/refresh", json!({})).await;
    assert_eq!(answer.expect(200), Value::Null);
    assert_eq!(answer.json()["code"], "20000003");
    assert_ne!(shopper.cookie("refreshToken"), before);
    let odd = [("content-type", "text/plain")];
    shopper.send(reqwest::Method::POST, "/api/auth/refresh", Some(b"{{{".to_vec()), &odd).await.expect(200);
    shopper.get(ME).await.expect(200);
}

#[tokio::test]
async fn a_refresh_needs_a_refresh_token() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let access = shopper.cookie("accessToken").unwrap();
    let visitor = app.visitor();
    let refresh = || visitor.post("/api/auth/refresh", json!({}));
    refresh().await.refused(400, "40100006");
    visitor.set_cookie("refreshToken", Some(&access));
    refresh().await.refused(400, "40100005");
    for rubbish in ["rubbish", "a.b", &format!("{}.{}", "0".repeat(32), "0".repeat(64))] {
        visitor.set_cookie("refreshToken", Some(rubbish));
        refresh().await.refused(401, "40100003");
    }
}

#[tokio::test]
async fn a_copied_token_that_comes_back_late_ends_the_session() {
    let (app, clock) = TestApp::start_with_clock().await;
    let shopper = app.shopper(1).await;
    let copy = shopper.cookie("refreshToken").unwrap();
    shopper.post("/api/auth/refresh", json!({})).await.expect(200);
    clock.advance(Duration::from_mins(1));
    let thief = app.visitor();
    thief.set_cookie("refreshToken", Some(&copy));
    thief.post("/api/auth/refresh", json!({})).await.refused(401, "40100003");
    shopper.post("/api/auth/refresh", json!({})).await.refused(401, "40100003");
}

#[tokio::test]
async fn two_tabs_can_refresh_at_once() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let other_tab = app.visitor();
    other_tab.set_cookie("refreshToken", shopper.cookie("refreshToken").as_deref());
    let (one, two) =
        tokio::join!(shopper.post("/api/auth/refresh", json!({})), other_tab.post("/api/auth/refresh", json!({})));
    one.expect(200);
    two.expect(200);
    assert_eq!(shopper.cookie("refreshToken"), other_tab.cookie("refreshToken"));
}

#[tokio::test]
async fn an_access_token_ends_after_ten_minutes_and_my_page_renews_it() {
    let (app, clock) = TestApp::start_with_clock().await;
    let shopper = app.shopper(1).await;
    clock.advance(Duration::from_mins(11));
    shopper.get("/api/cart").await.refused(401, "40000001");
    let answer = shopper.get(ME).await;
    answer.expect(200);
    assert_eq!(answer.set_cookie_lines().len(), 2);
    shopper.get("/api/cart").await.expect(200);
}

#[tokio::test]
async fn my_page_renews_a_session_whose_access_cookie_is_gone() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    shopper.set_cookie("accessToken", None);
    shopper.get(ME).await.expect(200);
    assert!(shopper.cookie("accessToken").is_some());
    shopper.set_cookie("accessToken", None);
    shopper.set_cookie("refreshToken", Some("rubbish"));
    shopper.get(ME).await.refused(401, "40000001");
}

#[tokio::test]
async fn a_session_that_my_page_renewed_is_known_to_its_browser_even_if_the_page_fails() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let spent = shopper.cookie("refreshToken");
    shopper.set_cookie("accessToken", None);
    app.tampers("ALTER TABLE user RENAME COLUMN birth_date TO born").await;
    let answer = shopper.get(ME).await;
    assert!(answer.status >= 500, "{}", answer.text);
    answer.is_in_the_envelope();
    assert_eq!(answer.set_cookie_lines().len(), 2);
    assert_ne!(shopper.cookie("refreshToken"), spent);
    app.tampers("ALTER TABLE user RENAME COLUMN born TO birth_date").await;
    shopper.get(ME).await.expect(200);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_needs_none() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let refresh = shopper.cookie("refreshToken").unwrap();
    let out = shopper.send(reqwest::Method::POST, "/api/auth/logout", None, &[]).await;
    assert_eq!(out.expect(200), Value::Null);
    assert_eq!((shopper.cookie("accessToken"), shopper.cookie("refreshToken")), (None, None));
    shopper.send(reqwest::Method::POST, "/api/auth/logout", None, &[]).await.expect(200);
    shopper.get(ME).await.refused(401, "40000001");
    shopper.set_cookie("refreshToken", Some(&refresh));
    shopper.post("/api/auth/refresh", json!({})).await.refused(401, "40100003");
}

#[tokio::test]
async fn a_bearer_token_works_like_the_cookie_and_a_refresh_token_does_not() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let (access, refresh) = (shopper.cookie("accessToken").unwrap(), shopper.cookie("refreshToken").unwrap());
    let visitor = app.visitor();
    let with = |token: String| {
        let visitor = &visitor;
        async move {
            let bearer = format!("Bearer {token}");
            visitor.send(reqwest::Method::GET, "/api/cart", None, &[("Authorization", &bearer)]).await
        }
    };
    with(access.clone()).await.expect(200);
    with(refresh).await.refused(401, "40000001");
    let (head, signature) = access.rsplit_once('.').unwrap();
    let flipped: String = signature.chars().rev().collect();
    with(format!("{head}.{flipped}")).await.refused(401, "40000001");
    with(format!("{head}.")).await.refused(401, "40000001");
}
