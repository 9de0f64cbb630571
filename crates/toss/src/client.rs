//! One call to the partner: authentication, time-outs, trace ids, and a strict line between "never sent" and "unknown".

use std::error::Error;
use std::fmt;
use std::time::Duration;

use ef_domain::payment::{IdempotencyKey, PaymentKey};
use ef_domain::shared::{FailureKind, PortFailure};
use reqwest::header::{ACCEPT_LANGUAGE, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::failure::Refusal;
use crate::gateway::TossConfig;
use crate::wire::{PaymentWire, RefusalWire};

/// Connections are kept for less time than a server keeps them, so that no call goes out on one that is being closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// No document of theirs comes near; a body that does not end is not read to its end.
const LARGEST_BODY: usize = 1 << 20;

/// What is asked of them. Logs name it by its route: a payment key is between the buyer, the partner and us.
#[derive(Clone, Copy)]
pub(crate) enum Operation<'a> {
    /// Take the money.
    Confirm,
    /// What became of a payment.
    Find(&'a PaymentKey),
    /// Give the money back.
    Cancel(&'a PaymentKey),
}

impl Operation<'_> {
    const fn route(self) -> &'static str {
        match self {
            Self::Confirm => "/v1/payments/confirm",
            Self::Find(_) => "/v1/payments/{paymentKey}",
            Self::Cancel(_) => "/v1/payments/{paymentKey}/cancel",
        }
    }

    /// A payment key stands for itself in a path; its type sees to that.
    fn path(self) -> String {
        match self {
            Self::Confirm => self.route().to_owned(),
            Self::Find(key) => format!("/v1/payments/{key}"),
            Self::Cancel(key) => format!("/v1/payments/{key}/cancel"),
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A payment, with a 200.
    Payment(Box<PaymentWire>),
    /// Anything else that could be read.
    Refused(Refusal),
}

/// Why nothing readable came back.
#[derive(Debug)]
pub(crate) enum CallError {
    /// No connection came about, so the request never left.
    NotSent(reqwest::Error),
    /// It may have been executed.
    Unknown(FailureKind, Box<dyn Error + Send + Sync>),
}

impl CallError {
    /// The same to somebody to whom the difference does not matter.
    pub(crate) fn into_failure(self, during: &'static str) -> PortFailure {
        match self {
            Self::NotSent(error) => PortFailure::new(FailureKind::Unreachable, during, error),
            Self::Unknown(kind, source) => PortFailure::new(kind, during, source),
        }
    }
}

/// A client of their API.
pub(crate) struct TossClient {
    http: Client,
    base_url: String,
    secret_key: SecretString,
}

impl fmt::Debug for TossClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TossClient").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl TossClient {
    /// A client; nothing is sent.
    pub(crate) fn try_new(config: TossConfig) -> Result<Self, PortFailure> {
        const DURING: &str = "setting up the payment partner's client";
        let base =
            Url::parse(&config.base_url).map_err(|error| PortFailure::new(FailureKind::Corrupt, DURING, error))?;
        // Another part of the program may have installed one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .connect_timeout(config.connect_timeout)
            .timeout(config.total_timeout)
            .pool_idle_timeout(IDLE_TIMEOUT)
            // A redirected confirm would be a second one, and the environment's proxy is not in our configuration.
            .redirect(Policy::none())
            .no_proxy();
        // The stand-in of development speaks plain HTTP: a machine without certificates can run it.
        let builder = if base.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let http = builder.build().map_err(|error| PortFailure::new(FailureKind::Corrupt, DURING, error))?;
        let base_url = config.base_url.trim_end_matches('/').to_owned();
        Ok(Self { http, base_url, secret_key: config.secret_key })
    }

    /// Asks.
    pub(crate) async fn get(&self, operation: Operation<'_>) -> Result<Answer, CallError> {
        self.send(self.http.get(self.url(operation)), operation).await
    }

    /// Orders something. The idempotency key makes a repeat the same order.
    pub(crate) async fn post(
        &self,
        operation: Operation<'_>,
        body: &(impl Serialize + Sync),
        idempotency_key: &IdempotencyKey,
    ) -> Result<Answer, CallError> {
        let request = self.http.post(self.url(operation));
        self.send(request.header("Idempotency-Key", idempotency_key.as_str()).json(body), operation).await
    }

    fn url(&self, operation: Operation<'_>) -> String {
        format!("{}{}", self.base_url, operation.path())
    }

    async fn send(&self, request: RequestBuilder, operation: Operation<'_>) -> Result<Answer, CallError> {
        let route = operation.route();
        let request = request
            .basic_auth(self.secret_key.expose_secret(), Some(""))
            // Their names of methods and services come in this language.
            .header(ACCEPT_LANGUAGE, "ko-KR");
        let response = request.send().await.map_err(lost)?;
        let status = response.status().as_u16();
        let trace_id = trace_id(response.headers());
        let body = read(response).await.inspect_err(|_| {
            tracing::warn!(route, status, trace_id, "toss began an answer that did not arrive whole");
        })?;
        let answer = understand(status, &body);
        match &answer {
            Ok(Answer::Payment(payment)) => {
                tracing::info!(route, status, trace_id, payment_status = %payment.status, "toss answered");
            }
            Ok(Answer::Refused(refusal)) => {
                tracing::warn!(route, status, trace_id, code = %refusal.code, "toss refused");
            }
            Err(_) => tracing::error!(route, status, trace_id, "toss answered something unreadable"),
        }
        answer
    }
}

/// Their support asks for it.
fn trace_id(headers: &HeaderMap) -> String {
    let id = headers.get("x-tosspayments-trace-id").and_then(|value| value.to_str().ok());
    id.unwrap_or("none").chars().take(80).collect()
}

/// Only a connection that never came about proves that nothing was sent.
fn lost(error: reqwest::Error) -> CallError {
    let error = error.without_url();
    if error.is_connect() {
        CallError::NotSent(error)
    } else if error.is_timeout() {
        CallError::Unknown(FailureKind::TimedOut, error.into())
    } else {
        CallError::Unknown(FailureKind::Unreachable, error.into())
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken_off)? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(CallError::Unknown(FailureKind::Corrupt, "the answer does not end".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn broken_off(error: reqwest::Error) -> CallError {
    let kind = if error.is_timeout() { FailureKind::TimedOut } else { FailureKind::Corrupt };
    CallError::Unknown(kind, error.without_url().into())
}

/// Reads an answer. What is neither a payment nor a refusal is no answer; but a server in trouble need not be readable.
fn understand(status: u16, body: &[u8]) -> Result<Answer, CallError> {
    let corrupt = |error: serde_json::Error| CallError::Unknown(FailureKind::Corrupt, error.into());
    if status == 200 {
        return serde_json::from_slice(body).map(Answer::Payment).map_err(corrupt);
    }
    let code = match serde_json::from_slice::<RefusalWire>(body) {
        Ok(refusal) => refusal.into_code(),
        Err(_) if status == 429 || status >= 500 => format!("HTTP_{status}"),
        Err(error) => return Err(corrupt(error)),
    };
    Ok(Answer::Refused(Refusal { status, code }))
}
