//! A sandbox, a merchant who talks to it, and a receiver for its webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use ef_sandbox::{Sandbox, SandboxConfig};
use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// `test_sk_zXLkKEypNArWmo50nX3lmeaxYG5R:` as Toss's documents print it.
pub const DOCS_BASIC: &str = "Basic dGVzdF9za196WExrS0V5cE5BcldtbzUwblgzbG1lYXhZRzVSOg==";
pub const DOCS_CLIENT_KEY: &str = "test_ck_D5GePWvyJnrK0W0k6q8gLzN97Eoq";

pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().timeout(Duration::from_secs(20)).redirect(reqwest::redirect::Policy::none());
    builder.no_proxy().build().unwrap()
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Status and code of a refusal.
    pub fn refusal(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["code"].as_str().unwrap_or("no refusal").to_owned())
    }

    /// The Payment of a success.
    pub fn payment(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    Answer { status: answer.status(), headers: answer.headers().clone(), text: answer.text().await.unwrap() }
}

/// Somebody who talks to a sandbox at an address.
#[derive(Clone)]
pub struct Merchant {
    pub url: String,
    pub client: Client,
}

impl Merchant {
    pub fn at(url: String) -> Self {
        Self { url, client: client() }
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url)).header("authorization", DOCS_BASIC)
    }

    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).header("authorization", DOCS_BASIC).json(body)
    }

    /// A control call that must succeed.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let answer = send(self.client.post(format!("{}{path}", self.url)).json(&body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// A buyer went through the window with a card.
    pub async fn authenticated(&self, order: &str, amount: i64) -> String {
        self.authenticated_with(json!({"orderId": order, "amount": amount})).await
    }

    pub async fn authenticated_with(&self, body: Value) -> String {
        let told = self.control("/toss/control/payments", body).await;
        told["paymentKey"].as_str().unwrap().to_owned()
    }

    pub fn confirm(&self, key: &str, order: &str, amount: impl Into<Value>) -> RequestBuilder {
        let body = json!({"paymentKey": key, "orderId": order, "amount": amount.into()});
        self.post("/toss/v1/payments/confirm", &body)
    }

    /// An approved card payment.
    pub async fn paid(&self, order: &str, amount: i64) -> String {
        let key = self.authenticated(order, amount).await;
        send(self.confirm(&key, order, amount)).await.payment();
        key
    }

    pub fn cancel(&self, key: &str, body: &Value) -> RequestBuilder {
        self.post(&format!("/toss/v1/payments/{key}/cancel"), body)
    }

    pub async fn look_up(&self, key: &str) -> Value {
        send(self.get(&format!("/toss/v1/payments/{key}"))).await.payment()
    }

    pub async fn fault(&self, on: &str, kind: &str, delay_ms: u64) {
        let body = json!({"on": on, "kind": kind, "times": 1, "delay_ms": delay_ms});
        self.control("/toss/control/faults", body).await;
    }

    pub async fn advance(&self, seconds: i64) {
        self.control("/clock", json!({"advance_s": seconds})).await;
    }
}

/// A sandbox without a memory, and a merchant.
pub async fn start() -> (Sandbox, Merchant) {
    start_with(SandboxConfig::for_tests()).await
}

pub async fn start_with(config: SandboxConfig) -> (Sandbox, Merchant) {
    let sandbox = Sandbox::start(config).await.unwrap();
    let merchant = Merchant::at(sandbox.url());
    (sandbox, merchant)
}

/// A webhook as it arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Arrived {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Order and status, whichever of the two shapes it has.
    pub fn fact(&self) -> (String, String) {
        let facts = self.body.get("data").unwrap_or(&self.body);
        (facts["orderId"].as_str().unwrap().to_owned(), facts["status"].as_str().unwrap().to_owned())
    }
}

/// The merchant's webhook: answers as told, 200 when told nothing.
pub struct Receiver {
    pub url: String,
    arrived: mpsc::UnboundedReceiver<Arrived>,
    answers: Arc<Mutex<Vec<u16>>>,
}

struct Desk {
    arrived: mpsc::UnboundedSender<Arrived>,
    answers: Arc<Mutex<Vec<u16>>>,
}

async fn receive(desk: web::Data<Desk>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let text = |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    desk.arrived.send(Arrived { headers, body: serde_json::from_slice(&body).unwrap() }).unwrap();
    let status = desk.answers.lock().unwrap().pop().unwrap_or(200);
    HttpResponse::build(actix_web::http::StatusCode::from_u16(status).unwrap()).finish()
}

impl Receiver {
    pub fn start() -> Self {
        let (sender, arrived) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(Vec::new()));
        let desk = web::Data::new(Desk { arrived: sender, answers: Arc::clone(&answers) });
        let server = HttpServer::new(move || App::new().app_data(desk.clone()).route("/hook", web::post().to(receive)));
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", server.addrs()[0]);
        tokio::spawn(server.run());
        Self { url, arrived, answers }
    }

    /// The next answers, first to last.
    pub fn answer(&self, statuses: &[u16]) {
        *self.answers.lock().unwrap() = statuses.iter().rev().copied().collect();
    }

    pub async fn next(&mut self) -> Arrived {
        tokio::time::timeout(Duration::from_secs(10), self.arrived.recv()).await.unwrap().unwrap()
    }

    /// Whether nothing arrives for a while.
    pub async fn stays_quiet(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(300), self.arrived.recv()).await.is_err()
    }
}
