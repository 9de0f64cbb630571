//! The whole shop in one process: the server has the pages too, and no proxy is needed.

use std::fs;

use tempfile::TempDir;

use crate::chromium::Chromium;
use crate::front;
use crate::visit::Visit;
use crate::world::World;

/// A visit to a shop that serves its own front end, and the folder that it serves.
async fn visit() -> (Visit, TempDir) {
    let dist = TempDir::new().unwrap();
    let index = dist.path().join("index.html");
    fs::write(&index, "<!doctype html>").unwrap();
    let world = World::on_one_machine().await;
    let mut world = world.with("EF__WEB__ROOT", dist.path().to_str().unwrap());
    world.open().await;
    // Built for its own origin; only now is it known where the partner is.
    fs::write(&index, front::built("", &world.partner().url)).unwrap();
    // The server says 127.0.0.1, people say localhost: cookies of the one are none of the other.
    let home = world.url().replace("127.0.0.1", "localhost");
    (Visit { browser: Chromium::start().await, world, front: home.clone(), api: home }, dist)
}

#[tokio::test]
async fn somebody_buys_in_a_shop_of_one_process() {
    let (visit, _dist) = visit().await;
    let browser = &visit.browser;
    browser.goes_to(&format!("{}/products", visit.front)).await;
    visit.signs_in().await;
    visit.orders().await;
    browser.sees(".badge", "토스페이먼츠 샌드박스").await;
    visit.presses("pay").await;
    visit.is_paid("CREDIT_CARD").await;
    assert!(browser.address().await.starts_with(&format!("{}/order-complete?", visit.front)));
    browser.is_pictured("one-process-paid").await;
    browser.reloads().await;
    visit.is_paid("CREDIT_CARD").await;
    // A visitor's page asks who he is and is told that nobody is signed in; the browser notes that. And nothing else.
    let mut complaints = browser.complaints(&visit.front).await;
    complaints.retain(|complaint| !(complaint.contains("/api/users/me") && complaint.contains("401")));
    assert_eq!(complaints, [""; 0]);
}

#[tokio::test]
async fn a_broken_off_payment_comes_back_to_a_page_that_exists() {
    let (visit, _dist) = visit().await;
    visit.browser.goes_to(&visit.front).await;
    visit.signs_in().await;
    visit.orders().await;
    visit.presses("close").await;
    visit.browser.sees("#who", "김건강").await;
    let address = visit.browser.address().await;
    assert!(address.starts_with(&format!("{}/order-fail?code=PAY_PROCESS_CANCELED", visit.front)), "{address}");
}

#[tokio::test]
async fn a_newcomer_from_naver_comes_back_to_the_name_he_left_by() {
    let (visit, _dist) = visit().await;
    let browser = &visit.browser;
    browser.goes_to(&visit.front).await;
    browser.clicks("#naver").await;
    browser.clicks("[data-person=hong]").await;
    browser.clicks("#agree").await;
    browser.sees("#join button", "가입하기").await;
    assert_eq!(browser.address().await, format!("{}/signup?oauth=pending", visit.front));
    browser.clicks("#join button").await;
    browser.sees("#who", "홍길동 님").await;
    assert_eq!(browser.address().await, format!("{}/products", visit.front));
}
