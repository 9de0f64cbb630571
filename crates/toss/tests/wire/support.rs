//! The partner and the gateway, and a short way to say what a test is about.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ef_domain::order::OrderNumber;
use ef_domain::payment::{
    Approval, CancelOutcome, CancelRequest, ConfirmOutcome, ConfirmRequest, IdempotencyKey, LookUp, PartnerView,
    PaymentGateway, PaymentKey,
};
use ef_domain::shared::{PortFailure, Won};
use ef_sandbox::{Sandbox, SandboxConfig};
use ef_toss::{TossConfig, TossPaymentGateway};
use serde_json::{Value, json};

pub const SECRET: &str = "test_sk_sandbox";
pub const PRICE: i64 = 17_000;

/// A gateway to that address that gives up after `total`.
pub fn gateway_within(base_url: &str, total: Duration) -> TossPaymentGateway {
    gateway_with(base_url, SECRET, total)
}

pub fn gateway_with(base_url: &str, secret: &str, total: Duration) -> TossPaymentGateway {
    TossPaymentGateway::new(TossConfig {
        base_url: base_url.to_owned(),
        secret_key: secret.to_owned().into(),
        connect_timeout: total.min(Duration::from_secs(2)),
        total_timeout: total,
    })
    .unwrap()
}

/// The sandbox, a gateway to it, and its levers.
pub struct Partner {
    pub sandbox: Sandbox,
    pub gateway: TossPaymentGateway,
    levers: reqwest::Client,
}

impl Partner {
    pub async fn start() -> Self {
        let sandbox = Sandbox::start(SandboxConfig::for_tests()).await.unwrap();
        let gateway = gateway_within(&sandbox.toss_url(), Duration::from_secs(5));
        let levers = reqwest::Client::builder().timeout(Duration::from_secs(5)).no_proxy().tls_certs_only([]);
        Self { sandbox, gateway, levers: levers.build().unwrap() }
    }

    /// Pulls a lever of the sandbox.
    pub async fn pull(&self, lever: &str, body: Value) -> Value {
        let url = format!("{}{lever}", self.sandbox.url());
        let answer = self.levers.post(url).json(&body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{lever}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// A buyer went through the payment window by card.
    pub async fn authorised(&self) -> Attempt {
        self.authorised_as(json!({})).await
    }

    /// The same with some wishes.
    pub async fn authorised_as(&self, wishes: Value) -> Attempt {
        let order = fresh_order();
        let mut body = json!({"orderId": order.to_string(), "amount": PRICE});
        body.as_object_mut().unwrap().extend(wishes.as_object().unwrap().clone());
        let opened = self.pull("/toss/control/payments", body).await;
        let key = PaymentKey::parse(opened.get("paymentKey").unwrap().as_str().unwrap()).unwrap();
        Attempt { key, order }
    }

    /// The next `times` calls of an operation go wrong.
    pub async fn breaks(&self, on: &str, kind: &str, times: u32) {
        self.pull("/toss/control/faults", json!({"on": on, "kind": kind, "times": times})).await;
    }

    /// The next answer to an operation takes that long.
    pub async fn lags(&self, on: &str, delay_ms: u64) {
        let fault = json!({"on": on, "kind": "delay", "times": 1, "delay_ms": delay_ms});
        self.pull("/toss/control/faults", fault).await;
    }

    pub async fn confirm(&self, attempt: &Attempt, idempotency_key: &str) -> Result<ConfirmOutcome, PortFailure> {
        self.gateway.confirm(&attempt.confirm(idempotency_key)).await
    }

    /// A payment whose money was taken.
    pub async fn paid(&self) -> Attempt {
        let attempt = self.authorised().await;
        assert_eq!(approval(self.confirm(&attempt, "paid").await).order, Some(attempt.order));
        attempt
    }

    pub async fn cancel(&self, attempt: &Attempt, idempotency_key: &str) -> Result<CancelOutcome, PortFailure> {
        self.gateway.cancel(&attempt.cancel(idempotency_key)).await
    }

    pub async fn view(&self, attempt: &Attempt) -> PartnerView {
        match self.gateway.look_up(&attempt.key).await.unwrap() {
            LookUp::Found(view) => view,
            LookUp::NotFound => panic!("the partner does not know {}", attempt.key),
        }
    }
}

/// A payment and the order that it is for.
#[derive(Clone)]
pub struct Attempt {
    pub key: PaymentKey,
    pub order: OrderNumber,
}

impl Attempt {
    /// A payment that no partner knows.
    pub fn imaginary() -> Self {
        Self { key: PaymentKey::parse("tgen_imaginary1").unwrap(), order: fresh_order() }
    }

    pub fn confirm(&self, idempotency_key: &str) -> ConfirmRequest {
        ConfirmRequest {
            key: self.key.clone(),
            order: self.order,
            amount: Won::try_new(PRICE).unwrap(),
            idempotency_key: self.own(idempotency_key),
        }
    }

    pub fn cancel(&self, idempotency_key: &str) -> CancelRequest {
        CancelRequest {
            key: self.key.clone(),
            reason: "단순 변심".to_owned(),
            idempotency_key: self.own(idempotency_key),
            account: None,
        }
    }

    /// No two payments share a key: confirms of all payments have one address.
    fn own(&self, idempotency_key: &str) -> IdempotencyKey {
        IdempotencyKey::stored(format!("{}-{idempotency_key}", self.key))
    }
}

fn fresh_order() -> OrderNumber {
    static NEXT: AtomicI64 = AtomicI64::new(4_503_599_627_370_496);
    OrderNumber::try_new(NEXT.fetch_add(1, Ordering::Relaxed)).unwrap()
}

/// The approval that a confirm came to.
pub fn approval(outcome: Result<ConfirmOutcome, PortFailure>) -> Approval {
    match outcome {
        Ok(ConfirmOutcome::Approved(approval)) => approval,
        other => panic!("not approved: {other:?}"),
    }
}

/// A payment as the partner writes one.
pub fn document(attempt: &Attempt, status: &str, balance: i64) -> Value {
    json!({
        "paymentKey": attempt.key.as_str(), "orderId": attempt.order.to_string(), "status": status, "method": "카드",
        "currency": "KRW", "totalAmount": PRICE, "balanceAmount": balance,
        "approvedAt": "2026-11-22T22:00:41+09:00", "easyPay": null, "virtualAccount": null,
    })
}
