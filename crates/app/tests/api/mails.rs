//! Mails on their way to the sandbox's inbox, and what is done about those that do not get there.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::reset::mails;
use super::support::{Shopper, TestApp, sign_up_form};

const SEND: &str = "/api/auth/password-reset/send-code";
const PARKED: &str = "/api/admin/mails?state=PARKED";
const SUPPRESSIONS: &str = "/api/admin/mail-suppressions";
const WEBHOOK: &str = "/api/webhooks/ses";
/// Where everything bounces (the partner's mailbox simulator).
const BOUNCING: &str = "bounce@simulator.amazonses.com";

/// Somebody with that address asks for a code, and so has a mail written.
async fn asks_for_a_code(app: &TestApp, number: u32, email: &str) -> String {
    let mut form = sign_up_form(number);
    form["email"] = json!(email);
    app.visitor().post("/api/users/signup", form).await.expect(201);
    app.visitor().post(SEND, json!({ "email": email })).await.expect(200);
    email.to_owned()
}

async fn lever(app: &TestApp, path: &str) -> Value {
    let url = format!("{}/mail/control/{path}", app.server.sandbox.as_ref().unwrap().url());
    let answer = app.client.get(url).send().await.unwrap().bytes().await.unwrap();
    serde_json::from_slice(&answer).unwrap()
}

/// Makes the relay misbehave so often.
async fn breaks(app: &TestApp, kind: &str, times: u32) {
    let url = format!("{}/mail/control/faults", app.server.sandbox.as_ref().unwrap().url());
    let body = json!({"kind": kind, "times": times}).to_string();
    assert_eq!(app.client.post(url).body(body).send().await.unwrap().status(), 200);
}

/// Looks at the relay until it is so.
async fn sees(app: &TestApp, path: &str, what: impl Fn(&Value) -> bool) -> Value {
    let wait = async {
        loop {
            let seen = lever(app, path).await;
            if what(&seen) {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), wait).await.unwrap_or_else(|_| panic!("{path} never became so"))
}

async fn administrator(app: &TestApp) -> Shopper {
    let (browser, demo) = (app.visitor(), app.server.demo.as_ref().unwrap());
    let form = json!({"email": "admin@energy-factory.kr", "password": demo.password.expose_secret()});
    browser.post("/api/auth/login", form).await.expect(200);
    browser
}

/// The parked mails as soon as there are so many.
async fn parked(admin: &Shopper, count: usize) -> Vec<Value> {
    let wait = async {
        loop {
            let page = admin.get(PARKED).await.expect(200);
            let found = page["mails"].as_array().unwrap().clone();
            assert_eq!(page["pageInfo"]["totalElements"], found.len());
            if found.len() == count {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), wait).await.unwrap_or_else(|_| panic!("never {count} parked mails"))
}

#[tokio::test]
async fn a_mail_reaches_its_inbox_as_the_shops_letter() {
    let app = TestApp::start().await;
    let to = asks_for_a_code(&app, 1, "shopper1@example.com").await;
    let mail = mails(&app, &to, 1).await.remove(0);
    assert_eq!(mail["to"], json!([to]));
    assert_eq!(mail["subject"], "[에너지팩토리] 비밀번호 재설정 인증번호");
    assert!(mail["from"].as_str().unwrap().contains("no-reply@energy-factory.kr"), "{mail}");
    assert!(mail["html"].as_str().unwrap().contains("Energy Factory"), "{mail}");
    assert!(mail["tags"].as_array().unwrap().contains(&json!(["letter", "RESET_CODE"])), "{mail}");
}

#[tokio::test]
async fn a_throttled_mail_goes_out_when_its_pause_is_over() {
    let (app, clock) = TestApp::start_with_clock().await;
    breaks(&app, "refuse_454", 1).await;
    let to = asks_for_a_code(&app, 1, "shopper1@example.com").await;
    sees(&app, "faults", |faults| faults.as_array().unwrap().is_empty()).await;
    assert!(mails(&app, &to, 0).await.is_empty());
    clock.advance(Duration::from_secs(5));
    assert_eq!(mails(&app, &to, 1).await.len(), 1);
}

#[tokio::test]
async fn a_mail_whose_answer_got_lost_is_sent_again() {
    let (app, clock) = TestApp::start_with_clock().await;
    breaks(&app, "drop_after_data", 1).await;
    let to = asks_for_a_code(&app, 1, "shopper1@example.com").await;
    let first = mails(&app, &to, 1).await.remove(0);
    // What became of the first try is being stored while the relay already has the mail.
    let wait = async {
        loop {
            clock.advance(Duration::from_secs(1));
            let found = mails(&app, &to, 1).await;
            if found.len() == 2 {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    let both = tokio::time::timeout(Duration::from_secs(15), wait).await.expect("it is sent again");
    assert_eq!(both[0]["text"], first["text"]);
}

#[tokio::test]
async fn a_refused_mail_waits_for_an_administrator_who_sends_or_discards_it() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    assert!(parked(&admin, 0).await.is_empty());
    breaks(&app, "refuse_554", 2).await;
    let to = asks_for_a_code(&app, 1, "shopper1@example.com").await;
    let one = parked(&admin, 1).await.remove(0);
    let id = one["id"].as_i64().unwrap();
    assert_eq!(
        [&one["state"], &one["to"], &one["letter"], &one["attempts"]],
        [&json!("PARKED"), &json!("s***@example.com"), &json!("RESET_CODE"), &json!(1)]
    );
    assert!(one["reason"].as_str().unwrap().starts_with("554 Transaction failed"), "{one}");
    assert!(!one.to_string().contains("shopper1"), "{one}");

    let other = asks_for_a_code(&app, 2, "shopper2@example.com").await;
    let both = parked(&admin, 2).await;
    assert_eq!(both[1]["id"], id, "the latest first");
    let (retry, discard) =
        (format!("/api/admin/mails/{id}/retry"), format!("/api/admin/mails/{}", both[0]["id"].as_i64().unwrap()));
    admin.post(&retry, json!({})).await.expect(200);
    assert_eq!(mails(&app, &to, 1).await.len(), 1);
    admin.delete(&discard).await.expect(200);
    assert!(parked(&admin, 0).await.is_empty());
    admin.post(&retry, json!({})).await.refused(404, "40000002");
    admin.delete(&discard).await.refused(404, "40000002");
    assert!(mails(&app, &other, 0).await.is_empty());
}

#[tokio::test]
async fn only_administrators_look_after_mails() {
    let app = TestApp::start().await;
    let (visitor, shopper, admin) = (app.visitor(), app.shopper(1).await, administrator(&app).await);
    for path in ["/api/admin/mails/1", "/api/admin/mails/no-number"] {
        visitor.delete(path).await.refused(401, "40000001");
        shopper.delete(path).await.refused(403, "40300003");
        visitor.post(&format!("{path}/retry"), json!({})).await.refused(401, "40000001");
        shopper.post(&format!("{path}/retry"), json!({})).await.refused(403, "40300003");
    }
    visitor.get(PARKED).await.refused(401, "40000001");
    shopper.get(PARKED).await.refused(403, "40300003");
    admin.delete("/api/admin/mails/no-number").await.expect(400);
    admin.get("/api/admin/mails?state=SENT").await.expect(400);
    assert_eq!(admin.get("/api/admin/mails").await.expect(200)["mails"], json!([]));
}

#[tokio::test]
async fn nobody_writes_twice_to_an_address_where_mail_bounces() {
    let app = TestApp::start().await;
    sees(&app, "sns", |topic| topic["confirmed"] == true).await;
    asks_for_a_code(&app, 1, BOUNCING).await;
    assert_eq!(mails(&app, BOUNCING, 1).await.len(), 1);
    sees(&app, "sns", |topic| {
        let told = topic["deliveries"].as_array().unwrap();
        told.iter().any(|told| told["delivered"] == true && told["message"].as_str().unwrap().contains("\"Bounce\""))
    })
    .await;
    // Another letter to the same address; and one to somebody else, which leaves after it.
    let owner = app.visitor();
    let password = sign_up_form(1)["password"].clone();
    owner.post("/api/auth/login", json!({"email": BOUNCING, "password": password})).await.expect(200);
    let change = json!({"currentPassword": password, "newPassword": "Rainy-Night-2025@"});
    owner.put("/api/users/password", change).await.expect(200);
    let other = asks_for_a_code(&app, 2, "shopper2@example.com").await;
    assert_eq!(mails(&app, &other, 1).await.len(), 1);
    assert_eq!(mails(&app, BOUNCING, 1).await.len(), 1, "the second letter was not sent");
}

/// The suppressed addresses of that query as soon as there are so many.
async fn suppressed(admin: &Shopper, query: &str, count: usize) -> Vec<Value> {
    let wait = async {
        loop {
            let page = admin.get(&format!("{SUPPRESSIONS}{query}")).await.expect(200);
            let found = page["suppressions"].as_array().unwrap().clone();
            assert_eq!(page["pageInfo"]["totalElements"], found.len());
            if found.len() == count {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(15), wait).await;
    found.unwrap_or_else(|_| panic!("never {count} suppressed addresses"))
}

/// His mailbox was away; now it is there again, and his administrator lets him have his letters.
#[tokio::test]
async fn an_address_gets_mail_again_once_an_administrator_lifts_its_suppression() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    sees(&app, "sns", |topic| topic["confirmed"] == true).await;
    assert!(suppressed(&admin, "", 0).await.is_empty());
    asks_for_a_code(&app, 1, BOUNCING).await;
    assert_eq!(mails(&app, BOUNCING, 1).await.len(), 1);

    let one = suppressed(&admin, "", 1).await.remove(0);
    let id = one["id"].as_i64().unwrap();
    assert_eq!([&one["email"], &one["reason"]], ["b***@simulator.amazonses.com", "BOUNCE"]);
    assert!(one["since"].as_str().is_some_and(|since| !since.is_empty()), "{one}");
    assert!(!one.to_string().contains("bounce@"), "{one}");
    assert_eq!(suppressed(&admin, "?email=%20Bounce@Simulator.AmazonSES.com", 1).await, [one]);
    assert!(suppressed(&admin, "?email=shopper2@example.com", 0).await.is_empty());

    admin.delete(&format!("{SUPPRESSIONS}/{id}")).await.expect(200);
    admin.delete(&format!("{SUPPRESSIONS}/{id}")).await.refused(404, "40000002");
    assert!(suppressed(&admin, "", 0).await.is_empty());
    let owner = app.visitor();
    let password = sign_up_form(1)["password"].clone();
    owner.post("/api/auth/login", json!({"email": BOUNCING, "password": password})).await.expect(200);
    let change = json!({"currentPassword": password, "newPassword": "Rainy-Night-2025@"});
    owner.put("/api/users/password", change).await.expect(200);
    assert_eq!(mails(&app, BOUNCING, 2).await.len(), 2);
    // That mailbox bounces for ever: a new notice, a new suppression.
    assert!(suppressed(&admin, "", 1).await.remove(0)["id"].as_i64().unwrap() > id);
}

#[tokio::test]
async fn only_administrators_look_after_suppressed_addresses() {
    let app = TestApp::start().await;
    let (visitor, shopper, admin) = (app.visitor(), app.shopper(1).await, administrator(&app).await);
    for path in [format!("{SUPPRESSIONS}/1"), format!("{SUPPRESSIONS}/no-number")] {
        visitor.delete(&path).await.refused(401, "40000001");
        shopper.delete(&path).await.refused(403, "40300003");
    }
    visitor.get(SUPPRESSIONS).await.refused(401, "40000001");
    shopper.get(SUPPRESSIONS).await.refused(403, "40300003");
    admin.delete(&format!("{SUPPRESSIONS}/no-number")).await.expect(400);
    admin.get(&format!("{SUPPRESSIONS}?email=no-address")).await.expect(400);
    assert_eq!(admin.get(&format!("{SUPPRESSIONS}?email=&page=7")).await.expect(200)["suppressions"], json!([]));
}

#[tokio::test]
async fn a_notice_that_nobody_signed_is_refused() {
    let app = TestApp::start().await;
    let sends = async |body: &str, kind: &str| {
        let headers = [("content-type", kind)];
        app.visitor().send(reqwest::Method::POST, WEBHOOK, Some(body.as_bytes().to_vec()), &headers).await
    };
    let forged = json!({
        "Type": "Notification", "MessageId": "x", "TopicArn": "arn:aws:sns:ap-northeast-2:123456789012:sandbox-mail",
        "Message": "{}", "Timestamp": "2020-01-01T00:00:00.000Z", "SignatureVersion": "2", "Signature": "AAAA",
        "SigningCertURL": "https://evil.example/a.pem"
    });
    sends(&forged.to_string(), "text/plain; charset=UTF-8").await.refused(403, "40300003");
    for rubbish in ["", "{}", "<xml/>"] {
        sends(rubbish, "text/plain; charset=UTF-8").await.expect(400);
    }
    sends(&forged.to_string(), "application/json").await.expect(415);
}

#[tokio::test]
async fn a_wrong_password_at_the_relay_loses_no_mail() {
    let wrong = [("EF__MAIL__USERNAME", "nobody"), ("EF__MAIL__PASSWORD", "wrong")];
    let app = TestApp::start_with(&wrong).await;
    let admin = administrator(&app).await;
    let to = asks_for_a_code(&app, 1, "shopper1@example.com").await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(parked(&admin, 0).await.is_empty(), "it waits, and nobody has to ask for it");
    assert!(mails(&app, &to, 0).await.is_empty());
}
