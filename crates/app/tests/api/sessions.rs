//! Where somebody is signed in, and how that ends.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::shared::ManualClock;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Answer, PASSWORD, Shopper, TestApp};

const SESSIONS: &str = "/api/users/me/sessions";
const CART: &str = "/api/cart";
const REFRESH: &str = "/api/auth/refresh";
const UNKNOWN: &str = "/api/users/me/sessions/0123456789abcdef0123456789abcdef";

/// The shopper of that number on one more device.
async fn device(app: &TestApp, number: u32, agent: &str) -> Shopper {
    let shopper = app.visitor();
    let form = json!({"email": format!("shopper{number}@example.com"), "password": PASSWORD}).to_string();
    let headers = [("User-Agent", agent)];
    shopper.send(Method::POST, "/api/auth/login", Some(form.into_bytes()), &headers).await.expect(200);
    shopper
}

/// Somebody with nothing but a copied access token.
async fn with_copy(app: &TestApp, access: &str) -> Answer {
    let bearer = format!("Bearer {access}");
    app.visitor().send(Method::GET, CART, None, &[("Authorization", &bearer)]).await
}

fn access(shopper: &Shopper) -> String {
    shopper.cookie("accessToken").unwrap()
}

async fn listed(shopper: &Shopper) -> Vec<Value> {
    shopper.get(SESSIONS).await.expect(200).as_array().unwrap().clone()
}

fn devices(sessions: &[Value]) -> Vec<&str> {
    sessions.iter().map(|session| session["device"].as_str().unwrap()).collect()
}

/// The address of the session that was begun with that device.
fn address(sessions: &[Value], device: &str) -> String {
    let session = sessions.iter().find(|session| session["device"] == device).unwrap();
    format!("{SESSIONS}/{}", session["id"].as_str().unwrap())
}

async fn three_devices() -> (TestApp, Arc<ManualClock>, [Shopper; 3]) {
    let (app, clock) = TestApp::start_with_clock().await;
    let first = app.visitor();
    first.signs_up(1).await.expect(201);
    let mut devices = Vec::new();
    for agent in ["desk", "telephone"] {
        clock.advance(Duration::from_mins(1));
        devices.push(device(&app, 1, agent).await);
    }
    let telephone = devices.pop().unwrap();
    let desk = devices.pop().unwrap();
    (app, clock, [first, desk, telephone])
}

#[tokio::test]
async fn a_member_sees_where_he_is_signed_in() {
    let (app, clock, [first, desk, _telephone]) = three_devices().await;
    let stranger = app.shopper(2).await;
    let sessions = listed(&desk).await;
    assert_eq!(devices(&sessions), ["telephone", "desk", ""]);
    let current: Vec<bool> = sessions.iter().map(|session| session["current"].as_bool().unwrap()).collect();
    assert_eq!(current, [false, true, false]);
    assert_eq!(listed(&stranger).await.len(), 1);

    let mut desks = sessions[1].clone();
    assert_eq!(desks["id"].take().as_str().unwrap().len(), 32);
    let expected = json!({"id": null, "device": "desk", "beganAt": "2027-01-15T08:01:00.000Z",
        "usedAt": "2027-01-15T08:01:00.000Z", "expiresAt": "2027-01-22T08:01:00.000Z", "current": true});
    assert_eq!(desks, expected);

    clock.advance(Duration::from_mins(1));
    first.post(REFRESH, json!({})).await.expect(200);
    let sessions = listed(&first).await;
    assert_eq!(devices(&sessions), ["", "telephone", "desk"]);
    assert_eq!(sessions[0]["beganAt"], "2027-01-15T08:00:00.000Z");
    assert_eq!(sessions[0]["usedAt"], "2027-01-15T08:03:00.000Z");
    assert_eq!(sessions[0]["expiresAt"], "2027-01-22T08:03:00.000Z");
}

#[tokio::test]
async fn a_device_that_is_signed_out_is_out_at_once() {
    let (app, _, [_, desk, telephone]) = three_devices().await;
    let lost = address(&listed(&desk).await, "telephone");
    telephone.get(CART).await.expect(200);
    assert_eq!(desk.delete(&lost).await.expect(200), Value::Null);
    telephone.get(CART).await.refused(401, "40000001");
    with_copy(&app, &access(&telephone)).await.refused(401, "40000001");
    telephone.get("/api/users/me").await.refused(401, "40000001");
    telephone.post(REFRESH, json!({})).await.refused(401, "40100003");
    desk.get(CART).await.expect(200);
    assert_eq!(devices(&listed(&desk).await), ["desk", ""]);
    desk.delete(&lost).await.refused(404, "40000002");
}

#[tokio::test]
async fn nobody_signs_somebody_else_out() {
    let app = TestApp::start().await;
    let (owner, stranger) = (app.shopper(1).await, app.shopper(2).await);
    let owners = format!("{SESSIONS}/{}", listed(&owner).await[0]["id"].as_str().unwrap());
    for address in [owners.as_str(), UNKNOWN, "/api/users/me/sessions/all", "/api/users/me/sessions/%00"] {
        let answer = stranger.delete(address).await;
        answer.refused(404, "40000002");
        assert_eq!(answer.set_cookie_lines(), Vec::<String>::new());
    }
    owner.get(CART).await.expect(200);
    stranger.delete(SESSIONS).await.expect(200);
    owner.get(CART).await.expect(200);
    owner.post(REFRESH, json!({})).await.expect(200);
}

#[tokio::test]
async fn a_browser_that_ends_its_own_session_forgets_its_tokens() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let copy = access(&shopper);
    let own = address(&listed(&shopper).await, "");
    shopper.delete(&own).await.expect(200);
    assert_eq!((shopper.cookie("accessToken"), shopper.cookie("refreshToken")), (None, None));
    with_copy(&app, &copy).await.refused(401, "40000001");
}

#[tokio::test]
async fn a_member_signs_all_other_devices_out() {
    let (_app, _, [first, desk, telephone]) = three_devices().await;
    let answer = desk.delete(SESSIONS).await;
    assert_eq!(answer.expect(200), Value::Null);
    assert_eq!(answer.set_cookie_lines(), Vec::<String>::new());
    for gone in [&first, &telephone] {
        gone.get(CART).await.refused(401, "40000001");
        gone.post(REFRESH, json!({})).await.refused(401, "40100003");
    }
    assert_eq!(devices(&listed(&desk).await), ["desk"]);
    desk.post(REFRESH, json!({})).await.expect(200);
}

#[tokio::test]
async fn sessions_are_shown_to_nobody_without_one() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let own = address(&listed(&shopper).await, "");
    // A refresh cookie alone is not enough here: the page renews its session and asks again.
    shopper.set_cookie("accessToken", None);
    for nobody in [&shopper, &app.visitor()] {
        nobody.get(SESSIONS).await.refused(401, "40000001");
        nobody.delete(SESSIONS).await.refused(401, "40000001");
        nobody.delete(&own).await.refused(401, "40000001");
    }
    shopper.post(REFRESH, json!({})).await.expect(200);
    assert_eq!(listed(&shopper).await.len(), 1);
}

#[tokio::test]
async fn signing_out_ends_the_access_token_too() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let other = device(&app, 1, "telephone").await;
    let copy = access(&shopper);
    with_copy(&app, &copy).await.expect(200);
    shopper.post("/api/auth/logout", json!({})).await.expect(200);
    with_copy(&app, &copy).await.refused(401, "40000001");
    other.get(CART).await.expect(200);
    assert_eq!(devices(&listed(&other).await), ["telephone"]);
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_both_go_on() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let other_tab = app.visitor();
    other_tab.set_cookie("refreshToken", shopper.cookie("refreshToken").as_deref());
    let (one, two) = tokio::join!(shopper.post(REFRESH, json!({})), other_tab.post(REFRESH, json!({})));
    one.expect(200);
    two.expect(200);
    for tab in [&shopper, &other_tab] {
        tab.get(CART).await.expect(200);
        with_copy(&app, &access(tab)).await.expect(200);
    }
    assert_eq!(listed(&shopper).await.len(), 1);
}

#[tokio::test]
async fn a_stolen_copy_that_comes_back_late_ends_the_access_token_too() {
    let (app, clock) = TestApp::start_with_clock().await;
    let shopper = app.shopper(1).await;
    let other = device(&app, 1, "telephone").await;
    let thief = app.visitor();
    thief.set_cookie("refreshToken", shopper.cookie("refreshToken").as_deref());
    shopper.post(REFRESH, json!({})).await.expect(200);
    clock.advance(Duration::from_secs(11));
    shopper.get(CART).await.expect(200);
    thief.post(REFRESH, json!({})).await.refused(401, "40100003");
    shopper.get(CART).await.refused(401, "40000001");
    shopper.post(REFRESH, json!({})).await.refused(401, "40100003");
    other.get(CART).await.expect(200);
}

#[tokio::test]
async fn an_epoch_that_ends_ends_every_session_and_their_traces() {
    let (app, _, [first, desk, telephone]) = three_devices().await;
    let stranger = app.shopper(2).await;
    app.tampers("UPDATE user SET session_epoch = session_epoch + 1 WHERE email = 'shopper1@example.com'").await;
    for gone in [&first, &desk, &telephone] {
        gone.get(CART).await.refused(401, "40000001");
    }
    first.post(REFRESH, json!({})).await.refused(401, "40100003");
    desk.get("/api/users/me").await.refused(401, "40000001");
    stranger.get(CART).await.expect(200);
    // Nobody came back by the telephone, so the store still has its session; its owner is not shown it.
    assert_eq!(devices(&listed(&device(&app, 1, "desk").await).await), ["desk"]);
}

#[tokio::test]
async fn a_session_that_nobody_uses_runs_out() {
    let (app, clock) = TestApp::start_with_clock().await;
    let idle = app.shopper(1).await;
    clock.advance(Duration::from_hours(24 * 7));
    idle.get("/api/users/me").await.refused(401, "40000001");
    assert_eq!(devices(&listed(&device(&app, 1, "desk").await).await), ["desk"]);
}
