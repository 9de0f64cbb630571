//! Naver, the adapter, and somebody's browser between them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ef_domain::account::{Departure, FlowSecrets, PartnerLogIn, PartnerLogInError, Profile};
use ef_domain::shared::{CountingEntropy, ManualClock, PortFailure, Timestamp};
use ef_naver::{NaverConfig, NaverLogIn, Protocol};
use ef_sandbox::{Sandbox, SandboxConfig};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

pub const CALLBACK: &str = "http://127.0.0.1:8080/login/oauth2/code/naver";
pub const CLIENT: &str = "sandboxclient";
pub const SECRET: &str = "sandboxsecret";

/// What the tests change of the configuration.
pub struct Wanted<'a> {
    pub protocol: Protocol,
    pub secret: &'a str,
    pub total: Duration,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self { protocol: Protocol::OpenId, secret: SECRET, total: Duration::from_secs(5) }
    }
}

/// The adapter to a Naver at that address, and the clock that it goes by, which begins now.
pub fn adapter(base: &str, wanted: &Wanted<'_>) -> (NaverLogIn, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(now()));
    let config = NaverConfig {
        protocol: wanted.protocol,
        client_id: CLIENT.to_owned(),
        client_secret: wanted.secret.into(),
        issuer: base.to_owned(),
        auth_base_url: base.to_owned(),
        api_base_url: base.to_owned(),
        connect_timeout: wanted.total,
        total_timeout: wanted.total,
    };
    let entropy = Arc::new(CountingEntropy::default());
    (NaverLogIn::new(config, Arc::<ManualClock>::clone(&clock), entropy).unwrap(), clock)
}

#[expect(clippy::disallowed_methods, reason = "the sandbox signs its tokens by the machine's clock")]
pub fn now() -> Timestamp {
    Timestamp::new(chrono::Utc::now())
}

/// The sandbox, the adapter to it, and somebody's browser.
pub struct Partner {
    pub naver: NaverLogIn,
    browser: Client,
    sandbox: Sandbox,
}

impl Partner {
    pub async fn start() -> Self {
        Self::with(&Wanted::default()).await
    }

    pub async fn classic() -> Self {
        Self::with(&Wanted { protocol: Protocol::Classic, ..Wanted::default() }).await
    }

    pub async fn with(wanted: &Wanted<'_>) -> Self {
        let sandbox = Sandbox::start(SandboxConfig::for_tests()).await.unwrap();
        let (naver, _) = adapter(&sandbox.naver_url(), wanted);
        let browser = Client::builder().timeout(Duration::from_secs(10)).redirect(Policy::none()).no_proxy();
        Self { naver, browser: browser.tls_certs_only([]).build().unwrap(), sandbox }
    }

    /// Pulls a lever of the sandbox.
    pub async fn pull(&self, lever: &str, body: Value) {
        let url = format!("{}{lever}", self.sandbox.url());
        let answer = self.browser.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{lever}: {}", answer.text().await.unwrap());
    }

    /// The next call of that kind goes wrong.
    pub async fn breaks(&self, on: &str, kind: &str) {
        self.pull("/naver/control/faults", json!({"on": on, "kind": kind, "times": 1})).await;
    }

    /// Somebody goes to Naver and agrees; what comes back with him.
    pub async fn visit(&self, departure: &Departure, wishes: &str) -> HashMap<String, String> {
        let answer = self.browser.get(format!("{}&{wishes}", departure.url)).send().await.unwrap();
        assert_eq!(answer.status(), 302, "{}", departure.url);
        let back = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        assert!(back.as_str().starts_with(CALLBACK), "{back}");
        back.query_pairs().into_owned().collect()
    }

    /// The code of somebody's log-in, and what it must be presented with.
    pub async fn code(&self, wishes: &str) -> (SecretString, FlowSecrets) {
        let departure = self.naver.depart(CALLBACK).await.unwrap();
        let back = self.visit(&departure, wishes).await;
        assert_eq!(back["state"], departure.secrets.state.expose_secret());
        (back["code"].as_str().into(), departure.secrets)
    }

    /// A whole log-in.
    pub async fn logs_in(&self, wishes: &str) -> Result<Profile, PartnerLogInError> {
        let (code, secrets) = self.code(wishes).await;
        self.naver.arrive(&code, &secrets, CALLBACK).await
    }
}

/// Flow secrets out of thin air, for a stub that looks at none of them.
pub fn secrets() -> FlowSecrets {
    FlowSecrets { state: "state".into(), nonce: "nonce".into(), verifier: "v".repeat(43).into() }
}

#[track_caller]
pub fn refusal(outcome: Result<Profile, PartnerLogInError>) -> String {
    match outcome {
        Err(PartnerLogInError::Refused(why)) => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
pub fn failure(outcome: Result<Profile, PartnerLogInError>) -> PortFailure {
    match outcome {
        Err(PartnerLogInError::Unavailable(failure)) => failure,
        other => panic!("no failure: {other:?}"),
    }
}
