//! What the browser itself decides: which cookies travel, and which pages may ask.

use crate::front::Front;
use crate::visit::Visit;

/// The shop and the page are two ports of one host: to the browser one site, but two origins. The payment window is on
/// another site altogether.
#[tokio::test]
async fn the_cookies_survive_the_way_over_another_site_and_no_script_can_read_them() {
    let visit = Visit::signed_in().await;
    let before = visit.browser.cookie("accessToken").await.expect("signing in sets a cookie");
    assert_eq!(before.same_site().map(|policy| policy.to_string()).as_deref(), Some("Lax"));
    assert_eq!(before.http_only(), Some(true));
    assert_eq!(visit.browser.asks("return document.cookie").await, "");

    visit.orders().await;
    visit.browser.sees(".badge", "토스페이먼츠 샌드박스").await;
    visit.presses("pay").await;
    visit.is_paid("CREDIT_CARD").await;
    let after = visit.browser.cookie("accessToken").await.expect("the cookie is still there");
    assert_eq!(after.value(), before.value());

    visit.browser.goes_to(&visit.front).await;
    visit.browser.sees("#who", "김건강").await;
    visit.browser.is_pictured("still-signed-in").await;
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused() {
    let visit = Visit::signed_in().await;
    let stranger = Front::listen().await;
    let elsewhere = stranger.origin.clone();
    stranger.serve(&visit.api, &visit.world.partner().url);

    // To the browser this page belongs to the same site, so it even sends the cookies along.
    visit.browser.goes_to(&elsewhere).await;
    visit.browser.sees("#said", "Failed to fetch").await;
    visit.browser.clicks("#login button").await;
    visit.browser.sees("#said", "Failed to fetch").await;
    assert_eq!(visit.browser.asks("return document.images.length").await, 0, "it learns of no product");
    assert_eq!(visit.browser.text("#who").await, "", "nor who is signed in");
    visit.browser.is_pictured("foreign-origin-refused").await;

    visit.browser.goes_to(&visit.front).await;
    visit.browser.sees("#who", "김건강").await;
}
