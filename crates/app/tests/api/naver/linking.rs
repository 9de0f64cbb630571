//! A member lets Naver open his account as well.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::shared::ManualClock;
use serde_json::json;

use super::super::support::{PASSWORD, TestApp};
use super::browser::{Browser, DEPARTURE, ENTRY, LINK, page};

const LINKED: &str = "/mypage?link=success";
const NOT_LINKED: &str = "/mypage?link=error&reason=unknown_error";
const RAN_OUT: &str = "/products?error=session_expired";
const HONG: &str = "sandbox_user=hong";

/// The shop, and a clock by which time passes. Identity tokens would be of another time.
async fn by_the_clock() -> (TestApp, Arc<ManualClock>) {
    TestApp::start_with_clock_and(&[("EF__NAVER__PROTOCOL", "classic")]).await
}

async fn links(app: &TestApp) -> i64 {
    app.counts("SELECT COUNT(*) FROM user_identity").await
}

#[tokio::test]
async fn a_member_links_and_gets_in_by_both() {
    let app = TestApp::start().await;
    let member = Browser::of_member(&app, 1).await;
    assert_eq!(member.goes(LINK, HONG).await, LINKED);
    assert_eq!(member.me().await["authProvider"], "naver");
    let told = "SELECT COUNT(*) FROM mail_outbox WHERE letter = 'IDENTITY_LINKED'";
    assert_eq!(app.counts(told).await, 1);

    let elsewhere = Browser::of(&app);
    assert_eq!(elsewhere.goes(ENTRY, HONG).await, "/products");
    assert_eq!(elsewhere.me().await["email"], "shopper1@example.com");
    Browser::of(&app).logs_in(1).await.expect(200);
}

#[tokio::test]
async fn what_is_linked_stays_and_whose_it_is_too() {
    let app = TestApp::start().await;
    let (one, two) = (Browser::of_member(&app, 1).await, Browser::of_member(&app, 2).await);
    assert_eq!(one.goes(LINK, HONG).await, LINKED);
    assert_eq!(one.goes(LINK, HONG).await, "/mypage?link=error&reason=already_linked");
    assert_eq!(one.goes(LINK, "sandbox_user=kim").await, "/mypage?link=error&reason=already_linked");
    assert_eq!(two.goes(LINK, HONG).await, "/mypage?link=error&reason=already_in_use");
    assert_eq!(links(&app).await, 1);
}

#[tokio::test]
async fn only_a_member_can_link() {
    let app = TestApp::start().await;
    let visitor = Browser::of(&app);
    assert_eq!(page(&visitor.get(LINK).await), "/login?error=not_authenticated");
    assert!(visitor.cookie("naverLink").is_none());
}

#[tokio::test]
async fn a_member_who_refuses_or_meets_a_fault_is_back_on_his_page() {
    let app = TestApp::start().await;
    let member = Browser::of_member(&app, 1).await;
    assert_eq!(member.goes(LINK, "sandbox_user=hong&sandbox_answer=refuse").await, NOT_LINKED);
    member.pull("/naver/control/faults", json!({"on": "token", "kind": "http_500", "times": 1})).await;
    assert_eq!(member.goes(LINK, HONG).await, NOT_LINKED);
    assert_eq!(links(&app).await, 0);
    assert_eq!(member.goes(LINK, HONG).await, LINKED);
}

#[tokio::test]
async fn a_page_of_another_site_cannot_begin_a_link() {
    let app = TestApp::start().await;
    let member = Browser::of_member(&app, 1).await;
    let own = format!("{}/mypage", app.base);
    for headers in [
        [("Sec-Fetch-Site", "cross-site")].as_slice(),
        &[("Sec-Fetch-Site", "cross-site"), ("Referer", &own)],
        &[("Referer", "https://evil.example/page")],
        &[("Referer", "https://localhost:5173/")],
    ] {
        assert_eq!(page(&member.get_with(LINK, headers).await), NOT_LINKED, "{headers:?}");
        assert!(member.cookie("naverLink").is_none(), "{headers:?}");
    }
    for headers in [
        [("Sec-Fetch-Site", "same-origin")].as_slice(),
        &[("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Site", "none")],
        &[("Referer", "http://localhost:5173/mypage")],
        &[("Referer", &own)],
    ] {
        let answer = member.get_with(LINK, headers).await;
        assert_eq!((answer.status, answer.header("location")), (302, Some(DEPARTURE)), "{headers:?}");
    }
}

#[tokio::test]
async fn a_wish_to_link_that_was_forgotten_links_nobody() {
    let (app, clock) = by_the_clock().await;
    let member = Browser::of_member(&app, 1).await;
    assert_eq!(member.get(LINK).await.status, 302);
    clock.advance(Duration::from_mins(2));
    assert_eq!(page(&member.get(DEPARTURE).await), RAN_OUT);
    // And is gone: the next log-in is one.
    assert!(member.cookie("naverLink").is_none());
    assert_eq!(member.goes(DEPARTURE, HONG).await, "/signup?oauth=pending");
    assert_eq!(links(&app).await, 0);
}

#[tokio::test]
async fn a_link_that_took_too_long_at_naver_ran_out() {
    let (app, clock) = by_the_clock().await;
    let member = Browser::of_member(&app, 1).await;
    let address = member.departs(LINK).await;
    let back = member.at_naver(&address, HONG).await;
    clock.advance(Duration::from_mins(10));
    assert_eq!(member.arrives(&back).await, RAN_OUT);
    assert_eq!(links(&app).await, 0);
}

#[tokio::test]
async fn somebody_who_takes_his_time_at_naver_is_still_signed_in_when_he_is_back() {
    let (app, clock) = by_the_clock().await;
    let member = Browser::of_member(&app, 1).await;
    clock.advance(Duration::from_secs(9 * 60 + 30));
    let address = member.departs(LINK).await;
    clock.advance(Duration::from_secs(9 * 60 + 30));
    let back = member.at_naver(&address, HONG).await;
    assert_eq!(member.arrives(&back).await, LINKED);
}

#[tokio::test]
async fn another_person_at_the_browser_is_not_linked_to_the_first_ones_account() {
    let app = TestApp::start().await;
    Browser::of_member(&app, 2).await;
    let browser = Browser::of_member(&app, 1).await;
    let address = browser.departs(LINK).await;
    browser.logs_in(2).await.expect(200);
    let back = browser.at_naver(&address, HONG).await;
    assert_eq!(browser.arrives(&back).await, NOT_LINKED);
    assert_eq!(links(&app).await, 0);
}

#[tokio::test]
async fn signing_out_ends_a_link_under_way_even_if_the_same_person_signs_in_again() {
    let app = TestApp::start().await;
    let browser = Browser::of_member(&app, 1).await;
    let address = browser.departs(LINK).await;
    browser.post("/api/auth/logout", json!({})).await.expect(200);
    let back = browser.at_naver(&address, HONG).await;
    assert_eq!(browser.arrives(&back).await, RAN_OUT);

    browser.logs_in(1).await.expect(200);
    let address = browser.departs(LINK).await;
    browser.logs_in(1).await.expect(200);
    let back = browser.at_naver(&address, HONG).await;
    assert_eq!(browser.arrives(&back).await, NOT_LINKED);
    assert_eq!(links(&app).await, 0);
}

#[tokio::test]
async fn an_abandoned_link_does_not_swallow_the_next_persons_log_in() {
    let app = TestApp::start().await;
    let browser = Browser::of_member(&app, 1).await;
    browser.departs(LINK).await;
    browser.post("/api/auth/logout", json!({})).await.expect(200);
    assert_eq!(browser.goes(ENTRY, "sandbox_user=kim").await, "/signup?oauth=pending");
    assert_eq!(links(&app).await, 0);
}

#[tokio::test]
async fn an_expired_access_token_is_renewed_on_the_way() {
    let (app, clock) = by_the_clock().await;
    let member = Browser::of_member(&app, 1).await;
    let old = member.cookie("refreshToken").unwrap();
    // The log-in is fresh no more, so the page asks for the password; but nobody is thrown out.
    clock.advance(Duration::from_mins(11));
    let asked = member.get(LINK).await;
    assert_eq!(asked.status, 200);
    assert_ne!(member.cookie("refreshToken").unwrap(), old);
    member.loses("refreshToken");
    member.get("/api/cart").await.expect(200);
}

#[tokio::test]
async fn whose_log_in_is_long_ago_enters_his_password() {
    let (app, clock) = by_the_clock().await;
    let member = Browser::of_member(&app, 1).await;
    clock.advance(Duration::from_secs(10 * 60 + 1));
    let asked = member.get(LINK).await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = asked.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    assert!(asked.text.contains("비밀번호") && !asked.text.contains("<script"), "{}", asked.text);
    assert!(!asked.text.contains("{{"), "{}", asked.text);
    assert!(member.cookie("naverLink").is_none());

    let wrong = member.proves("Wrong-Day-2024!").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("일치하지 않습니다"), "{}", wrong.text);
    assert!(member.cookie("naverLink").is_none());

    let right = member.proves(PASSWORD).await;
    assert_eq!((right.status, right.header("location")), (303, Some(DEPARTURE)));
    assert_eq!(member.goes(DEPARTURE, HONG).await, LINKED);
}

#[tokio::test]
async fn guesses_at_the_password_are_counted_like_failed_log_ins() {
    let (app, clock) = by_the_clock().await;
    let member = Browser::of_member(&app, 1).await;
    clock.advance(Duration::from_mins(11));
    for _ in 0..10 {
        assert_eq!(member.proves("Wrong-Day-2024!").await.status, 400);
    }
    let refused = member.proves(PASSWORD).await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some());
    assert!(refused.text.contains("초 뒤에"), "{}", refused.text);
    Browser::of(&app).logs_in(1).await.refused(429, "42900001");
}

#[tokio::test]
async fn a_password_that_is_changed_meanwhile_ends_the_link() {
    let app = TestApp::start().await;
    let member = Browser::of_member(&app, 1).await;
    let address = member.departs(LINK).await;
    app.tampers("UPDATE user SET session_epoch = session_epoch + 1").await;
    let back = member.at_naver(&address, HONG).await;
    assert_eq!(member.arrives(&back).await, RAN_OUT);
    assert_eq!(links(&app).await, 0);
}
