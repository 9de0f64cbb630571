//! Log-ins at Naver that began in somebody else's browser.

use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::super::support::{Answer, Shopper, TestApp, sign_up_form};

const DEPARTURE: &str = "/oauth2/authorization/naver";
const LINK: &str = "/api/auth/link/naver";
const PENDING: &str = "/api/auth/oauth-temp-info";
const JOIN: &str = "/api/auth/signup-with-oauth";
const FLOW: &str = "naverFlow";
const FAILED: &str = "http://localhost:5173/login?error";

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 302, "{}", answer.text);
    answer.header("location").unwrap().to_owned()
}

/// Somebody goes to Naver, logs in there, and is about to come back: the path below the shop that Naver sends him to.
async fn callback(app: &TestApp, browser: &Shopper, person: &str) -> String {
    let mut there = Url::parse(&location(&browser.get(DEPARTURE).await)).unwrap();
    there.query_pairs_mut().append_pair("sandbox_user", person);
    let answer = app.client.get(there).send().await.unwrap();
    let back = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    format!("{}?{}", back.path(), back.query().unwrap())
}

async fn signs_in(app: &TestApp, browser: &Shopper, person: &str) -> Answer {
    let back = callback(app, browser, person).await;
    browser.get(&back).await
}

/// Somebody whom Naver knows as `person` becomes a member.
async fn joins(app: &TestApp, browser: &Shopper, person: &str, number: u32) {
    signs_in(app, browser, person).await;
    browser.post(JOIN, form(browser, number).await).await.expect(201);
}

/// The form as the page fills it in with what Naver told.
async fn form(browser: &Shopper, number: u32) -> Value {
    let mut form = sign_up_form(number);
    let told = browser.get(PENDING).await.expect(200);
    for name in ["email", "name", "phoneNumber"] {
        if let Some(value) = told.get(name) {
            form[name] = value.clone();
        }
    }
    form
}

/// The attacker goes to Naver as himself and lets the victim come back.
#[tokio::test]
async fn signing_a_victim_in_by_a_link_to_the_callback() {
    let app = TestApp::start().await;
    let (attacker, victim) = (app.visitor(), app.visitor());
    joins(&app, &attacker, "attacker", 1).await;
    let back = callback(&app, &attacker, "attacker").await;
    let answer = victim.get(&back).await;
    assert_eq!(location(&answer), FAILED);
    assert!(answer.cookies().iter().all(|(_, value)| value.is_empty()), "{:?}", answer.cookies());
    victim.get("/api/cart").await.refused(401, "40000001");
}

/// The same while the victim is on his own way to Naver.
#[tokio::test]
async fn slipping_ones_own_callback_into_a_victims_flow() {
    let app = TestApp::start().await;
    let (attacker, victim) = (app.visitor(), app.visitor());
    joins(&app, &attacker, "attacker", 1).await;
    let attackers = callback(&app, &attacker, "attacker").await;
    callback(&app, &victim, "victim").await;
    assert_eq!(location(&victim.get(&attackers).await), FAILED);
    victim.get("/api/cart").await.refused(401, "40000001");
    // And with the attacker's code under the victim's own state.
    let fresh = callback(&app, &victim, "victim").await;
    let code = |path: &str| parameter(path, "code");
    let mixed = fresh.replace(&code(&fresh), &code(&attackers));
    assert_eq!(location(&victim.get(&mixed).await), FAILED);
    victim.get("/api/cart").await.refused(401, "40000001");
}

fn parameter(path: &str, name: &str) -> String {
    let url = Url::parse("http://x").unwrap().join(path).unwrap();
    url.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned()
}

/// The attacker's log-in at Naver would open the victim's account from then on.
#[tokio::test]
async fn linking_ones_own_naver_account_to_a_victims() {
    let app = TestApp::start().await;
    let (attacker, victim) = (app.shopper(1).await, app.shopper(2).await);
    location(&attacker.get(LINK).await);
    let back = callback(&app, &attacker, "attacker").await;
    let answer = victim.get(&back).await;
    assert_eq!(location(&answer), FAILED);
    assert_eq!(victim.get("/api/users/me").await.expect(200)["authProvider"], "local");

    // With the attacker's flow planted in the victim's browser, as a page on a neighbouring domain might.
    let back = {
        location(&attacker.get(LINK).await);
        callback(&app, &attacker, "attacker").await
    };
    victim.set_cookie(FLOW, attacker.cookie(FLOW).as_deref());
    let place = location(&victim.get(&back).await);
    assert!(place.contains("link=error"), "{place}");
    assert_eq!(victim.get("/api/users/me").await.expect(200)["authProvider"], "local");
}

/// A page of another site that sends the victim's browser off to be linked.
#[tokio::test]
async fn beginning_a_link_from_another_site() {
    let app = TestApp::start().await;
    let victim = app.shopper(1).await;
    for marks in [
        &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")][..],
        &[("Referer", "https://evil.example/")],
    ] {
        let answer = victim.send(Method::GET, LINK, None, marks).await;
        assert!(location(&answer).contains("link=error"), "{marks:?}");
        assert!(victim.cookie("naverLink").is_none_or(|value| value.is_empty()), "{marks:?}");
    }
}

#[tokio::test]
async fn a_callback_a_second_time() {
    let app = TestApp::start().await;
    let browser = app.visitor();
    joins(&app, &browser, "member", 1).await;
    let other = app.visitor();
    let back = callback(&app, &other, "member").await;
    let flow = other.cookie(FLOW);
    assert!(location(&other.get(&back).await).ends_with("/products"));
    other.post("/api/auth/logout", json!({})).await.expect(200);
    // The browser has forgotten the flow; a thief of its cookie has not. The code is spent.
    assert_eq!(location(&other.get(&back).await), FAILED);
    let thief = app.visitor();
    thief.set_cookie(FLOW, flow.as_deref());
    assert_eq!(location(&thief.get(&back).await), FAILED);
    thief.get("/api/cart").await.refused(401, "40000001");
}

/// Each of the sealed cookies is for one purpose.
#[tokio::test]
async fn one_sealed_cookie_in_the_place_of_another() {
    let app = TestApp::start().await;
    let browser = app.visitor();
    signs_in(&app, &browser, "newcomer").await;
    let pending = browser.cookie("naverSignUp").unwrap();
    let back = callback(&app, &browser, "newcomer").await;
    let flow = browser.cookie(FLOW).unwrap();
    let thief = app.visitor();
    thief.set_cookie("naverSignUp", Some(&flow));
    thief.get(PENDING).await.refused(400, "40100007");
    thief.set_cookie(FLOW, Some(&pending));
    assert_eq!(location(&thief.get(&back).await), FAILED);
    thief.set_cookie("naverLink", Some(&pending));
    assert!(location(&thief.get(DEPARTURE).await).contains("error"));
    for cut in [1, flow.len() / 2, flow.len() - 1] {
        thief.set_cookie(FLOW, Some(&flow[..cut]));
        assert_eq!(location(&thief.get(&back).await), FAILED);
    }
}

/// Who somebody is at Naver is no part of the form.
#[tokio::test]
async fn joining_as_somebody_else_at_naver() {
    let app = TestApp::start().await;
    let (victim, thief) = (app.visitor(), app.visitor());
    joins(&app, &victim, "victim", 1).await;
    signs_in(&app, &thief, "thief").await;
    let mut form = form(&thief, 2).await;
    for (name, value) in
        [("role", "ADMIN"), ("provider", "LOCAL"), ("subject", "victim"), ("providerId", "victim"), ("id", "1")]
    {
        form[name] = json!(value);
    }
    thief.post(JOIN, form).await.expect(201);
    let me = thief.get("/api/users/me").await.expect(200);
    assert_eq!((&me["role"], &me["authProvider"]), (&json!("USER"), &json!("naver")));
    // The victim's log-in at Naver still opens the victim's account.
    let again = app.visitor();
    assert!(location(&signs_in(&app, &again, "victim").await).ends_with("/products"));
    assert_eq!(again.get("/api/users/me").await.expect(200)["email"], "victim@naver.com");
    // Without a log-in at Naver the form opens nothing.
    app.visitor().post(JOIN, sign_up_form(3)).await.refused(400, "40100007");
}

/// Naver names an address, and a member has it: that does not make them one person. Nor is another address taken.
#[tokio::test]
async fn joining_with_a_members_address() {
    let app = TestApp::start().await;
    let (victim, thief) = (app.visitor(), app.visitor());
    let mut member = sign_up_form(1);
    member["email"] = json!("thief@naver.com");
    victim.post("/api/users/signup", member).await.expect(201);
    signs_in(&app, &thief, "thief").await;
    let mut form = form(&thief, 2).await;
    thief.post(JOIN, form.clone()).await.refused(409, "40000009");
    form["email"] = json!("somebody-else@example.com");
    thief.post(JOIN, form).await.refused(400, "40400001");
    thief.get("/api/cart").await.refused(401, "40000001");
    assert_eq!(victim.get("/api/users/me").await.expect(200)["authProvider"], "local");
}
