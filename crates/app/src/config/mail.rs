//! The mail partner.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use ef_domain::account::Email;
use ef_ses::{Patience, smtp_password};
use secrecy::SecretString;

use super::Profile;
use super::partners::{SandboxSection, base_url, url_of};
use super::reader::Reader;
use super::sections::millis;

/// Sending mail, and hearing what becomes of it.
#[derive(Clone, Debug)]
pub struct MailSection {
    /// The relay; `None` for the sandbox's.
    pub host: Option<String>,
    /// Its port; `None` for the sandbox's.
    pub port: Option<u16>,
    /// As whom we send; `None` for whom the sandbox knows.
    pub credentials: Option<MailCredentials>,
    /// The sender's address.
    pub from: String,
    /// The sender's name.
    pub from_name: String,
    /// Where the partner reports what becomes of mails, if not where it does anyway.
    pub configuration_set: Option<String>,
    /// The one certificate that the relay is known by, in PEM; `None` for those that browsers trust.
    pub certificate: Option<String>,
    /// The topics whose notices are ours.
    pub sns_topic_arns: Vec<String>,
    /// A sandbox that speaks for the partner; `None` for the partner itself, or for the one in this process.
    pub sandbox_url: Option<String>,
    /// What it calls itself, if not that.
    pub sandbox_public_url: Option<String>,
    /// How long the relay may take.
    pub patience: Patience,
    /// How long the delivery of mails pauses between two looks.
    pub deliver_pause: Duration,
    /// How many mails it takes at a time.
    pub deliver_batch: u32,
    /// Whether nobody but a sandbox is meant where nothing is said.
    pub is_development: bool,
}

/// As whom we send.
#[derive(Clone, Debug)]
pub struct MailCredentials {
    /// The access key id.
    pub username: String,
    /// The SMTP password.
    pub password: SecretString,
}

/// Where the sandbox's parts that play the mail partner are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSandbox {
    /// Its pages, seen from here.
    pub url: String,
    /// What it calls them in its notices.
    pub public_url: String,
}

impl MailSection {
    pub(super) fn read(
        reader: &mut Reader,
        profile: Profile,
        sandbox: &SandboxSection,
        warnings: &mut Vec<String>,
    ) -> Self {
        let mail = Self {
            host: reader.optional_text("mail.host"),
            port: optional_port(reader),
            credentials: credentials(reader, profile),
            from: sender(reader),
            from_name: reader.text("mail.from_name"),
            configuration_set: reader.optional_text("mail.configuration_set"),
            certificate: certificate(reader),
            sns_topic_arns: reader.list("mail.sns_topic_arns").unwrap_or_default(),
            sandbox_url: base_url(reader, "mail.sandbox_url"),
            sandbox_public_url: base_url(reader, "mail.sandbox_public_url"),
            patience: Patience {
                connect: millis(reader, "mail.connect_timeout_ms", 50, 60_000),
                command: millis(reader, "mail.command_timeout_ms", 50, 60_000),
                content: millis(reader, "mail.reply_timeout_ms", 50, 120_000),
            },
            deliver_pause: millis(reader, "mail.deliver_ms", 10, 3_600_000),
            deliver_batch: reader.number("mail.deliver_batch", 1..=100),
            is_development: profile == Profile::Development,
        };
        if mail.from_name.chars().any(char::is_control) {
            reader.problem("mail.from_name", "must be one line of text");
        }
        mail.check(reader, sandbox, warnings);
        mail
    }

    fn check(&self, reader: &mut Reader, sandbox: &SandboxSection, warnings: &mut Vec<String>) {
        if self.is_development {
            if self.host.is_none() && !sandbox.enabled {
                warnings.push(format!("the mail relay is expected at the sandbox's address, {}", sandbox.smtp_listen));
            }
            return;
        }
        if self.host.is_none() {
            reader.problem("mail.host", "is missing, and in production no sandbox stands in");
        }
        if self.sandbox_url.is_some() {
            reader.problem("mail.sandbox_url", "must not be given in production: anybody's notices would be believed");
        }
        if self.sns_topic_arns.is_empty() {
            warnings.push("mail.sns_topic_arns is empty: nobody hears of mails that come back".to_owned());
        }
    }

    /// How long sending a batch may take where a job's batch may take that long. The rest is for storing what became of
    /// the last mails.
    pub fn budget(batch_timeout: Duration) -> Duration {
        batch_timeout / 4 * 3
    }

    /// A mail that might outlast its batch would never be begun.
    pub(super) fn check_patience(&self, batch_timeout: Duration, reader: &mut Reader) {
        let (longest, budget) = (self.patience.longest(), Self::budget(batch_timeout));
        if longest > budget {
            let what = format!(
                "and the other time-outs of mail let one mail take {} ms, but a batch has {} ms, three quarters of \
                 jobs.batch_timeout_ms",
                longest.as_millis(),
                budget.as_millis()
            );
            reader.problem("mail.reply_timeout_ms", what);
        }
    }

    /// The relay's name and port, given where the sandbox's relay listens.
    pub fn relay(&self, sandbox: SocketAddr) -> (String, u16) {
        let here = match sandbox.ip() {
            ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        (self.host.clone().unwrap_or_else(|| here.to_string()), self.port.unwrap_or(sandbox.port()))
    }

    /// The sandbox that plays the partner, if one does, given where the sandbox is. In development, a relay that is
    /// named belongs to a sandbox whose pages have the usual port of that machine.
    pub fn sandbox(&self, listen: SocketAddr, public_url: Option<String>) -> Option<MailSandbox> {
        let derived = || match &self.host {
            _ if !self.is_development => None,
            Some(host) => Some((format!("http://{host}:{}", listen.port()), None)),
            None => Some((url_of(listen), public_url)),
        };
        let (url, own_name) = self.sandbox_url.clone().map(|url| (url, None)).or_else(derived)?;
        let public_url = self.sandbox_public_url.clone().or(own_name).unwrap_or_else(|| url.clone());
        Some(MailSandbox { url, public_url })
    }
}

fn optional_port(reader: &mut Reader) -> Option<u16> {
    reader.optional_text("mail.port")?;
    Some(reader.number("mail.port", 1..=u16::MAX))
}

/// A password, or the secret key that one is derived from.
fn credentials(reader: &mut Reader, profile: Profile) -> Option<MailCredentials> {
    let username = reader.optional_text("mail.username");
    let (password, secret) = (reader.secret("mail.password"), reader.secret("mail.secret_access_key"));
    let region = reader.optional_text("mail.region");
    let password = match (password, secret, region) {
        (Some(_), Some(_), _) => {
            reader.problem("mail.password", "and mail.secret_access_key exclude each other");
            return None;
        }
        (Some(password), None, _) => Some(password),
        (None, Some(secret), Some(region)) => Some(smtp_password(&secret, &region)),
        (None, Some(_), None) => {
            reader
                .problem("mail.region", "is missing: the password that is derived from a secret key is a region's own");
            return None;
        }
        (None, None, _) => None,
    };
    match (username, password) {
        (Some(username), Some(password)) => Some(MailCredentials { username, password }),
        (Some(_), None) => {
            reader.problem("mail.password", "is missing, and mail.username is not");
            None
        }
        (None, Some(_)) => {
            reader.problem("mail.username", "is missing, and its password is not");
            None
        }
        (None, None) => {
            if profile == Profile::Production {
                reader.problem("mail.username", "is missing, and in production nobody sends for us");
            }
            None
        }
    }
}

fn sender(reader: &mut Reader) -> String {
    let text = reader.text("mail.from");
    if !text.is_empty() && Email::parse(&text).is_err() {
        reader.problem("mail.from", format!("{text:?} is no address such as no-reply@shop.example"));
    }
    text
}

fn certificate(reader: &mut Reader) -> Option<String> {
    let path = reader.optional_text("mail.certificate_file")?;
    match std::fs::read_to_string(&path) {
        Ok(pem) => Some(pem),
        Err(error) => {
            reader.problem("mail.certificate_file", format!("cannot read {path}: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::super::{Config, ConfigError};
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<MailSection, ConfigError> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_variables(variables).map(|config| config.mail)
    }

    const PRODUCTION: [(&str, &str); 7] = [
        ("EF__PROFILE", "production"),
        ("EF__HTTP__PUBLIC_URL", "https://shop.example"),
        ("EF__TOSS__SECRET_KEY", "live_sk_1"),
        ("EF__MAIL__HOST", "email-smtp.ap-northeast-2.amazonaws.com"),
        ("EF__MAIL__FROM", "no-reply@shop.example"),
        ("EF__MAIL__USERNAME", "AKIA"),
        ("EF__MAIL__PASSWORD", "hidden"),
    ];

    fn keys_without(missing: &str) -> Vec<String> {
        let given: Vec<_> = PRODUCTION.into_iter().filter(|(name, _)| *name != missing).collect();
        with(&given).unwrap_err().problems.into_iter().map(|problem| problem.key).collect()
    }

    #[test]
    fn in_development_everything_is_the_sandboxs() {
        let mail = with(&[]).unwrap();
        let (smtp, listen) = ("0.0.0.0:2525".parse().unwrap(), "127.0.0.1:9090".parse().unwrap());
        assert_eq!(mail.relay(smtp), ("127.0.0.1".to_owned(), 2525));
        let own = MailSandbox { url: "http://127.0.0.1:9090".to_owned(), public_url: "http://sandbox.test".to_owned() };
        assert_eq!(mail.sandbox(listen, Some(own.public_url.clone())), Some(own));
        assert!(mail.credentials.is_none() && mail.certificate.is_none());
    }

    #[test]
    fn a_relay_that_is_named_in_development_is_a_sandbox_elsewhere() {
        let elsewhere = [("EF__MAIL__HOST", "sandbox"), ("EF__MAIL__PORT", "2500")];
        let mail = with(&elsewhere).unwrap();
        let (smtp, listen) = ("127.0.0.1:2525".parse().unwrap(), "127.0.0.1:9090".parse().unwrap());
        assert_eq!(mail.relay(smtp), ("sandbox".to_owned(), 2500));
        let found = mail.sandbox(listen, None).unwrap();
        assert_eq!((found.url.as_str(), found.public_url.as_str()), ("http://sandbox:9090", "http://sandbox:9090"));
        let public = [elsewhere.as_slice(), &[("EF__MAIL__SANDBOX_PUBLIC_URL", "http://localhost:9090/")]].concat();
        assert_eq!(with(&public).unwrap().sandbox(listen, None).unwrap().public_url, "http://localhost:9090");
    }

    #[test]
    fn production_names_its_relay_its_credentials_and_its_sender() {
        let mail = with(&PRODUCTION).unwrap();
        let listen = "127.0.0.1:9090".parse().unwrap();
        assert_eq!(mail.relay(listen), ("email-smtp.ap-northeast-2.amazonaws.com".to_owned(), 587));
        assert_eq!(mail.sandbox(listen, None), None);
        assert_eq!(keys_without("EF__MAIL__HOST"), ["mail.host"]);
        assert_eq!(keys_without("EF__MAIL__FROM"), ["mail.from"]);
        assert_eq!(keys_without("EF__MAIL__USERNAME"), ["mail.username"]);
        assert_eq!(keys_without("EF__MAIL__PASSWORD"), ["mail.password"]);
    }

    #[test]
    fn no_sandbox_is_believed_in_production() {
        let given = [PRODUCTION.as_slice(), &[("EF__MAIL__SANDBOX_URL", "http://sandbox:9090")]].concat();
        let keys: Vec<_> = with(&given).unwrap_err().problems.into_iter().map(|problem| problem.key).collect();
        assert_eq!(keys, ["mail.sandbox_url"]);
    }

    #[test]
    fn one_mail_never_outlasts_its_batch() {
        let mail = with(&[]).unwrap();
        let budget = MailSection::budget(Duration::from_mins(1));
        assert_eq!(budget, Duration::from_secs(45));
        assert!(mail.patience.longest() * 4 <= budget * 3, "{:?} is not well below it", mail.patience.longest());
        for wrong in [("EF__MAIL__REPLY_TIMEOUT_MS", "30000"), ("EF__JOBS__BATCH_TIMEOUT_MS", "30000")] {
            let problems = with(&[wrong]).unwrap_err().problems;
            assert_eq!(
                problems.iter().map(|problem| problem.key.as_str()).collect::<Vec<_>>(),
                ["mail.reply_timeout_ms"]
            );
        }
        assert!(with(&[("EF__MAIL__REPLY_TIMEOUT_MS", "30000"), ("EF__JOBS__BATCH_TIMEOUT_MS", "120000")]).is_ok());
    }

    #[test]
    fn a_password_is_given_or_derived() {
        let secret = ("EF__MAIL__SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        let user = ("EF__MAIL__USERNAME", "AKIA");
        let derived = with(&[user, secret, ("EF__MAIL__REGION", "us-east-1")]).unwrap().credentials.unwrap();
        assert_eq!(derived.password.expose_secret(), "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9");
        for wrong in [vec![user, secret], vec![user, secret, ("EF__MAIL__PASSWORD", "x")]] {
            let error = with(&wrong).unwrap_err();
            assert!(!error.to_string().contains("wJalr"), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_by_key() {
        let error = with(&[
            ("EF__MAIL__PORT", "0"),
            ("EF__MAIL__FROM", "nobody"),
            ("EF__MAIL__CERTIFICATE_FILE", "/no/such/file"),
            ("EF__MAIL__SANDBOX_URL", "sandbox:9090"),
        ]);
        let keys: Vec<_> = error.unwrap_err().problems.into_iter().map(|problem| problem.key).collect();
        assert_eq!(keys, ["mail.certificate_file", "mail.from", "mail.port", "mail.sandbox_url"]);
    }
}
