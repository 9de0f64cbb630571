//! The partner and the mailer, and a short way to say what a test is about.

use std::time::Duration;

use ef_domain::account::Email;
use ef_domain::notice::{Letter, Mail, Mailer, MessageId, OneTimeCode, SendFailure};
use ef_domain::shared::MailId;
use ef_sandbox::{Sandbox, SandboxConfig, SmtpCredentials};
use ef_ses::{Authority, Encryption, Patience, SesConfig, SesMailer};
use reqwest::Client;
use serde_json::{Value, json};

/// Who sends.
pub const SENDER: &str = "no-reply@energy-factory.kr";

/// Time enough for a busy machine.
pub const PATIENT: Patience = patience(Duration::from_secs(10));

pub const fn patience(span: Duration) -> Patience {
    Patience { connect: span, command: span, content: span }
}

/// A mail with a code in it.
pub fn mail(number: i64, to: &str) -> Mail {
    let letter = Letter::ResetCode { code: OneTimeCode::parse("012345").unwrap(), valid_for: Duration::from_mins(5) };
    Mail { id: MailId::new(number), to: Email::parse(to).unwrap(), letter }
}

/// The sandbox, and its levers.
pub struct Partner {
    pub sandbox: Sandbox,
    levers: Client,
}

impl Partner {
    pub async fn start() -> Self {
        Self::start_with(SandboxConfig::for_tests()).await
    }

    pub async fn start_with(config: SandboxConfig) -> Self {
        // Whoever is first in this process chooses the provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sandbox = Sandbox::start(config).await.unwrap();
        let levers = Client::builder().timeout(Duration::from_secs(5)).no_proxy().tls_certs_only([]);
        Self { sandbox, levers: levers.build().unwrap() }
    }

    /// How to reach it.
    pub fn config(&self) -> SesConfig {
        let SmtpCredentials { user, password } = SmtpCredentials::built_in();
        SesConfig {
            host: "localhost".to_owned(),
            port: self.sandbox.smtp_address().port(),
            encryption: Encryption::StartTls,
            authority: Authority::Pem(self.sandbox.smtp_certificate_pem().to_owned()),
            username: user,
            password: password.into(),
            from: SENDER.to_owned(),
            from_name: "에너지팩토리".to_owned(),
            configuration_set: None,
            shop_url: "https://energy-factory.kr".to_owned(),
            patience: PATIENT,
        }
    }

    pub fn mailer(&self) -> SesMailer {
        SesMailer::try_new(self.config()).unwrap()
    }

    /// Pulls a lever of the mail stand-in.
    pub async fn pull(&self, lever: &str, body: Value) -> Value {
        let url = format!("{}/mail/control/{lever}", self.sandbox.url());
        let answer = self.levers.post(url).body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{lever}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Makes the relay misbehave once.
    pub async fn breaks(&self, kind: &str) {
        self.pull("faults", json!({"kind": kind, "times": 1})).await;
    }

    /// What stands at that address below `/mail`.
    pub async fn look(&self, path: &str) -> String {
        let url = format!("{}/mail/{path}", self.sandbox.url());
        self.levers.get(url).send().await.unwrap().text().await.unwrap()
    }

    /// Every message that the relay took, newest first.
    pub async fn inbox(&self) -> Vec<Value> {
        serde_json::from_str(&self.look("messages").await).unwrap()
    }

    /// What becomes of one mail to that address.
    pub async fn sends(&self, to: &str) -> Result<MessageId, SendFailure> {
        self.mailer().send(&mail(1, to)).await
    }
}

/// The class of a failure.
pub fn class(outcome: &Result<MessageId, SendFailure>) -> &'static str {
    match outcome {
        Ok(_) => "sent",
        Err(SendFailure::Later(_)) => "later",
        Err(SendFailure::Refused(_)) => "refused",
        Err(SendFailure::Misconfigured(_)) => "misconfigured",
        Err(SendFailure::Unknown(_)) => "unknown",
    }
}
