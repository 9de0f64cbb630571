//! The page for newcomers, used by one: by clicking, on a large screen and on a telephone.

use std::time::Duration;

use serde_json::Value;

use crate::chromium::Chromium;
use crate::visit::Visit;
use crate::world::{World, client, eventually};

const DESKTOP: (u32, u32) = (1280, 900);
const TELEPHONE: (u32, u32) = (360, 740);

/// Somebody in front of the shop's door, with a screen of that size.
async fn newcomer((width, height): (u32, u32)) -> Visit {
    let mut world = World::on_one_machine().await;
    world.open().await;
    let home = world.url().replace("127.0.0.1", "localhost");
    let browser = Chromium::start().await;
    browser.is_sized(width, height).await;
    browser.goes_to(&home).await;
    browser.sees(".shelf li h2", "").await;
    Visit { browser, world, front: home.clone(), api: home }
}

/// The page with that title is there, and nothing of it is wider than the screen.
async fn sees_page(visit: &Visit, title: &str) {
    visit.browser.sees("body[data-ready=yes] main h1", title).await;
    let wide = visit.browser.asks("return document.documentElement.scrollWidth - innerWidth").await;
    assert!(wide.as_i64().unwrap() <= 0, "{title} is {wide} pixels wider than the screen");
}

async fn finds_the_almonds(visit: &Visit) {
    let browser = &visit.browser;
    browser.types("#words", "통아몬드").await;
    browser.sees(".found", "‘통아몬드’ 검색 결과").await;
    browser.sees(".shelf li h2", "통아몬드").await;
    browser.clicks(".shelf .good").await;
    sees_page(visit, "통아몬드").await;
    browser.sees(".nutrition", "단백질").await;
    browser.sees(".variants", "원").await;
}

/// Puts two packs into the cart as the demo shopper, and stands before the payment window.
async fn orders(visit: &Visit, picture: Option<&str>) {
    let browser = &visit.browser;
    finds_the_almonds(visit).await;
    is_pictured(visit, picture, "product").await;
    // Only members have a cart; who signs in comes back to where he was.
    browser.clicks("#add").await;
    sees_page(visit, "로그인").await;
    is_pictured(visit, picture, "log-in").await;
    browser.clicks("[data-demo=shopper]").await;
    browser.sees("#who", "김건강").await;
    sees_page(visit, "통아몬드").await;
    browser.clicks(".choosing .step:last-child").await;
    browser.sees(".choosing output", "2").await;
    browser.clicks("#add").await;
    browser.sees("#in-cart", "1").await;
    browser.clicks("header a[href='/dev/cart']").await;
    sees_page(visit, "장바구니").await;
    browser.sees(".line", "통아몬드").await;
    is_pictured(visit, picture, "cart").await;
    browser.clicks("#pay").await;
    browser.sees(".badge", "토스페이먼츠 샌드박스").await;
}

async fn is_pictured(visit: &Visit, name: Option<&str>, page: &str) {
    if let Some(name) = name {
        visit.browser.is_pictured(&format!("{name}-{page}")).await;
    }
}

async fn walks_the_purchase(visit: &Visit, picture: &str) {
    let browser = &visit.browser;
    sees_page(visit, "오늘 먹은 것이 내일의 힘").await;
    browser.is_pictured(&format!("{picture}-shelf")).await;
    orders(visit, Some(picture)).await;
    visit.presses("pay").await;
    sees_page(visit, "주문이 완료되었습니다").await;
    browser.sees("#order .state", "주문 확정").await;
    assert_eq!(visit.payments("DONE").await, 1, "the partner took the money, once");
    browser.is_pictured(&format!("{picture}-complete")).await;

    // It is told without being asked for.
    browser.sees("#unread", "1").await;
    browser.clicks("header a[href='/dev/notices']").await;
    sees_page(visit, "알림").await;
    browser.sees("#notices", "결제").await;
    browser.is_pictured(&format!("{picture}-notices")).await;
    browser.clicks("header a[href='/dev/orders']").await;
    sees_page(visit, "주문 내역").await;
    browser.sees(".order .state", "주문 확정").await;
    browser.is_pictured(&format!("{picture}-orders")).await;
    browser.clicks(".order").await;
    browser.sees("#order .terms", "신용카드").await;
    browser.is_pictured(&format!("{picture}-order")).await;
    browser.clicks(".strip a").await;
    sees_page(visit, "안쪽 둘러보기").await;
    browser.sees("#lamps", "데이터베이스 정상").await;
    browser.is_pictured(&format!("{picture}-tools")).await;
    assert_eq!(browser.complaints(&visit.front).await, [""; 0]);
}

#[tokio::test]
async fn a_newcomer_at_a_desk_walks_the_purchase_by_clicking() {
    walks_the_purchase(&newcomer(DESKTOP).await, "newcomer-desktop").await;
}

#[tokio::test]
async fn a_newcomer_with_a_telephone_walks_the_purchase_by_tapping() {
    walks_the_purchase(&newcomer(TELEPHONE).await, "newcomer-telephone").await;
}

#[tokio::test]
async fn a_refused_card_is_told_in_words_and_the_order_can_be_paid_again_or_called_off() {
    let visit = newcomer(TELEPHONE).await;
    orders(&visit, None).await;
    visit.presses("refuse").await;
    sees_page(&visit, "결제하지 못했습니다").await;
    visit.browser.is_pictured("newcomer-refused").await;

    visit.browser.clicks("#again").await;
    visit.presses("pay_refused").await;
    sees_page(&visit, "결제가 승인되지 않았습니다").await;
    visit.browser.sees("#refused", "한도 초과 또는 잔액 부족").await;

    visit.browser.clicks("#again").await;
    visit.presses("close").await;
    sees_page(&visit, "결제를 그만두셨습니다").await;
    visit.browser.clicks("#refused a").await;
    visit.browser.sees("#order .state", "결제 대기").await;
    visit.browser.clicks("#cancel").await;
    visit.browser.clicks("#sure").await;
    visit.browser.sees("#order .state", "취소됨").await;
    assert_eq!(visit.payments("DONE").await, 0);
    visit.browser.is_pictured("newcomer-cancelled").await;
}

#[tokio::test]
async fn a_payment_that_nobody_knows_of_is_no_failure() {
    let visit = newcomer(DESKTOP).await;
    orders(&visit, None).await;
    let partner = visit.world.partner();
    partner.misbehaves("confirm", "execute_then_drop", 5, 0).await;
    partner.misbehaves("lookup", "refuse_500", 5, 0).await;
    visit.presses("pay").await;
    sees_page(&visit, "결제 결과를 확인하고 있습니다").await;
    visit.browser.sees(".notice", "두 번 결제되지 않으니").await;
    visit.browser.is_pictured("newcomer-unknown").await;

    partner.behaves().await;
    let settled = async || {
        visit.browser.reloads().await;
        visit.browser.sees("body[data-ready=yes] main h1", "").await;
        visit.browser.text("main h1").await == "주문이 완료되었습니다"
    };
    eventually(Duration::from_secs(30), "the payment is found out about", settled).await;
    assert_eq!(visit.payments("DONE").await, 1, "the partner took the money, once");
}

#[tokio::test]
async fn somebody_signs_up_and_finds_an_empty_cart() {
    let visit = newcomer(TELEPHONE).await;
    let browser = &visit.browser;
    browser.clicks("header a[href='/dev/signup']").await;
    sees_page(&visit, "회원가입").await;
    browser.is_pictured("newcomer-sign-up").await;
    for (field, text) in [
        ("name", "이견과"),
        ("email", "almonds@example.com"),
        ("password", "Almonds-4-me!"),
        ("phoneNumber", "010-2468-1357"),
        ("address", "서울특별시 종로구 세종대로 1"),
    ] {
        browser.types(&format!("[name={field}]"), text).await;
    }
    // How a date is typed depends on the language of the browser's own calendar.
    browser.asks("document.querySelector('[name=birthDate]').value = '1990-05-05'").await;
    browser.clicks("#sign-up-form button").await;
    browser.sees("#who", "이견과 님").await;
    browser.clicks("header a[href='/dev/cart']").await;
    sees_page(&visit, "장바구니가 비어 있습니다").await;
    browser.clicks("#log-out").await;
    browser.sees("#who", "둘러보는 중입니다").await;
    assert_eq!(browser.complaints(&visit.front).await, [""; 0]);
}

#[tokio::test]
async fn what_is_sold_out_or_not_there_is_said_in_words() {
    let visit = newcomer(DESKTOP).await;
    let browser = &visit.browser;
    let sold_out = format!("{}/api/products?status=OUT_OF_STOCK&size=1", visit.world.url());
    let found: Value = client().get(sold_out).send().await.unwrap().json().await.unwrap();
    let product = &found["data"]["products"][0]["id"];
    browser.goes_to(&format!("{}/dev/products/{product}", visit.front)).await;
    browser.sees(".sold-out", "품절").await;
    browser.is_pictured("newcomer-sold-out").await;
    browser.types("#words", "<b>없는 상품</b>").await;
    sees_page(&visit, "찾으시는 상품이 없습니다").await;
    browser.sees(".found", "‘<b>없는 상품</b>’").await;
    browser.is_pictured("newcomer-nothing-found").await;
    browser.goes_to(&format!("{}/dev/nowhere", visit.front)).await;
    sees_page(&visit, "없는 화면입니다").await;
    assert_eq!(browser.complaints(&visit.front).await, [""; 0]);
}
