//! To Naver and back: the cookies survive the way over another site, and the one page of the server's own leads on.

use crate::visit::Visit;
use crate::world::DEMO_PASSWORD;

/// Logs in at Naver as one of its ready-made people, who has not been here before.
async fn agrees_as(visit: &Visit, person: &str) {
    visit.browser.sees(".badge", "네이버 샌드박스").await;
    visit.browser.clicks(&format!("[data-person={person}]")).await;
    visit.browser.clicks("#agree").await;
}

async fn is_at(visit: &Visit, page: &str) {
    visit.browser.sees("body[data-ready=yes] #who", "").await;
    assert_eq!(visit.browser.address().await, format!("{}{page}", visit.front));
}

#[tokio::test]
async fn a_newcomer_joins_with_naver_and_comes_back_by_it() {
    let visit = Visit::begin().await;
    let browser = &visit.browser;
    browser.goes_to(&visit.front).await;
    browser.clicks("#naver").await;
    agrees_as(&visit, "hong").await;
    is_at(&visit, "/signup?oauth=pending").await;
    let told = browser
        .asks("return [...document.querySelectorAll('#join input')].map(({value, readOnly}) => [value, readOnly])")
        .await;
    assert_eq!(told[0], serde_json::json!(["hong@naver.com", true]));
    assert_eq!(told[2], serde_json::json!(["010-1234-5678", true]));
    browser.is_pictured("naver-newcomer").await;
    browser.clicks("#join button").await;
    browser.sees("#who", "홍길동 님").await;
    is_at(&visit, "/products").await;

    // Naver remembers that he agreed; the shop knows him by it alone.
    browser
        .asks(&format!(
            "return fetch('{}/api/auth/logout', {{method: 'POST', credentials: 'include'}}).then(r => r.status)",
            visit.api
        ))
        .await;
    browser.goes_to(&visit.front).await;
    is_at(&visit, "/").await;
    assert_eq!(browser.text("#who").await, "");
    browser.clicks("#naver").await;
    browser.clicks("[data-person=hong]").await;
    browser.sees("#who", "홍길동 님").await;
    is_at(&visit, "/products").await;
}

#[tokio::test]
async fn a_member_proves_who_he_is_and_links_naver() {
    let visit = Visit::begin_with(&[("EF__ACCOUNT__FRESH_MINUTES", "0")]).await;
    let browser = &visit.browser;
    browser.goes_to(&visit.front).await;
    visit.signs_in().await;
    browser.clicks("#link").await;
    browser.sees("h1", "본인 확인").await;
    assert!(browser.address().await.starts_with(&visit.api), "it is the server's own page");
    browser.is_pictured("naver-proof").await;
    browser.types("#password", "Wrong-Day-2024!").await;
    browser.clicks("button[type=submit]").await;
    browser.sees(".trouble", "일치하지 않습니다").await;
    browser.types("#password", DEMO_PASSWORD).await;
    browser.clicks("button[type=submit]").await;
    agrees_as(&visit, "lee").await;
    is_at(&visit, "/mypage?link=success").await;
    browser.sees("#who", "김건강").await;
    let me = browser
        .asks(&format!("return fetch('{}/api/users/me', {{credentials: 'include'}}).then(r => r.json())", visit.api))
        .await;
    assert_eq!(me["data"]["authProvider"], "naver");
}
