//! The second factor of those who run the shop, and the administration that asks for it.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::shared::{Clock, ManualClock};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::support::{Answer, PASSWORD, Shopper, TestApp};

const TOTP: &str = "/api/users/me/totp";
const VERIFY: &str = "/api/users/me/totp/verify";
const RECOVERY: &str = "/api/users/me/totp/recovery-codes";
const LOG_IN: &str = "/api/auth/login";
const ADMIN: &str = "admin@energy-factory.kr";
/// One step of the codes.
const STEP: Duration = Duration::from_secs(30);

/// Somebody who runs the shop: a browser, a password and an authenticator.
struct Admin {
    browser: Shopper,
    password: String,
    clock: Arc<ManualClock>,
    secret: Option<String>,
    recovery: Vec<String>,
}

impl Admin {
    /// Signed in with the password alone.
    async fn signed_in(app: &TestApp, clock: &Arc<ManualClock>) -> Self {
        let password = app.server.demo.as_ref().unwrap().password.expose_secret().to_owned();
        let browser = app.visitor();
        browser.post(LOG_IN, json!({"email": ADMIN, "password": password})).await.expect(200);
        Self { browser, password, clock: Arc::clone(clock), secret: None, recovery: Vec::new() }
    }

    /// With a second factor.
    async fn enrolled(app: &TestApp, clock: &Arc<ManualClock>) -> Self {
        let mut admin = Self::signed_in(app, clock).await;
        admin.enrols().await;
        admin.verifies().await;
        admin
    }

    async fn enrols(&mut self) -> Value {
        let shown = self.browser.post(TOTP, json!({"currentPassword": self.password})).await.expect(200);
        self.secret = Some(shown["secret"].as_str().unwrap().to_owned());
        shown
    }

    async fn verifies(&mut self) {
        let code = self.next_code().await;
        self.recovery = codes(&self.browser.post(VERIFY, json!({"code": code})).await.expect(200));
    }

    /// What the authenticator shows now.
    fn code(&self) -> String {
        let secret = Secret::try_from_base32(self.secret.as_ref().unwrap()).unwrap();
        let seconds = u64::try_from(self.clock.now().millis()).unwrap() / 1000;
        Builder::new().with_secret(secret).build().unwrap().generate(seconds).to_string()
    }

    /// What it shows half a minute later.
    async fn next_code(&self) -> String {
        self.clock.sleep(STEP).await;
        self.code()
    }

    /// Six digits that it does not show around now.
    fn wrong_code(&self) -> String {
        let shown: u32 = self.code().parse().unwrap();
        format!("{:06}", (shown + 500_000) % 1_000_000)
    }

    /// The front end's form: one field for all.
    async fn types(&self, app: &TestApp, behind: &str) -> Answer {
        let typed = format!("{}{behind}", self.password);
        app.visitor().post(LOG_IN, json!({"email": ADMIN, "password": typed})).await
    }

    /// A client with a field for the code.
    async fn sends(&self, app: &TestApp, code: &str) -> Answer {
        app.visitor().post(LOG_IN, json!({"email": ADMIN, "password": self.password, "totp": code})).await
    }
}

async fn asks(browser: &Shopper, method: &Method, path: &str) -> Answer {
    browser.send(method.clone(), path, Some(b"no JSON".to_vec()), &[]).await
}

fn codes(answer: &Value) -> Vec<String> {
    let codes = answer["recoveryCodes"].as_array().unwrap();
    codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_administrator_enrols_and_signs_in_with_the_digits_behind_the_password() {
    let (app, clock) = TestApp::start_with_clock().await;
    let mut admin = Admin::signed_in(&app, &clock).await;
    let elsewhere = Admin::signed_in(&app, &clock).await;
    assert_eq!(admin.browser.get(TOTP).await.expect(200), json!({"enrolled": false}));

    let shown = admin.enrols().await;
    let uri = format!(
        "otpauth://totp/Energy%20Factory:admin%40energy-factory.kr?secret={}",
        shown["secret"].as_str().unwrap()
    );
    assert!(shown["otpauthUri"].as_str().unwrap().starts_with(&uri), "{shown}");
    assert_eq!(shown["secret"].as_str().map(str::len), Some(32));
    // Nothing asks for it before it is verified.
    admin.types(&app, "").await.expect(200);
    admin.verifies().await;
    assert_eq!(admin.recovery.len(), 10);
    assert_eq!(admin.browser.get(TOTP).await.expect(200), json!({"enrolled": true}));
    elsewhere.browser.get("/api/users/me/sessions").await.refused(401, "40000001");
    assert_eq!(admin.browser.get("/api/users/me/sessions").await.expect(200).as_array().unwrap().len(), 1);

    admin.types(&app, "").await.refused(401, "40100013");
    admin.sends(&app, "").await.refused(401, "40100013");
    let code = admin.next_code().await;
    admin.types(&app, &code).await.expect(200);
    admin.types(&app, &code).await.refused(401, "40100000");
    let code = admin.next_code().await;
    admin.sends(&app, &format!("{} {}", &code[..3], &code[3..])).await.expect(200);
    admin.sends(&app, &code).await.refused(401, "40100000");
}

#[tokio::test]
async fn the_code_that_verified_a_factor_signs_nobody_in() {
    let (app, clock) = TestApp::start_with_clock().await;
    let admin = Admin::enrolled(&app, &clock).await;
    admin.types(&app, &admin.code()).await.refused(401, "40100000");
}

#[tokio::test]
async fn a_clock_may_be_half_a_minute_off() {
    let (app, clock) = TestApp::start_with_clock().await;
    let admin = Admin::enrolled(&app, &clock).await;
    let slow = admin.next_code().await;
    clock.sleep(STEP).await;
    admin.types(&app, &slow).await.expect(200);
    let too_slow = admin.next_code().await;
    clock.sleep(2 * STEP).await;
    admin.types(&app, &too_slow).await.refused(401, "40100000");
}

#[tokio::test]
async fn a_recovery_code_signs_in_once() {
    let (app, clock) = TestApp::start_with_clock().await;
    let admin = Admin::enrolled(&app, &clock).await;
    let [first, second, ..] = admin.recovery.as_slice() else { panic!("too few") };
    admin.types(&app, first).await.expect(200);
    admin.types(&app, first).await.refused(401, "40100000");
    admin.sends(&app, &second.to_lowercase().replace('-', " ")).await.expect(200);
    admin.sends(&app, second).await.refused(401, "40100000");
}

#[tokio::test]
async fn wrong_codes_count_as_failures_wherever_they_come_from() {
    let (app, clock) = TestApp::start_with_clock().await;
    let admin = Admin::enrolled(&app, &clock).await;
    for _ in 0..10 {
        admin.types(&app, &admin.wrong_code()).await.refused(401, "40100000");
    }
    let code = admin.next_code().await;
    let eleventh = admin.types(&app, &code).await;
    eleventh.refused(429, "42900001");
    assert!(eleventh.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
    // The session that is open cannot be used to guess on.
    let body = json!({"code": code});
    admin.browser.post(RECOVERY, body.clone()).await.refused(429, "42900001");
}

#[tokio::test]
async fn many_machines_guess_no_more_than_one() {
    let (app, clock) = TestApp::start_with_clock_and(&[("EF__HTTP__PROXIES", "1")]).await;
    let admin = Admin::enrolled(&app, &clock).await;
    let types_from = async |machine: u32, code: &str| {
        let body = json!({"email": ADMIN, "password": admin.password, "totp": code}).to_string();
        let from = format!("198.51.100.{machine}");
        app.visitor().send(Method::POST, LOG_IN, Some(body.into_bytes()), &[("x-forwarded-for", &from)]).await
    };
    for machine in 1..=10 {
        types_from(machine, &admin.wrong_code()).await.refused(401, "40100000");
    }
    let code = admin.next_code().await;
    types_from(11, &code).await.refused(429, "42900001");
    // Later the owner gets in as ever.
    clock.sleep(Duration::from_mins(15)).await;
    types_from(12, &admin.code()).await.expect(200);
}

#[tokio::test]
async fn new_recovery_codes_cost_a_code_and_void_the_old_ones() {
    let (app, clock) = TestApp::start_with_clock().await;
    let admin = Admin::enrolled(&app, &clock).await;
    admin.browser.post(RECOVERY, json!({"code": admin.wrong_code()})).await.refused(400, "40100010");
    let code = admin.next_code().await;
    let new = codes(&admin.browser.post(RECOVERY, json!({"code": code})).await.expect(200));
    admin.browser.post(RECOVERY, json!({"code": code})).await.refused(400, "40100010");
    admin.types(&app, &admin.recovery[0]).await.refused(401, "40100000");
    admin.types(&app, &new[0]).await.expect(200);
}

#[tokio::test]
async fn a_second_factor_is_removed_with_both_proofs() {
    let (app, clock) = TestApp::start_with_clock().await;
    let admin = Admin::enrolled(&app, &clock).await;
    let remove = |body: Value| admin.browser.send(Method::DELETE, TOTP, Some(body.to_string().into_bytes()), &[]);
    let code = admin.next_code().await;
    let fields = remove(json!({})).await.refused(400, "40400001");
    assert_eq!(fields.as_array().map(Vec::len), Some(2));
    remove(json!({"currentPassword": "Another-2024!", "code": code})).await.refused(400, "40100003");
    remove(json!({"currentPassword": admin.password, "code": admin.wrong_code()})).await.refused(400, "40100010");
    remove(json!({"currentPassword": admin.password, "code": code})).await.expect(200);
    assert_eq!(admin.browser.get(TOTP).await.expect(200), json!({"enrolled": false}));
    admin.types(&app, "").await.expect(200);
    remove(json!({"currentPassword": admin.password, "code": code})).await.refused(409, "40100011");
}

#[tokio::test]
async fn a_browser_that_can_have_no_new_session_forgets_the_old_one() {
    let (app, clock) = TestApp::start_with_clock().await;
    let mut admin = Admin::signed_in(&app, &clock).await;
    admin.enrols().await;
    let code = admin.next_code().await;
    let forgets = |answer: &Answer| {
        let kept = answer.cookies().into_iter().filter(|(_, value)| !value.is_empty()).count();
        (answer.cookies().len(), kept) == (2, 0)
    };
    app.begins_sessions(false).await;
    let verified = admin.browser.post(VERIFY, json!({"code": code})).await;
    assert_eq!(codes(&verified.expect(200)).len(), 10);
    assert!(forgets(&verified), "{:?}", verified.set_cookie_lines());

    app.begins_sessions(true).await;
    let typed = json!({"email": ADMIN, "password": admin.password, "totp": admin.next_code().await});
    admin.browser.post(LOG_IN, typed).await.expect(200);
    app.begins_sessions(false).await;
    let body = json!({"currentPassword": admin.password, "code": admin.next_code().await}).to_string();
    let removed = admin.browser.send(Method::DELETE, TOTP, Some(body.into_bytes()), &[]).await;
    removed.expect(200);
    assert!(forgets(&removed), "{:?}", removed.set_cookie_lines());
}

#[tokio::test]
async fn enrolling_takes_the_password_and_happens_once() {
    let (app, clock) = TestApp::start_with_clock().await;
    let mut admin = Admin::signed_in(&app, &clock).await;
    admin.browser.post(VERIFY, json!({"code": "123456"})).await.refused(409, "40100011");
    admin.browser.post(TOTP, json!({"currentPassword": "Another-2024!"})).await.refused(400, "40100003");
    let first = admin.enrols().await;
    let second = admin.enrols().await;
    assert_ne!(first["secret"], second["secret"]);
    for wrong in [admin.wrong_code(), "12345".to_owned(), "ABCDE-23456".to_owned()] {
        admin.browser.post(VERIFY, json!({"code": wrong})).await.refused(400, "40100010");
    }
    admin.verifies().await;
    let code = admin.next_code().await;
    admin.browser.post(VERIFY, json!({"code": code})).await.refused(409, "40100012");
    admin.browser.post(TOTP, json!({"currentPassword": admin.password})).await.refused(409, "40100012");
}

#[tokio::test]
async fn guesses_at_the_password_inside_count_as_failed_log_ins() {
    let (app, clock) = TestApp::start_with_clock().await;
    let admin = Admin::signed_in(&app, &clock).await;
    for _ in 0..10 {
        admin.browser.post(TOTP, json!({"currentPassword": "Another-2024!"})).await.refused(400, "40100003");
    }
    admin.browser.post(TOTP, json!({"currentPassword": admin.password})).await.refused(429, "42900001");
    admin.types(&app, "").await.refused(429, "42900001");
}

#[tokio::test]
async fn shoppers_have_no_second_factor() {
    let app = TestApp::start().await;
    app.visitor().get(TOTP).await.refused(401, "40000001");
    let shopper = app.shopper(1).await;
    shopper.post(TOTP, json!({"currentPassword": PASSWORD})).await.refused(403, "40300003");
    assert_eq!(shopper.get(TOTP).await.expect(200), json!({"enrolled": false}));
}

#[tokio::test]
async fn the_administration_is_closed_whatever_is_asked_of_it() {
    let (app, clock) = TestApp::start_with_clock().await;
    let shopper = app.shopper(1).await;
    let admin = Admin::signed_in(&app, &clock).await;
    for path in ["/api/admin", "/api/admin/", "/api/admin/nowhere", "/api/%61dmin/nowhere", "/%61pi/%61dmin"] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            asks(&app.visitor(), &method, path).await.refused(401, "40000001");
            asks(&shopper, &method, path).await.refused(403, "40300003");
            asks(&admin.browser, &method, path).await.refused(404, "40500002");
        }
    }
}

#[tokio::test]
async fn where_it_is_required_the_administration_opens_with_a_second_factor_only() {
    let (app, clock) = TestApp::start_with_clock_and(&[("EF__ADMIN__TOTP_REQUIRED", "true")]).await;
    let mut admin = Admin::signed_in(&app, &clock).await;
    let refusal = admin.browser.get("/api/admin/nowhere").await;
    refusal.refused(403, "40300006");
    assert!(refusal.json()["desc"].as_str().unwrap().contains("2단계 인증"), "{}", refusal.text);
    app.shopper(1).await.get("/api/admin/nowhere").await.refused(403, "40300003");
    admin.enrols().await;
    admin.browser.get("/api/admin/nowhere").await.refused(403, "40300006");
    admin.verifies().await;
    admin.browser.get("/api/admin/nowhere").await.refused(404, "40500002");
}

#[tokio::test]
async fn an_operator_resets_a_factor_that_was_lost() {
    let (app, clock) = TestApp::start_with_clock().await;
    let admin = Admin::enrolled(&app, &clock).await;
    let printed = app.commands(&["admin", "reset-second-factor", "--email", ADMIN]);
    assert_eq!(printed, format!("{ADMIN} has no second factor any more, and is signed out everywhere\n"));
    admin.browser.get(TOTP).await.refused(401, "40000001");
    admin.types(&app, "").await.expect(200);
    let printed = app.commands(&["admin", "reset-second-factor", "--email", ADMIN]);
    assert_eq!(printed, format!("{ADMIN} has no second factor\n"));
}
