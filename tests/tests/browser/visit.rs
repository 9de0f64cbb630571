//! A shop, a page on an origin of its own, and a buyer's browser.

use crate::chromium::Chromium;
use crate::front::Front;
use crate::world::{DEMO_PASSWORD, World};

/// The demo shopper.
const EMAIL: &str = "shopper@energy-factory.kr";

/// A visit to the shop.
pub struct Visit {
    // The browser goes before the shop does.
    /// The buyer's browser.
    pub browser: Chromium,
    /// The shop and its partner.
    pub world: World,
    /// The origin of the page.
    pub front: String,
    /// Where the browser reaches the shop: the page's own site, on another port.
    pub api: String,
}

impl Visit {
    /// Opens the shop to one origin, and a browser on none.
    pub async fn begin() -> Self {
        Self::begin_with(&[]).await
    }

    /// The same with some more settings.
    pub async fn begin_with(settings: &[(&str, &str)]) -> Self {
        let front = Front::listen().await;
        let origin = front.origin.clone();
        let world = World::on_one_machine().await;
        let mut world = world.with("EF__HTTP__ALLOWED_ORIGINS", &origin).with("EF__FRONTEND__ORIGIN", &origin);
        world = settings.iter().fold(world, |world, (name, value)| world.with(name, value));
        world.open().await;
        let api = world.url().replace("127.0.0.1", "localhost");
        front.serve(&api, &world.partner().url);
        Self { browser: Chromium::start().await, world, front: origin, api }
    }

    /// Opens the shop and signs in.
    pub async fn signed_in() -> Self {
        let visit = Self::begin().await;
        visit.browser.goes_to(&visit.front).await;
        visit.signs_in().await;
        visit
    }

    /// Signs in on the page that is open.
    pub async fn signs_in(&self) {
        let browser = &self.browser;
        browser.types("#login [name=email]", EMAIL).await;
        browser.types("#login [name=password]", DEMO_PASSWORD).await;
        browser.clicks("#login button").await;
        browser.sees("#who", "김건강").await;
    }

    /// Signs in, puts something into the cart, orders it and stands before the payment window.
    pub async fn at_the_payment_window() -> Self {
        let visit = Self::signed_in().await;
        visit.orders().await;
        visit.browser.sees(".badge", "토스페이먼츠 샌드박스").await;
        visit
    }

    /// Puts something into the cart and presses the button that pays.
    pub async fn orders(&self) {
        self.browser.clicks("article button[data-status=AVAILABLE]").await;
        self.browser.sees("#cart", "장바구니 1").await;
        self.browser.clicks("#pay").await;
    }

    /// Chooses how to pay.
    pub async fn chooses(&self, method: &str) {
        self.browser.clicks(&format!(".way:has([value={method}]) span")).await;
    }

    /// Presses a button of the payment window.
    pub async fn presses(&self, action: &str) {
        self.browser.clicks(&format!("[data-action={action}]")).await;
    }

    /// The page shows an order in this state.
    pub async fn sees_order(&self, status: &str, payment_status: &str) {
        self.browser.sees("#status", status).await;
        self.browser.sees("#payment-status", payment_status).await;
    }

    /// The page shows an order paid like this, and the partner has the money.
    pub async fn is_paid(&self, method: &str) {
        self.sees_order("CONFIRMED", "COMPLETED").await;
        self.browser.sees("#method", method).await;
        assert_eq!(self.browser.text("#said").await, "", "nothing went wrong");
        assert_eq!(self.payments("DONE").await, 1, "the partner took the money, once");
    }

    /// How many payments of that status the partner has.
    pub async fn payments(&self, status: &str) -> usize {
        let payments = self.world.partner().payments().await;
        payments.iter().filter(|payment| payment["status"] == status).count()
    }
}
