//! Choosing another password by mail.

use std::time::Duration;

use futures::future::join_all;
use reqwest::header::HeaderName;
use serde_json::{Value, json};

use super::support::{Answer, PASSWORD, Shopper, TestApp, sign_up_form};

const SEND: &str = "/api/auth/password-reset/send-code";
const VERIFY: &str = "/api/auth/password-reset/verify-code";
const RESET: &str = "/api/auth/password-reset";
/// What somebody chooses who forgot the other one.
const ANOTHER: &str = "Rainy-Night-2025@";

/// So many mails to that address as soon as there are so many, the newest first.
pub async fn mails(app: &TestApp, to: &str, count: usize) -> Vec<Value> {
    let url = format!("{}/mail/messages?to={to}", app.server.sandbox.as_ref().unwrap().url());
    let wait = async {
        loop {
            let answer = app.client.get(&url).send().await.unwrap().bytes().await.unwrap();
            let mails: Vec<Value> = serde_json::from_slice(&answer).unwrap();
            if mails.len() >= count {
                return mails;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), wait).await.unwrap_or_else(|_| panic!("no {count} mails to {to}"))
}

/// The only six digits in a row in the newest of so many mails to that address.
pub async fn code_in_mail(app: &TestApp, to: &str, count: usize) -> String {
    let mail = mails(app, to, count).await.remove(0);
    let text = mail["text"].as_str().unwrap().to_owned();
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 6).collect();
    assert_eq!(numbers.len(), 1, "{text}");
    numbers[0].to_owned()
}

/// Another code than that, for certain.
pub fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn asks(visitor: &Shopper, email: &str) -> Answer {
    visitor.post(SEND, json!({ "email": email })).await
}

async fn enters(visitor: &Shopper, email: &str, code: &str) -> Answer {
    visitor.post(VERIFY, json!({ "email": email, "code": code })).await
}

async fn chooses(visitor: &Shopper, token: &str, password: &str) -> Answer {
    visitor.post(RESET, json!({ "resetToken": token, "newPassword": password })).await
}

async fn logs_in(visitor: &Shopper, email: &str, password: &str) -> Answer {
    visitor.post("/api/auth/login", json!({ "email": email, "password": password })).await
}

/// A token for the account of `shopper1`, by way of the mailbox.
pub async fn token_by_mail(app: &TestApp, visitor: &Shopper) -> String {
    let email = "shopper1@example.com";
    asks(visitor, email).await.expect(200);
    let code = code_in_mail(app, email, 1).await;
    enters(visitor, email, &code).await.expect(200)["resetToken"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_forgot_the_password_chooses_another_and_is_signed_out_everywhere() {
    let app = TestApp::start().await;
    let (phone, laptop, visitor) = (app.shopper(1).await, app.visitor(), app.visitor());
    let email = "shopper1@example.com";
    logs_in(&laptop, email, PASSWORD).await.expect(200);
    // However it is spelt, it is the same mailbox, and the letter goes to the address that the account has.
    assert_eq!(asks(&visitor, " Shopper1@Example.COM ").await.expect(200), Value::Null);
    let code = code_in_mail(&app, email, 1).await;
    enters(&visitor, email, &wrong(&code)).await.refused(400, "40700002");
    let answer = enters(&visitor, email, &code).await;
    let data = answer.expect(200);
    let token = data["resetToken"].as_str().unwrap();
    assert!(data["message"].as_str().is_some_and(|message| !message.is_empty()));
    enters(&visitor, email, &code).await.refused(400, "40700001");

    let access = phone.cookie("accessToken");
    let answer = chooses(&visitor, token, ANOTHER).await;
    assert_eq!(answer.expect(200), Value::Null);
    assert!(answer.cookies().is_empty(), "nobody is signed in by it");
    chooses(&visitor, token, ANOTHER).await.refused(400, "40700003");

    for device in [&phone, &laptop] {
        device.get("/api/cart").await.refused(401, "40000001");
        device.post("/api/auth/refresh", json!({})).await.refused(401, "40100003");
    }
    phone.set_cookie("accessToken", access.as_deref());
    phone.get("/api/cart").await.refused(401, "40000001");
    logs_in(&visitor, email, PASSWORD).await.refused(401, "40100000");
    logs_in(&visitor, email, ANOTHER).await.expect(200);
    visitor.get("/api/cart").await.expect(200);
    let told = mails(&app, email, 2).await;
    assert_ne!(told[0]["subject"], told[1]["subject"], "one letter with the code, one about the password");
    let about = |mail: &&Value| mail["subject"] == "[에너지팩토리] 비밀번호가 재설정되었습니다";
    let letter = told.iter().find(about).expect("the owner is told that it was a reset");
    assert!(letter["text"].as_str().unwrap().contains("네이버 로그인이 연결되어 있었다면"), "{letter}");
}

/// To the letter, but for the request's number.
#[tokio::test]
async fn nobody_learns_which_addresses_have_accounts() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let visitor = app.visitor();
    let mut stories = Vec::new();
    for email in ["shopper1@example.com", "nobody@example.com"] {
        let mut story = vec![enters(&visitor, email, "123456").await, asks(&visitor, email).await];
        let again = asks(&visitor, email).await;
        let wait: u64 = again.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert_eq!(again.json()["code"], "42900001");
        for _ in 0..6 {
            story.push(enters(&visitor, email, "000000").await);
        }
        let headers = |answer: &Answer| {
            let own = |name: &&str| !["date", "x-request-id"].contains(name);
            answer.headers.keys().map(HeaderName::as_str).filter(own).collect::<Vec<_>>().join(",")
        };
        let told = story.iter().map(|answer| (answer.status, answer.text.clone(), headers(answer)));
        stories.push(told.collect::<Vec<_>>());
    }
    assert_eq!(stories[0], stories[1]);
    let codes: Vec<Value> =
        stories[0].iter().map(|(_, text, _)| serde_json::from_str::<Value>(text).unwrap()["code"].take()).collect();
    let wrong = "40700002";
    assert_eq!(codes, ["40700001", "20000000", wrong, wrong, wrong, wrong, wrong, "40700001"]);
}

#[tokio::test]
async fn only_accounts_get_mail() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let visitor = app.visitor();
    asks(&visitor, "nobody@example.com").await.expect(200);
    asks(&visitor, "shopper1@example.com").await.expect(200);
    mails(&app, "shopper1@example.com", 1).await;
    assert!(mails(&app, "nobody@example.com", 0).await.is_empty());
}

#[tokio::test]
async fn of_fifty_guesses_at_once_five_are_judged_and_then_the_right_code_is_void_too() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let (visitor, email) = (app.visitor(), "shopper1@example.com");
    asks(&visitor, email).await.expect(200);
    let code = code_in_mail(&app, email, 1).await;
    let guess = wrong(&code);
    let guesses = join_all((0..50).map(|_| enters(&visitor, email, &guess))).await;
    let judged = guesses.iter().filter(|answer| answer.json()["code"] == "40700002").count();
    let void = guesses.iter().filter(|answer| answer.json()["code"] == "40700001").count();
    assert_eq!((judged, void), (5, 45));
    enters(&visitor, email, &code).await.refused(400, "40700001");
}

#[tokio::test]
async fn of_twenty_uses_of_a_token_at_once_one_wins() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let visitor = app.visitor();
    let token = token_by_mail(&app, &visitor).await;
    let passwords: Vec<String> = (0..20).map(|number| format!("Rainy-Night-{number:04}@")).collect();
    let answers = join_all(passwords.iter().map(|password| chooses(&visitor, &token, password))).await;
    let winners: Vec<&String> = answers
        .iter()
        .zip(&passwords)
        .filter(|(answer, _)| answer.status == 200)
        .map(|(_, password)| password)
        .collect();
    assert_eq!(winners.len(), 1);
    assert!(answers.iter().filter(|answer| answer.status != 200).all(|answer| answer.json()["code"] == "40700003"));
    logs_in(&visitor, "shopper1@example.com", winners[0]).await.expect(200);
}

#[tokio::test]
async fn a_new_code_voids_the_old_one() {
    let app = TestApp::start_with(&[("EF__LIMITS__RESET_MAIL_TIMES", "2")]).await;
    app.shopper(1).await;
    let (visitor, email) = (app.visitor(), "shopper1@example.com");
    asks(&visitor, email).await.expect(200);
    let old = code_in_mail(&app, email, 1).await;
    asks(&visitor, email).await.expect(200);
    let new = code_in_mail(&app, email, 2).await;
    if old != new {
        enters(&visitor, email, &old).await.refused(400, "40700002");
    }
    enters(&visitor, email, &new).await.expect(200);
}

#[tokio::test]
async fn codes_and_tokens_run_out() {
    let app = TestApp::start_with(&[("EF__LIMITS__RESET_MAIL_TIMES", "2")]).await;
    app.shopper(1).await;
    let (visitor, email) = (app.visitor(), "shopper1@example.com");
    let token = token_by_mail(&app, &visitor).await;
    app.tampers("UPDATE password_reset SET token_expires_at = '2020-01-01T00:00:00.000+00:00'").await;
    chooses(&visitor, &token, ANOTHER).await.refused(400, "40700003");
    logs_in(&visitor, email, PASSWORD).await.expect(200);
    asks(&visitor, email).await.expect(200);
    let code = code_in_mail(&app, email, 2).await;
    app.tampers("UPDATE password_reset SET code_expires_at = '2020-01-01T00:00:00.000+00:00'").await;
    enters(&visitor, email, &code).await.refused(400, "40700001");
}

#[tokio::test]
async fn a_token_that_is_none_is_refused_like_one_that_ran_out() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let digits = "a".repeat(64);
    for token in [digits.as_str(), "6f1c2f0e-7f0b-4f6a-9a52-0c2b0e6f1a11", "' OR 1=1 --", "가", "a"] {
        chooses(&visitor, token, ANOTHER).await.refused(400, "40700003");
    }
}

#[tokio::test]
async fn forms_hear_of_all_their_errors_at_once() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let fields = |data: &Value| -> Vec<String> {
        data.as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    };
    let refused = visitor.post(SEND, json!({ "email": "nobody" })).await.refused(400, "40400001");
    assert_eq!(fields(&refused), ["email"]);
    let refused = visitor.post(VERIFY, json!({ "email": 1, "code": "12345" })).await.refused(400, "40400001");
    assert_eq!(fields(&refused), ["email", "code"]);
    let refused =
        visitor.post(RESET, json!({ "resetToken": "", "newPassword": "weak" })).await.refused(400, "40400001");
    assert_eq!(fields(&refused), ["resetToken", "newPassword"]);
}

/// What the sign-up form takes, this form takes too.
#[tokio::test]
async fn any_password_of_the_policy_will_do() {
    let app = TestApp::start().await;
    app.visitor().post("/api/users/signup", sign_up_form(1)).await.expect(201);
    let visitor = app.visitor();
    let token = token_by_mail(&app, &visitor).await;
    chooses(&visitor, &token, "Abcdef1#").await.expect(200);
    logs_in(&visitor, "shopper1@example.com", "Abcdef1#").await.expect(200);
}
