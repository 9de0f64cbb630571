//! A real server on a free port, and people who use it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ef_domain::shared::{ManualClock, Timestamp};
use energy_factory::config::Config;
use energy_factory::server::{self, Overrides, RunningServer};
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use reqwest::{Client, Method, redirect};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::promised;

/// A password that the sign-up form accepts.
pub const PASSWORD: &str = "Sunny-Day-2024!";
/// When tests with a clock of their own begin: 2027-01-15T08:00:00Z.
const BEGINNING: i64 = 1_800_000_000_000;

/// The shop, with demo goods, an empty database and a sandbox of its own.
pub struct TestApp {
    pub server: RunningServer,
    pub client: Client,
    pub base: String,
    folder: TempDir,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub async fn start_with(more: &[(&str, &str)]) -> Self {
        Self::launch(more, Overrides::default()).await
    }

    /// The shop and the clock that it goes by.
    pub async fn start_with_clock() -> (Self, Arc<ManualClock>) {
        Self::start_with_clock_and(&[]).await
    }

    /// The shop with that configuration and the clock that it goes by.
    pub async fn start_with_clock_and(more: &[(&str, &str)]) -> (Self, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(BEGINNING).unwrap()));
        let overrides = Overrides { clock: Some(Arc::<ManualClock>::clone(&clock)), entropy: None };
        (Self::launch(more, overrides).await, clock)
    }

    async fn launch(more: &[(&str, &str)], overrides: Overrides) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut variables = HashMap::from([
            ("EF__DATA_DIR", folder.path().to_str().unwrap()),
            ("EF__HTTP__LISTEN", "127.0.0.1:0"),
            ("EF__HTTP__WORKERS", "2"),
            ("EF__SANDBOX__LISTEN", "127.0.0.1:0"),
            ("EF__SANDBOX__SMTP_LISTEN", "127.0.0.1:0"),
            ("EF__PASSWORDS__MEMORY_KIB", "64"),
            ("EF__PASSWORDS__ITERATIONS", "1"),
        ]);
        variables.extend(more.iter().copied());
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let server = server::start_with(Config::from_variables(variables).unwrap(), overrides).await.unwrap();
        let base = format!("http://{}", server.address);
        // Where a browser is sent on to is what tests want to know.
        let client = Client::builder().timeout(Duration::from_secs(20)).redirect(redirect::Policy::none());
        let client = client.build().unwrap();
        Self { server, client, base, folder }
    }

    /// Somebody without a session.
    pub fn visitor(&self) -> Shopper {
        Shopper { client: self.client.clone(), base: self.base.clone(), jar: Mutex::default() }
    }

    /// Somebody who has just signed up, the same for the same number.
    pub async fn shopper(&self, number: u32) -> Shopper {
        let shopper = self.visitor();
        shopper.signs_up(number).await.expect(201);
        shopper
    }

    /// A pack size on the shelf.
    pub async fn good(&self, product: &str, variant: &str) -> Good {
        let found = self.visitor().get(&format!("/api/products/search?q={product}")).await.expect(200);
        let product = found["products"].as_array().unwrap().first().unwrap_or_else(|| panic!("no {product}")).clone();
        let variants = product["variants"].as_array().unwrap();
        let variant = variants.iter().find(|found| found["name"] == variant).unwrap_or_else(|| panic!("no {variant}"));
        Good {
            product: product["id"].as_i64().unwrap(),
            variant: variant["id"].as_i64().unwrap(),
            price: variant["price"].as_i64().unwrap(),
            stock: variant["stock"].as_i64().unwrap(),
            available: variant["availableStock"].as_i64().unwrap(),
        }
    }

    /// Plain roasted almonds, 200 g: 120 packs at 6,900 won.
    pub async fn almonds(&self) -> Good {
        self.good("구운 통아몬드", "200g").await
    }

    /// An operator runs a command of the program beside the server; what it prints.
    pub fn commands(&self, arguments: &[&str]) -> String {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_energy-factory"))
            .args(arguments)
            .env("EF__DATA_DIR", self.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A key of the server's, as a thief of its data folder would have it.
    pub fn key(&self, name: &str) -> Vec<u8> {
        let text = std::fs::read_to_string(self.folder.path().join("keys").join(name)).unwrap();
        text.trim().as_bytes().to_vec()
    }

    /// Somebody changes the database behind the shop's back.
    pub async fn tampers(&self, sql: &str) {
        let database = self.database("energy-factory.sqlite").await;
        database.execute_unprepared(sql).await.unwrap();
        database.close().await.unwrap();
    }

    /// From now on the store of sessions takes no new one, or takes them again.
    pub async fn begins_sessions(&self, works: bool) {
        let database = self.database("sessions.sqlite").await;
        let sql = if works {
            "DROP TRIGGER full"
        } else {
            "CREATE TRIGGER full BEFORE INSERT ON session BEGIN SELECT RAISE(ABORT, 'full'); END"
        };
        database.execute_unprepared(sql).await.unwrap();
        database.close().await.unwrap();
    }

    /// The number that somebody reads who looks into the database.
    pub async fn counts(&self, sql: &str) -> i64 {
        let database = self.database("energy-factory.sqlite").await;
        let statement = sea_orm::Statement::from_string(database.get_database_backend(), sql);
        let row = database.query_one_raw(statement).await.unwrap().unwrap();
        database.close().await.unwrap();
        row.try_get_by_index(0).unwrap()
    }

    async fn database(&self, name: &str) -> sea_orm::DatabaseConnection {
        let file = self.folder.path().join(name);
        let mut options = sea_orm::ConnectOptions::new(format!("sqlite://{}", file.display()));
        options.max_connections(1).sqlx_logging(false);
        sea_orm::Database::connect(options).await.unwrap()
    }

    /// A buyer goes through the payment window; the payment's key.
    pub async fn authorises(&self, window: Value) -> String {
        let made = self.sandbox("payments", window).await;
        made["paymentKey"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }

    /// Makes the partner misbehave once.
    pub async fn breaks(&self, on: &str, kind: &str) {
        self.sandbox("faults", json!({"on": on, "kind": kind, "times": 1})).await;
    }

    /// What the partner has of every payment.
    pub async fn partners_books(&self) -> Vec<Value> {
        let url = format!("{}/toss/control/payments", self.server.sandbox.as_ref().unwrap().url());
        serde_json::from_slice(&self.client.get(url).send().await.unwrap().bytes().await.unwrap()).unwrap()
    }

    /// Pulls a lever at the partner.
    pub async fn sandbox(&self, control: &str, body: Value) -> Value {
        let url = format!("{}/toss/control/{control}", self.server.sandbox.as_ref().unwrap().url());
        let answer = self.client.post(url).body(body.to_string()).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }
}

/// A pack size on the shelf, as it was when it was looked at.
#[derive(Clone, Copy, Debug)]
pub struct Good {
    pub product: i64,
    pub variant: i64,
    pub price: i64,
    pub stock: i64,
    pub available: i64,
}

/// Somebody with a browser.
pub struct Shopper {
    client: Client,
    base: String,
    jar: Mutex<BTreeMap<String, String>>,
}

impl Shopper {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string().into_bytes()), &[]).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body.to_string().into_bytes()), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body.to_string().into_bytes()), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, &[]).await
    }

    /// A request as a browser sends it: with the cookies it has, keeping those it gets. A body is JSON unless a header
    /// says otherwise.
    pub async fn send(&self, method: Method, path: &str, body: Option<Vec<u8>>, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        let cookies: Vec<String> =
            self.jar.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        if let Some(body) = body {
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = String::from_utf8(response.bytes().await.unwrap().to_vec()).unwrap();
        let answer = Answer { status, headers, text };
        promised::keeps(method.as_str(), path, &answer);
        for (name, value) in answer.cookies() {
            let mut jar = self.jar.lock().unwrap();
            if value.is_empty() {
                jar.remove(&name)
            } else {
                jar.insert(name, value)
            };
        }
        answer
    }

    /// The value of a cookie in the jar.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.lock().unwrap().get(name).cloned()
    }

    /// Puts a cookie into the jar, or takes it out.
    pub fn set_cookie(&self, name: &str, value: Option<&str>) {
        let mut jar = self.jar.lock().unwrap();
        match value {
            Some(value) => jar.insert(name.to_owned(), value.to_owned()),
            None => jar.remove(name),
        };
    }

    pub async fn signs_up(&self, number: u32) -> Answer {
        self.post("/api/users/signup", sign_up_form(number)).await
    }

    pub async fn adds(&self, good: Good, quantity: i64) -> Answer {
        let body = json!({"productId": good.product, "variantId": good.variant, "quantity": quantity});
        self.post("/api/cart", body).await
    }

    pub async fn places_order(&self, goods: &[(Good, i64)]) -> Answer {
        self.post("/api/orders", order_form(goods)).await
    }

    pub async fn confirms(&self, key: &str, number: i64, amount: i64) -> Answer {
        let body = json!({"paymentKey": key, "orderId": number.to_string(), "amount": amount});
        self.post("/api/payments/toss/confirm", body).await
    }

    /// Goes through the payment window and comes back.
    pub async fn pays(&self, app: &TestApp, order: &Value) -> Answer {
        let (number, total) = (order["orderNumber"].as_i64().unwrap(), order["totalPrice"].as_i64().unwrap());
        let key = app.authorises(json!({"orderId": number.to_string(), "amount": total})).await;
        self.confirms(&key, number, total).await
    }

    pub async fn order(&self, number: i64) -> Value {
        self.get(&format!("/api/orders/{number}")).await.expect(200)
    }

    /// Looks at the order until its payment has that status.
    pub async fn sees_payment_status(&self, number: i64, status: &str) -> Value {
        let wait = async {
            loop {
                let order = self.order(number).await;
                if order["paymentStatus"] == status {
                    return order;
                }
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(15), wait).await.unwrap_or_else(|_| panic!("never became {status}"))
    }
}

pub fn sign_up_form(number: u32) -> Value {
    json!({
        "name": "김하늘", "email": format!("shopper{number}@example.com"), "password": PASSWORD,
        "phoneNumber": format!("010-5555-{number:04}"), "birthDate": "1991-03-04", "address": "서울시 중구 세종대로 110"
    })
}

pub fn order_form(goods: &[(Good, i64)]) -> Value {
    let items: Vec<Value> = goods
        .iter()
        .map(|(good, quantity)| {
            json!({"productId": good.product, "variantId": good.variant, "quantity": quantity, "price": good.price})
        })
        .collect();
    json!({
        "recipientName": "김하늘", "phoneNumber": "010-1234-5678", "postalCode": "12345",
        "addressLine1": "서울시 중구 세종대로 110", "orderItems": items
    })
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The envelope.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} is no JSON: {:?}", self.status, self.text))
    }

    /// The data of an answer with that status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.is_in_the_envelope();
        self.json()["data"].clone()
    }

    /// The data of a refusal with that status and code.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let data = self.expect(status);
        assert_eq!(self.json()["code"], code, "{}", self.text);
        data
    }

    /// Fails unless the answer has the one shape of every answer.
    #[track_caller]
    pub fn is_in_the_envelope(&self) {
        let body = self.json();
        assert_eq!(body["status"], self.status, "{}", self.text);
        assert_eq!(body["code"].as_str().map(str::len), Some(8), "{}", self.text);
        assert!(!body["desc"].as_str().unwrap_or_default().is_empty(), "{}", self.text);
        assert!(body.get("data").is_some(), "{}", self.text);
        let message = (self.status >= 400).then(|| body["desc"].clone());
        assert_eq!(body.get("message"), message.as_ref(), "{}", self.text);
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Name and value of every cookie that it sets.
    pub fn cookies(&self) -> Vec<(String, String)> {
        let pair = |line: &str| {
            let (name, rest) = line.split_once('=').unwrap();
            (name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned())
        };
        self.set_cookie_lines().iter().map(|line| pair(line)).collect()
    }

    pub fn set_cookie_lines(&self) -> Vec<String> {
        self.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned()).collect()
    }
}
