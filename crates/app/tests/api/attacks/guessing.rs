//! Guessing passwords and codes, fast and from everywhere at once.

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::super::reset::{code_in_mail, token_by_mail, wrong};
use super::super::support::{Answer, PASSWORD, TestApp};

const EMAIL: &str = "shopper1@example.com";
const LOG_IN: &str = "/api/auth/login";
const SEND: &str = "/api/auth/password-reset/send-code";
const VERIFY: &str = "/api/auth/password-reset/verify-code";
const RESET: &str = "/api/auth/password-reset";

fn with_code<'a>(answers: &'a [Answer], code: &'a str) -> usize {
    answers.iter().filter(|answer| answer.json()["code"] == code).count()
}

#[tokio::test]
async fn fifty_passwords_at_once() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let visitor = app.visitor();
    let guesses: Vec<_> =
        (0..50).map(|number| json!({ "email": EMAIL, "password": format!("Guess-{number}!") })).collect();
    let answers = join_all(guesses.iter().map(|guess| visitor.post(LOG_IN, guess.clone()))).await;
    assert_eq!((with_code(&answers, "40100000"), with_code(&answers, "42900001")), (10, 40));
    visitor.post(LOG_IN, json!({ "email": EMAIL, "password": PASSWORD })).await.refused(429, "42900001");
}

#[tokio::test]
async fn passwords_under_other_spellings_of_the_address() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let visitor = app.visitor();
    for number in 0..10_usize {
        let mut spelling: String = EMAIL.to_owned();
        spelling.insert_str(0, &" ".repeat(number % 3));
        let letter = number % 7;
        let spelling: String = spelling
            .chars()
            .enumerate()
            .map(|(place, c)| if place % 7 == letter { c.to_ascii_uppercase() } else { c })
            .collect();
        visitor.post(LOG_IN, json!({ "email": spelling, "password": "Guess-1!" })).await.refused(401, "40100000");
    }
    visitor.post(LOG_IN, json!({ "email": EMAIL, "password": "Guess-1!" })).await.refused(429, "42900001");
}

#[tokio::test]
async fn passwords_with_addresses_that_headers_make_up() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let visitor = app.visitor();
    let body = json!({ "email": EMAIL, "password": "Guess-1!" }).to_string().into_bytes();
    for name in ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP"] {
        for number in 0..2 {
            let address = format!("203.0.113.{number}");
            let headers = [(name, address.as_str())];
            let answer = visitor.send(Method::POST, LOG_IN, Some(body.clone()), &headers).await;
            assert!([401, 429].contains(&answer.status), "{}", answer.text);
        }
    }
    let answer = visitor.send(Method::POST, LOG_IN, Some(body), &[("X-Forwarded-For", "198.51.100.1")]).await;
    answer.refused(429, "42900001");
}

/// Five for each code, and no more for a code that is asked for anew: it is another code.
#[tokio::test]
async fn a_reset_code_with_every_new_mail() {
    let app = TestApp::start_with(&[("EF__LIMITS__RESET_MAIL_TIMES", "100")]).await;
    app.shopper(1).await;
    let visitor = app.visitor();
    // Five mails an hour: twenty-five guesses an hour at a million codes.
    for sent in 1..=5 {
        visitor.post(SEND, json!({ "email": EMAIL })).await.expect(200);
        let code = code_in_mail(&app, EMAIL, sent).await;
        let guess = json!({ "email": EMAIL, "code": wrong(&code) });
        let guesses = join_all((0..20).map(|_| visitor.post(VERIFY, guess.clone()))).await;
        let (judged, void) = (with_code(&guesses, "40700002"), with_code(&guesses, "40700001"));
        assert_eq!((judged, void), (5, 15), "of the guesses at code {sent}");
        visitor.post(VERIFY, json!({ "email": EMAIL, "code": code })).await.refused(400, "40700001");
    }
    visitor.post(SEND, json!({ "email": EMAIL })).await.refused(429, "42900001");
}

/// Anybody can ask for a code; nobody takes the token away by it that the owner has for his.
#[tokio::test]
async fn new_mails_while_the_owner_chooses_his_password() {
    let app = TestApp::start_with(&[("EF__LIMITS__RESET_MAIL_TIMES", "100")]).await;
    app.shopper(1).await;
    let (owner, stranger) = (app.visitor(), app.visitor());
    let token = token_by_mail(&app, &owner).await;
    for _ in 0..3 {
        stranger.post(SEND, json!({ "email": EMAIL })).await.expect(200);
    }
    let body = json!({ "resetToken": token, "newPassword": "Rainy-Night-2025@" });
    owner.post(RESET, body).await.expect(200);
    owner.post(LOG_IN, json!({ "email": EMAIL, "password": "Rainy-Night-2025@" })).await.expect(200);
}

/// Two hundred guesses an hour, at however many accounts.
#[tokio::test]
async fn codes_of_many_accounts_from_one_address() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for round in 0..10 {
        let guesses = (0..21).map(|number| {
            let email = format!("shopper{round}-{number}@example.com");
            visitor.post(VERIFY, json!({ "email": email, "code": "123456" }))
        });
        let refused = with_code(&join_all(guesses).await, "42900001");
        assert_eq!(refused, if round < 9 { 0 } else { 10 }, "in round {round}");
    }
}

#[tokio::test]
async fn reset_codes_of_one_address_after_the_other() {
    let app = TestApp::start_with(&[("EF__LIMITS__VERIFICATION_OF_ADDRESS_TIMES", "10")]).await;
    let visitor = app.visitor();
    for number in 0..10 {
        let email = format!("shopper{number}@example.com");
        visitor.post(VERIFY, json!({ "email": email, "code": "123456" })).await.refused(400, "40700001");
    }
    let answer = visitor.post(VERIFY, json!({ "email": EMAIL, "code": "123456" })).await;
    answer.refused(429, "42900001");
    assert!(answer.header("retry-after").is_some());
    // The same limit holds for tokens.
    let body = json!({ "resetToken": "a".repeat(64), "newPassword": "Rainy-Night-2025@" });
    visitor.post(RESET, body).await.refused(429, "42900001");
}

#[tokio::test]
async fn somebody_elses_code_at_ones_own_address_and_the_other_way_round() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    app.shopper(2).await;
    let visitor = app.visitor();
    for email in [EMAIL, "shopper2@example.com"] {
        visitor.post(SEND, json!({ "email": email })).await.expect(200);
    }
    let (one, two) = (code_in_mail(&app, EMAIL, 1).await, code_in_mail(&app, "shopper2@example.com", 1).await);
    if one != two {
        visitor.post(VERIFY, json!({ "email": EMAIL, "code": two })).await.refused(400, "40700002");
    }
}

#[tokio::test]
async fn a_reset_token_a_second_time() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let (owner, thief) = (app.visitor(), app.visitor());
    let token = token_by_mail(&app, &owner).await;
    let choose = |password: &str| json!({ "resetToken": token, "newPassword": password });
    owner.post(RESET, choose("Rainy-Night-2025@")).await.expect(200);
    thief.post(RESET, choose("Thiefs-Night-2025@")).await.refused(400, "40700003");
    let body = json!({ "email": EMAIL, "password": "Thiefs-Night-2025@" });
    thief.post(LOG_IN, body).await.refused(401, "40100000");
}

/// Whoever fills a mailbox has to wait, and so does whoever asks for one address after the other.
#[tokio::test]
async fn a_mailbox_full_of_codes() {
    let app = TestApp::start_with(&[("EF__LIMITS__RESET_MAIL_OF_ADDRESS_TIMES", "10")]).await;
    let visitor = app.visitor();
    let spellings = ["Victim@example.com", " victim@example.com", "VICTIM@EXAMPLE.COM", "victim@Example.com "];
    visitor.post(SEND, json!({ "email": "victim@example.com" })).await.expect(200);
    for spelling in spellings {
        visitor.post(SEND, json!({ "email": spelling })).await.refused(429, "42900001");
    }
    let answers =
        join_all((0..20).map(|number| visitor.post(SEND, json!({ "email": format!("victim{number}@example.com") }))));
    let answers = answers.await;
    let sent = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(sent <= 9, "{sent} of one address's mails");
    assert_eq!(with_code(&answers, "42900001"), 20 - sent);
}
