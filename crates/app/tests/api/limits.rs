//! Limits: who tries too often waits, and nobody else does.

use std::time::Duration;

use ef_domain::shared::ClientAddress;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::support::{Answer, PASSWORD, Shopper, TestApp, sign_up_form};

const WRONG: &str = "Wrong-Password-1!";
/// One proxy of ours stands in front, and says where a request comes from.
const BEHIND_A_PROXY: [(&str, &str); 1] = [("EF__HTTP__PROXIES", "1")];

/// Somebody at an address, as the proxy saw it.
async fn from(shopper: &Shopper, address: &str, path: &str, body: Value) -> Answer {
    shopper.send(Method::POST, path, Some(body.to_string().into_bytes()), &[("X-Forwarded-For", address)]).await
}

async fn logs_in(app: &TestApp, address: &str, number: u32, password: &str) -> Answer {
    let body = json!({"email": format!("shopper{number}@example.com"), "password": password});
    from(&app.visitor(), address, "/api/auth/login", body).await
}

/// Ten failures, which is as many as there may be.
async fn fails_ten_times(app: &TestApp, address: &str, number: u32) {
    for _ in 0..10 {
        logs_in(app, address, number, WRONG).await.refused(401, "40100000");
    }
}

/// Refused, with a sentence and a header that say how many seconds to wait.
#[track_caller]
fn told_to_wait(answer: &Answer, seconds: u64, words: &str) {
    answer.refused(429, "42900001");
    assert_eq!(answer.header("retry-after"), Some(seconds.to_string().as_str()), "{}", answer.text);
    let said = answer.json()["desc"].as_str().unwrap().to_owned();
    assert_eq!(said, format!("요청이 너무 많습니다. {words} 후에 다시 시도해 주세요."));
    assert!(answer.set_cookie_lines().is_empty());
}

#[tokio::test]
async fn the_eleventh_guess_waits_whatever_it_is_until_the_first_one_is_forgotten() {
    let (app, clock) = TestApp::start_with_clock().await;
    app.shopper(1).await;
    fails_ten_times(&app, "10.0.0.1", 1).await;
    clock.advance(Duration::from_mins(1));
    told_to_wait(&logs_in(&app, "10.0.0.1", 1, WRONG).await, 240, "4분");
    told_to_wait(&logs_in(&app, "10.0.0.1", 1, PASSWORD).await, 240, "4분");
    clock.advance(Duration::from_millis(239_999));
    told_to_wait(&logs_in(&app, "10.0.0.1", 1, PASSWORD).await, 1, "1초");
    clock.advance(Duration::from_millis(1));
    logs_in(&app, "10.0.0.1", 1, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_guesser_locks_out_himself_at_that_account_and_nobody_else() {
    let app = TestApp::start_with(&BEHIND_A_PROXY).await;
    app.shopper(1).await;
    app.shopper(2).await;
    fails_ten_times(&app, "203.0.113.7", 1).await;
    logs_in(&app, "203.0.113.7", 1, PASSWORD).await.refused(429, "42900001");
    // What he writes in front of what the proxy saw does not make him somebody else.
    logs_in(&app, "1.1.1.1, 203.0.113.7", 1, PASSWORD).await.refused(429, "42900001");
    logs_in(&app, "203.0.113.8", 1, PASSWORD).await.expect(200);
    logs_in(&app, "203.0.113.7", 2, PASSWORD).await.expect(200);
    logs_in(&app, "203.0.113.7", 1, PASSWORD).await.refused(429, "42900001");
}

#[tokio::test]
async fn without_a_proxy_nobody_chooses_his_address() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    for number in 0..10 {
        logs_in(&app, &format!("203.0.113.{number}"), 1, WRONG).await.refused(401, "40100000");
    }
    logs_in(&app, "203.0.113.99", 1, PASSWORD).await.refused(429, "42900001");
}

#[tokio::test]
async fn an_account_that_does_not_exist_meets_the_same_limit() {
    let app = TestApp::start().await;
    fails_ten_times(&app, "10.0.0.1", 404).await;
    logs_in(&app, "10.0.0.1", 404, WRONG).await.refused(429, "42900001");
}

#[tokio::test]
async fn who_remembers_his_password_after_some_tries_begins_anew() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    for _ in 0..3 {
        for _ in 0..9 {
            logs_in(&app, "10.0.0.1", 1, WRONG).await.refused(401, "40100000");
        }
        logs_in(&app, "10.0.0.1", 1, PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn trying_one_password_on_many_accounts_meets_a_limit_too() {
    let app =
        TestApp::start_with(&[("EF__HTTP__PROXIES", "1"), ("EF__LIMITS__LOG_IN_FAILURES_OF_ADDRESS_TIMES", "20")])
            .await;
    for number in 100..120 {
        logs_in(&app, "203.0.113.7", number, WRONG).await.refused(401, "40100000");
    }
    logs_in(&app, "203.0.113.7", 120, WRONG).await.refused(429, "42900001");
    logs_in(&app, "203.0.113.8", 120, WRONG).await.refused(401, "40100000");
}

#[tokio::test]
async fn of_many_guesses_at_once_ten_are_compared() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let guesses = (0..40).map(|_| logs_in(&app, "10.0.0.1", 1, WRONG));
    let statuses: Vec<u16> = futures::future::join_all(guesses).await.iter().map(|answer| answer.status).collect();
    let count = |status| statuses.iter().filter(|found| **found == status).count();
    assert_eq!((count(401), count(429)), (10, 30), "{statuses:?}");
}

/// Somebody who does not wait for the answer has guessed all the same. Of a guess that is torn down before the server
/// has read it nothing is left, and nothing was computed: those are sent again.
#[tokio::test]
async fn a_guess_counts_even_if_its_guesser_hangs_up() {
    let app = TestApp::start_with(&[("EF__PASSWORDS__MEMORY_KIB", "19456")]).await;
    app.shopper(1).await;
    let body = json!({"email": "shopper1@example.com", "password": WRONG}).to_string();
    let request = format!(
        "POST /api/auth/login HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let throttle = &app.server.shop.members.log_in.throttle;
    let here = ClientAddress::new([127, 0, 0, 1].into());
    let locked_out = async {
        while throttle.may_log_in(&"shopper1@example.com", here).await.is_ok() {
            let mut socket = TcpStream::connect(app.server.address).await.unwrap();
            socket.write_all(request.as_bytes()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
            // Not a farewell: the connection is torn down.
            socket.set_zero_linger().unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), locked_out).await.expect("every guess that was read is counted");
}

#[tokio::test]
async fn accounts_are_not_opened_by_the_hundred() {
    let app = TestApp::start_with(&[("EF__HTTP__PROXIES", "1"), ("EF__LIMITS__SIGN_UP_TIMES", "3")]).await;
    let joins = |number, address: &'static str| {
        let visitor = app.visitor();
        async move { from(&visitor, address, "/api/users/signup", sign_up_form(number)).await }
    };
    for number in 1..=3 {
        joins(number, "203.0.113.7").await.expect(201);
    }
    let refused = joins(4, "203.0.113.7").await;
    refused.refused(429, "42900001");
    assert_eq!(refused.header("retry-after"), Some("600"));
    joins(5, "203.0.113.8").await.expect(201);
    // A form that is refused for its errors is none that opened an account.
    let visitor = app.visitor();
    from(&visitor, "203.0.113.9", "/api/users/signup", json!({})).await.refused(400, "40400001");
}

#[tokio::test]
async fn a_session_is_not_renewed_without_pause() {
    let (app, clock) = TestApp::start_with_clock().await;
    let shopper = app.shopper(1).await;
    let renews = || shopper.post("/api/auth/refresh", json!({}));
    for _ in 0..60 {
        renews().await.expect(200);
    }
    let token = shopper.cookie("refreshToken");
    told_to_wait(&renews().await, 60, "60초");
    assert_eq!(shopper.cookie("refreshToken"), token);
    app.shopper(2).await.post("/api/auth/refresh", json!({})).await.expect(200);
    clock.advance(Duration::from_mins(1));
    renews().await.expect(200);
}
