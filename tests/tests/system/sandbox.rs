//! The partner: in the server's process or in its own.

use std::fs;
use std::path::Path;

use reqwest::Client;
use serde_json::{Value, json};

use crate::binaries;
use crate::process::Process;

/// The partner at an address.
pub struct Sandbox {
    /// Where it is.
    pub url: String,
    client: Client,
    _process: Option<Process>,
}

impl Sandbox {
    /// The one at that address, whoever runs it.
    pub fn at(url: &str, client: Client) -> Self {
        Self { url: url.to_owned(), client, _process: None }
    }

    /// `ef-sandbox`, until this value is dropped.
    pub async fn start(folder: &Path, client: Client) -> Self {
        fs::create_dir_all(folder).unwrap();
        let data = folder.join("data");
        let variables = ["EF__SANDBOX__LISTEN", "EF__SANDBOX__SMTP_LISTEN"]
            .map(|listener| (listener.to_owned(), "127.0.0.1:0".to_owned()));
        let arguments = ["--data", &data.to_string_lossy()];
        let mut process = Process::start(binaries::sandbox(), &arguments, &variables, folder.join("sandbox.log"));
        let url = process.says("console ").await.trim_end_matches('/').to_owned();
        Self { url, client, _process: Some(process) }
    }

    /// A buyer goes through the payment window.
    pub async fn authorises(&self, order: i64, amount: i64) -> String {
        let body = json!({ "orderId": order.to_string(), "amount": amount });
        let told = self.control("payments", &body).await;
        told["paymentKey"].as_str().unwrap().to_owned()
    }

    /// The next `times` calls of an operation go wrong like this.
    pub async fn misbehaves(&self, on: &str, kind: &str, times: u32, delay_ms: u64) {
        let body = json!({ "on": on, "kind": kind, "times": times, "delay_ms": delay_ms });
        self.control("faults", &body).await;
    }

    /// Nothing goes wrong any more.
    pub async fn behaves(&self) {
        for on in ["confirm", "cancel", "lookup"] {
            self.misbehaves(on, "delay", 0, 0).await;
        }
    }

    /// Every payment as the partner has it.
    pub async fn payments(&self) -> Vec<Value> {
        let answer = self.client.get(format!("{}/toss/control/payments", self.url)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// The status of one payment as the partner has it.
    pub async fn status(&self, key: &str) -> String {
        let payments = self.payments().await;
        let payment = payments.iter().find(|payment| payment["paymentKey"] == key);
        payment.map_or("unknown", |payment| payment["status"].as_str().unwrap()).to_owned()
    }

    async fn control(&self, what: &str, body: &Value) -> Value {
        let url = format!("{}/toss/control/{what}", self.url);
        let answer = self.client.post(url).json(body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap_or_default()
    }
}
