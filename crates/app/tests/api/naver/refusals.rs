//! The ways that lead nowhere, and those that nobody should take.

use std::time::Duration;

use serde_json::json;

use super::super::support::{Answer, TestApp};
use super::browser::{Browser, DEPARTURE, ENTRY, LINK, PENDING, page};

const FAILED: &str = "/login?error";
const CALLBACK: &str = "/login/oauth2/code/naver";

fn is_nobody(browser: &Browser) -> bool {
    browser.cookie("accessToken").is_none() && browser.cookie("naverSignUp").is_none()
}

#[tokio::test]
async fn somebody_who_refuses_at_naver_is_back_at_the_log_in_page() {
    let app = TestApp::start().await;
    let browser = Browser::of(&app);
    assert_eq!(browser.goes(ENTRY, "sandbox_user=hong&sandbox_answer=refuse").await, FAILED);
    assert!(is_nobody(&browser) && browser.cookie("naverFlow").is_none());
}

#[tokio::test]
async fn whatever_is_wrong_with_naver_ends_at_the_log_in_page() {
    let app = TestApp::start_with(&[("EF__NAVER__TOTAL_TIMEOUT_MS", "800")]).await;
    let browser = Browser::of(&app);
    for (on, kind) in [
        ("token", "error_200"),
        ("token", "http_500"),
        ("token", "garbage"),
        ("token", "execute_then_drop"),
        ("profile", "garbage"),
    ] {
        browser.pull("/naver/control/faults", json!({"on": on, "kind": kind, "times": 1})).await;
        assert_eq!(browser.goes(ENTRY, "sandbox_user=hong").await, FAILED, "{on} {kind}");
    }
    for on in ["token", "profile"] {
        let delay = json!({"on": on, "kind": "delay", "times": 1, "delay_ms": 2500});
        browser.pull("/naver/control/faults", delay).await;
        assert_eq!(browser.goes(ENTRY, "sandbox_user=hong").await, FAILED, "{on} delay");
    }
    assert!(is_nobody(&browser));
    // Once it is well again, so is the log-in.
    assert_eq!(browser.goes(ENTRY, "sandbox_user=hong").await, "/signup?oauth=pending");
}

#[tokio::test]
async fn an_application_that_naver_does_not_know_well_enough_signs_nobody_in() {
    let app = TestApp::start().await;
    let browser = Browser::of(&app);
    browser.pull("/naver/control/apps", json!({"client_id": "sandboxclient", "profile_api": false})).await;
    assert_eq!(browser.goes(ENTRY, "sandbox_user=hong").await, FAILED);
    let other = json!({"client_id": "sandboxclient", "client_secret": "changed", "profile_api": true});
    browser.pull("/naver/control/apps", other).await;
    assert_eq!(browser.goes(ENTRY, "sandbox_user=hong").await, FAILED);
}

#[tokio::test]
async fn an_address_that_comes_back_twice_is_worth_nothing_the_second_time() {
    let app = TestApp::start().await;
    let browser = Browser::of(&app);
    let address = browser.departs(ENTRY).await;
    let flow = browser.cookie("naverFlow").unwrap();
    let back = browser.at_naver(&address, "sandbox_user=hong").await;
    assert_eq!(browser.arrives(&back).await, "/signup?oauth=pending");
    assert_eq!(browser.arrives(&back).await, FAILED);

    // Not even to somebody who has copied everything.
    let thief = Browser::of(&app);
    thief.departs(ENTRY).await;
    thief.tampers("naverFlow", |_| flow.clone());
    assert_eq!(thief.arrives(&back).await, FAILED);
    assert!(is_nobody(&thief));
}

#[tokio::test]
async fn nobody_is_signed_in_by_a_strangers_address() {
    let app = TestApp::start().await;
    let attacker = Browser::of(&app);
    let address = attacker.departs(ENTRY).await;
    let back = attacker.at_naver(&address, "sandbox_user=kim").await;

    let without_flow = Browser::of(&app);
    assert_eq!(without_flow.arrives(&back).await, FAILED);
    let in_another_flow = Browser::of(&app);
    in_another_flow.departs(ENTRY).await;
    assert_eq!(in_another_flow.arrives(&back).await, FAILED);
    assert!(is_nobody(&without_flow) && is_nobody(&in_another_flow));
    // The code was not presented on their behalf: it is still good where it belongs.
    assert_eq!(attacker.arrives(&back).await, "/signup?oauth=pending");
}

#[tokio::test]
async fn a_flow_that_was_touched_is_none() {
    let app = TestApp::start().await;
    let browser = Browser::of(&app);
    for broken in ["", "x", "AAAA", "%00"] {
        let address = browser.departs(ENTRY).await;
        let back = browser.at_naver(&address, "sandbox_user=hong").await;
        browser.tampers("naverFlow", |sealed| match broken {
            "" => sealed.chars().rev().collect(),
            other => other.to_owned(),
        });
        assert_eq!(browser.arrives(&back).await, FAILED, "{broken}");
    }
    // What was sealed for something else does not open here.
    browser.goes(ENTRY, "sandbox_user=hong").await;
    let pending = browser.cookie("naverSignUp").unwrap();
    let address = browser.departs(ENTRY).await;
    let back = browser.at_naver(&address, "sandbox_user=hong").await;
    browser.tampers("naverFlow", |_| pending.clone());
    assert_eq!(browser.arrives(&back).await, FAILED);
    browser.tampers("naverSignUp", |_| "forged".to_owned());
    browser.get(PENDING).await.refused(400, "40100007");
}

#[tokio::test]
async fn rubbish_at_the_callback_is_a_redirect_and_never_an_error() {
    let app = TestApp::start().await;
    let long = format!("?state=x&code={}", "x".repeat(5000));
    for query in
        ["", "?", "?code=1", "?state=1", "?error=access_denied", "?code=%ff&state=%ff", "?code&code&state", &long]
    {
        let browser = Browser::of(&app);
        assert_eq!(browser.arrives(&format!("{CALLBACK}{query}")).await, FAILED, "{query}");
        browser.departs(ENTRY).await;
        assert_eq!(browser.arrives(&format!("{CALLBACK}{query}")).await, FAILED, "{query}");
    }
}

#[tokio::test]
async fn no_parameter_says_where_the_browser_goes() {
    let app = TestApp::start().await;
    let browser = Browser::of(&app);
    let elsewhere =
        "redirect=https://evil.example&redirect_uri=https://evil.example&returnUrl=//evil.example&next=//evil";
    let entered = browser.get(&format!("{ENTRY}?{elsewhere}")).await;
    assert_eq!((entered.status, entered.header("location")), (302, Some(DEPARTURE)));
    let address = browser.departs(&format!("{DEPARTURE}?{elsewhere}")).await;
    assert!(!address.contains("evil"), "{address}");
    let back = browser.at_naver(&address, "sandbox_user=hong").await;
    assert_eq!(browser.arrives(&format!("{back}&{elsewhere}")).await, "/signup?oauth=pending");
}

#[tokio::test]
async fn a_log_in_has_ten_minutes() {
    let (app, clock) = TestApp::start_with_clock_and(&[("EF__NAVER__PROTOCOL", "classic")]).await;
    let browser = Browser::of(&app);
    let address = browser.departs(ENTRY).await;
    let back = browser.at_naver(&address, "sandbox_user=hong").await;
    clock.advance(Duration::from_mins(10));
    assert_eq!(browser.arrives(&back).await, FAILED);
}

#[tokio::test]
async fn a_shop_without_an_application_at_naver_sends_nobody_there() {
    let app = TestApp::start_with(&[
        ("EF__PROFILE", "production"),
        ("EF__HTTP__PUBLIC_URL", "http://localhost:5173"),
        ("EF__TOSS__SECRET_KEY", "live_sk_1"),
        ("EF__TOSS__BASE_URL", "http://127.0.0.1:9"),
        ("EF__MAIL__HOST", "127.0.0.1"),
        ("EF__MAIL__PORT", "9"),
        ("EF__MAIL__USERNAME", "nobody"),
        ("EF__MAIL__PASSWORD", "secret"),
        ("EF__MAIL__FROM", "no-reply@shop.example"),
        ("EF__MAIL__SNS_TOPIC_ARNS", "arn:aws:sns:ap-northeast-2:1:ses"),
    ])
    .await;
    let visitor = Browser::of(&app);
    let sent = |answer: &Answer| page(answer);
    assert_eq!(sent(&visitor.get(DEPARTURE).await), FAILED);
    assert_eq!(sent(&visitor.get(CALLBACK).await), FAILED);
    assert_eq!(sent(&visitor.get(LINK).await), "/login?error=not_authenticated");
}
