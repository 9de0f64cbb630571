//! The ways that lead somewhere.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::super::support::TestApp;
use super::browser::{Browser, DEPARTURE, ENTRY, JOIN, LINK, PENDING, params};

#[tokio::test]
async fn a_newcomer_joins_and_comes_back_as_a_member() {
    let app = TestApp::start().await;
    let browser = Browser::of(&app);
    assert_eq!(browser.goes(ENTRY, "sandbox_user=hong").await, "/signup?oauth=pending");
    assert!(browser.cookie("accessToken").is_none());

    let told = browser.get(PENDING).await.expect(200);
    let expected =
        json!({"provider": "NAVER", "email": "hong@naver.com", "name": "홍길동", "phoneNumber": "010-1234-5678"});
    assert_eq!(told, expected);

    let joined = browser.joins(json!({})).await;
    let member = joined.expect(201);
    assert_eq!(joined.json()["code"], "20000001");
    assert_eq!((&member["email"], &member["name"]), (&json!("hong@naver.com"), &json!("홍길동")));
    let me = browser.me().await;
    assert_eq!((&me["authProvider"], &me["phone"]), (&json!("naver"), &json!("010-1234-5678")));
    browser.get(PENDING).await.refused(400, "40100007");

    let other = Browser::of(&app);
    assert_eq!(other.goes(ENTRY, "sandbox_user=hong").await, "/products");
    assert_eq!(other.me().await["email"], "hong@naver.com");
    assert!(other.cookie("refreshToken").is_some());
    other.post("/api/auth/refresh", json!({})).await.expect(200);
}

#[tokio::test]
async fn the_classic_protocol_leads_to_the_same_account() {
    let app = TestApp::start_with(&[("EF__NAVER__PROTOCOL", "classic")]).await;
    let browser = Browser::of(&app);
    let address = browser.departs(ENTRY).await;
    assert!(address.contains("/oauth2.0/authorize?"), "{address}");
    let back = browser.at_naver(&address, "sandbox_user=hong").await;
    assert_eq!(browser.arrives(&back).await, "/signup?oauth=pending");
    browser.joins(json!({})).await.expect(201);
    assert_eq!(Browser::of(&app).goes(ENTRY, "sandbox_user=hong").await, "/products");
}

#[tokio::test]
async fn somebody_who_told_nothing_fills_in_the_whole_form() {
    let app = TestApp::start().await;
    let browser = Browser::of(&app);
    assert_eq!(browser.goes(ENTRY, "sandbox_user=hong&sandbox_items=nickname").await, "/signup?oauth=pending");
    assert_eq!(browser.get(PENDING).await.expect(200), json!({"provider": "NAVER"}));
    browser.joins(json!({"email": "My.Own@example.com"})).await.expect(201);
    assert_eq!(browser.me().await["email"], "my.own@example.com");
}

#[tokio::test]
async fn a_newcomers_form_hears_what_is_wrong_with_it() {
    let app = TestApp::start().await;
    Browser::of_member(&app, 1).await;
    let browser = Browser::of(&app);
    browser.joins(json!({})).await.refused(400, "40100007");
    browser.goes(ENTRY, "sandbox_user=hong").await;

    let fields =
        |data: Value| -> Vec<Value> { data.as_array().unwrap().iter().map(|error| error["field"].clone()).collect() };
    let all = json!({"email": "x", "name": " ", "phoneNumber": "1", "birthDate": "1980-02-31", "address": null});
    let wrong = browser.joins(all).await.refused(400, "40400001");
    assert_eq!(fields(wrong), ["name", "email", "phoneNumber", "birthDate", "address"]);
    let another = browser.joins(json!({"email": "victim@naver.com"})).await.refused(400, "40400001");
    assert_eq!(fields(another), ["email"]);
    browser.joins(json!({"phoneNumber": "010-5555-0001"})).await.refused(409, "40000010");
    browser.joins(json!({})).await.expect(201);
}

#[tokio::test]
async fn an_address_that_has_an_account_is_not_merged_into_it() {
    let app = TestApp::start().await;
    let member = Browser::of(&app);
    let mut form = super::super::support::sign_up_form(1);
    form["email"] = json!("hong@naver.com");
    member.post("/api/users/signup", form).await.expect(201);

    let browser = Browser::of(&app);
    assert_eq!(browser.goes(ENTRY, "sandbox_user=hong").await, "/signup?oauth=pending");
    browser.joins(json!({})).await.refused(409, "40000009");
    assert_eq!(member.me().await["authProvider"], "local");
}

#[tokio::test]
async fn of_a_hundred_sign_ups_with_one_log_in_at_once_one_makes_an_account() {
    let app = TestApp::start_with(&[("EF__LIMITS__SIGN_UP_TIMES", "1000")]).await;
    let browser = std::sync::Arc::new(Browser::of(&app));
    browser.goes(ENTRY, "sandbox_user=hong&sandbox_items=name").await;
    let mut tasks = JoinSet::new();
    for number in 0..100 {
        let browser = std::sync::Arc::clone(&browser);
        let change = json!({"email": format!("x{number}@a.kr"), "phoneNumber": format!("010-7777-{number:04}")});
        tasks.spawn(async move { browser.joins(change).await });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        // Whoever comes after the winner finds that the browser forgot the log-in.
        assert!(["40100009", "40100007"].contains(&answer.json()["code"].as_str().unwrap()), "{}", answer.text);
    }
    assert_eq!(app.counts("SELECT COUNT(*) FROM user_identity").await, 1);
    assert_eq!(app.counts("SELECT COUNT(*) FROM user WHERE email LIKE 'x%@a.kr'").await, 1);
}

#[tokio::test]
async fn what_browsers_keep_is_sealed_short_lived_and_travels_where_it_is_needed() {
    let app = TestApp::start().await;
    let browser = Browser::of_member(&app, 1).await;
    let line = |answer: &super::super::support::Answer, name: &str| {
        answer.set_cookie_lines().into_iter().find(|line| line.starts_with(name)).unwrap()
    };
    let link = browser.get(LINK).await;
    let intent = line(&link, "naverLink=");
    assert!(intent.ends_with("; HttpOnly; SameSite=Lax; Path=/oauth2/authorization/naver; Max-Age=120"), "{intent}");
    let away = browser.get(DEPARTURE).await;
    let flow = line(&away, "naverFlow=");
    assert!(flow.ends_with("; HttpOnly; SameSite=Lax; Path=/login/oauth2/code/naver; Max-Age=600"), "{flow}");
    assert!(line(&away, "naverLink=").starts_with("naverLink=; "), "the intent is part of the flow now");
    let asked = params(away.header("location").unwrap());
    assert!(!flow.contains(&asked["state"]));
    let callback = format!("{}/login/oauth2/code/naver", app.base);
    assert_eq!((&asked["redirect_uri"], asked["code_challenge_method"].as_str()), (&callback, "S256"));

    let newcomer = Browser::of(&app);
    let address = newcomer.departs(ENTRY).await;
    let back = newcomer.at_naver(&address, "sandbox_user=hong").await;
    let home = newcomer.get(&back).await;
    assert!(line(&home, "naverFlow=").starts_with("naverFlow=; "));
    let pending = line(&home, "naverSignUp=");
    assert!(pending.ends_with("; HttpOnly; SameSite=Lax; Path=/api/auth; Max-Age=1800"), "{pending}");
    assert!(!pending.contains("hong"));
}

#[tokio::test]
async fn a_newcomer_has_half_an_hour() {
    let (app, clock) = TestApp::start_with_clock_and(&[("EF__NAVER__PROTOCOL", "classic")]).await;
    let browser = Browser::of(&app);
    browser.goes(ENTRY, "sandbox_user=hong").await;
    clock.advance(Duration::from_mins(29));
    browser.get(PENDING).await.expect(200);
    clock.advance(Duration::from_mins(1));
    browser.get(PENDING).await.refused(400, "40100007");
    browser.joins(json!({})).await.refused(400, "40100007");
    browser.get(JOIN).await.refused(405, "40500003");
}
