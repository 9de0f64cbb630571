//! Naver shall not open an account any more, or does not.

use serde_json::{Value, json};

use super::super::support::{PASSWORD, TestApp};
use super::browser::{Browser, ENTRY, LINK};

const IDENTITIES: &str = "/api/users/me/identities";
const NAVER: &str = "/api/users/me/identities/naver";
const HONG: &str = "sandbox_user=hong";

async fn linked(app: &TestApp) -> Browser {
    let member = Browser::of_member(app, 1).await;
    assert_eq!(member.goes(LINK, HONG).await, "/mypage?link=success");
    member
}

async fn joined(app: &TestApp) -> Browser {
    let member = Browser::of(app);
    member.goes(ENTRY, HONG).await;
    member.joins(json!({})).await.expect(201);
    member
}

/// What came of the notices that the user's cut caused.
async fn cuts(browser: &Browser) -> Vec<String> {
    let told = browser.pull("/naver/control/disconnect", json!({"user": "hong"})).await;
    let outcome = |notice: &Value| notice["outcome"].as_str().unwrap().to_owned();
    told.as_array().unwrap_or_else(|| panic!("{told}")).iter().map(outcome).collect()
}

#[tokio::test]
async fn a_member_sees_what_opens_his_account() {
    let app = TestApp::start().await;
    let member = linked(&app).await;
    let expected = json!({"hasPassword": true, "identities": [{"provider": "naver"}]});
    assert_eq!(member.get(IDENTITIES).await.expect(200), expected);
    let plain = Browser::of_member(&app, 2).await;
    assert_eq!(plain.get(IDENTITIES).await.expect(200), json!({"hasPassword": true, "identities": []}));
    Browser::of(&app).get(IDENTITIES).await.refused(401, "40000001");
}

#[tokio::test]
async fn unlinking_needs_the_password_and_leaves_it() {
    let app = TestApp::start().await;
    let member = linked(&app).await;
    member.delete(NAVER, json!({})).await.refused(400, "40400001");
    member.delete(NAVER, json!({"currentPassword": "Wrong-Day-2024!"})).await.refused(400, "40100003");
    assert_eq!(member.me().await["authProvider"], "naver");

    member.delete(NAVER, json!({"currentPassword": PASSWORD})).await.expect(200);
    assert_eq!(member.me().await["authProvider"], "local");
    assert_eq!(Browser::of(&app).goes(ENTRY, HONG).await, "/signup?oauth=pending");
    Browser::of(&app).logs_in(1).await.expect(200);
    let told = "SELECT COUNT(*) FROM mail_outbox WHERE letter = 'IDENTITY_UNLINKED'";
    assert_eq!(app.counts(told).await, 1);
    member.delete(NAVER, json!({"currentPassword": PASSWORD})).await.refused(404, "40000002");
    assert_eq!(member.goes(LINK, HONG).await, "/mypage?link=success");
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let app = TestApp::start().await;
    let member = joined(&app).await;
    let expected = json!({"hasPassword": false, "identities": [{"provider": "naver"}]});
    assert_eq!(member.get(IDENTITIES).await.expect(200), expected);
    member.delete(NAVER, json!({"currentPassword": "anything"})).await.refused(409, "40100014");
    assert_eq!(Browser::of(&app).goes(ENTRY, HONG).await, "/products");
}

#[tokio::test]
async fn somebody_who_cuts_the_link_at_naver_is_a_stranger_to_it() {
    let app = TestApp::start().await;
    let member = linked(&app).await;
    assert_eq!(cuts(&member).await, ["204"]);
    assert_eq!(member.me().await["authProvider"], "local");
    let told = "SELECT COUNT(*) FROM mail_outbox WHERE letter = 'IDENTITY_UNLINKED'";
    assert_eq!(app.counts(told).await, 1);
    assert_eq!(Browser::of(&app).goes(ENTRY, HONG).await, "/signup?oauth=pending");
}

#[tokio::test]
async fn a_cut_reaches_an_account_that_has_no_other_way_in_and_one_that_is_not_there() {
    let app = TestApp::start().await;
    let member = joined(&app).await;
    assert_eq!(cuts(&member).await, ["204"]);
    assert_eq!(member.get(IDENTITIES).await.expect(200), json!({"hasPassword": false, "identities": []}));
    // He logs in at Naver, and thinks better of it.
    let newcomer = Browser::of(&app);
    assert_eq!(newcomer.goes(ENTRY, HONG).await, "/signup?oauth=pending");
    assert_eq!(cuts(&newcomer).await, ["204"]);
}

#[tokio::test]
async fn a_notice_that_is_not_navers_is_refused() {
    let app = TestApp::start().await;
    let member = linked(&app).await;
    let visitor = app.visitor();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for body in [
        "",
        "clientId=sandboxclient",
        "clientId=testclient&encryptUniqueId=AAECAwQFBgcICQoLDA0OD2s_SvOOIGiJqFz6Xw0Eono=&timestamp=1700000000&signature=MM5ge_1Shq-YJ9g5ZeXW1rOaTgF-QKir6NpFc7SRCUI=",
    ] {
        let body = Some(body.as_bytes().to_vec());
        let answer = visitor.send(reqwest::Method::POST, "/api/webhooks/naver", body, &form).await;
        answer.refused(400, "40400001");
    }
    visitor.post("/api/webhooks/naver", json!({})).await.refused(415, "41500001");
    assert_eq!(member.me().await["authProvider"], "naver");
}
