//! The mailer port over Amazon SES.

use std::fmt;
use std::sync::Mutex;

use async_trait::async_trait;
use ef_domain::notice::{Mail, Mailer, MessageId, SendFailure};
use ef_domain::shared::{FailureKind, PortFailure};
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret, SecretString};

use crate::letters::Letters;
use crate::message::compose;
use crate::relay::{Encryption, Patience, Relay};
use crate::trust::{Authority, Trust};
use crate::web;

/// Where the relay is, who we are to it, and how mails look.
#[derive(Clone, Debug)]
pub struct SesConfig {
    /// The relay's name, such as `email-smtp.ap-northeast-2.amazonaws.com`.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How encryption begins there.
    pub encryption: Encryption,
    /// Who vouches for it.
    pub authority: Authority,
    /// The access key id.
    pub username: String,
    /// The SMTP password, see [`smtp_password`](crate::smtp_password).
    pub password: SecretString,
    /// The sender's address, verified at the partner.
    pub from: String,
    /// The sender's name.
    pub from_name: String,
    /// Where the partner reports what becomes of a mail, if not where it does anyway.
    pub configuration_set: Option<String>,
    /// Where the shop's pages are.
    pub shop_url: String,
    /// How long anything may take.
    pub patience: Patience,
}

/// Sends mail through Amazon SES.
pub struct SesMailer {
    relay: Relay,
    from: Mailbox,
    configuration_set: Option<String>,
    letters: Letters,
}

impl fmt::Debug for SesMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SesMailer")
            .field("host", &self.relay.host)
            .field("port", &self.relay.port)
            .finish_non_exhaustive()
    }
}

impl SesMailer {
    /// A mailer. Nothing is sent, and nobody is connected to.
    ///
    /// # Errors
    /// [`PortFailure`] where the sender or the configuration set is none, or no client can be built.
    pub fn try_new(config: SesConfig) -> Result<Self, PortFailure> {
        const DURING: &str = "setting up the mail partner's client";
        let corrupt = |what: &'static str| PortFailure::new(FailureKind::Corrupt, DURING, what);
        let from: Address = config.from.parse().map_err(|_| corrupt("the sender's address is none"))?;
        if config.from_name.chars().any(char::is_control) {
            return Err(corrupt("the sender's name is no text of one line"));
        }
        if config.configuration_set.as_deref().is_some_and(|name| !is_configuration_set(name)) {
            return Err(corrupt("the configuration set has no such name"));
        }
        let trust = Trust::new(config.authority, config.host.clone(), web::client(true)?);
        let relay = Relay {
            credentials: Credentials::new(config.username, config.password.expose_secret().to_owned()),
            hello: ClientId::Domain(from.domain().to_owned()),
            host: config.host,
            port: config.port,
            encryption: config.encryption,
            trust,
            patience: config.patience,
            from: from.clone(),
            kept: Mutex::default(),
        };
        Ok(Self {
            relay,
            from: Mailbox::new(Some(config.from_name), from),
            configuration_set: config.configuration_set,
            letters: Letters::new(config.shop_url),
        })
    }
}

fn is_configuration_set(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(fits)
}

#[async_trait]
impl Mailer for SesMailer {
    async fn send(&self, mail: &Mail) -> Result<MessageId, SendFailure> {
        let letter = self.letters.render(&mail.letter);
        let message = compose(&self.from, self.configuration_set.as_deref(), mail, letter)?;
        self.relay.hand_over(&message).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn config() -> SesConfig {
        let second = Duration::from_secs(1);
        SesConfig {
            host: "localhost".to_owned(),
            port: 587,
            encryption: Encryption::StartTls,
            authority: Authority::Public,
            username: "user".to_owned(),
            password: SecretString::from("hidden"),
            from: "no-reply@shop.kr".to_owned(),
            from_name: "에너지팩토리".to_owned(),
            configuration_set: Some("main_1-a".to_owned()),
            shop_url: "https://shop.kr".to_owned(),
            patience: Patience { connect: second, command: second, content: second },
        }
    }

    #[test]
    fn what_could_begin_another_header_is_refused_at_the_start() {
        assert!(SesMailer::try_new(config()).is_ok());
        let bad = |change: fn(&mut SesConfig)| {
            let mut config = config();
            change(&mut config);
            SesMailer::try_new(config).is_err()
        };
        assert!(bad(|config| config.from_name = "x\r\nBcc: victim@home.kr".to_owned()));
        assert!(bad(|config| config.from = "a@shop.kr\r\nBcc: victim@home.kr".to_owned()));
        assert!(bad(|config| config.from = "no address".to_owned()));
        assert!(bad(|config| config.configuration_set = Some("a\r\nBcc: x".to_owned())));
        assert!(bad(|config| config.configuration_set = Some(String::new())));
    }

    #[test]
    fn printing_a_mailer_or_its_configuration_shows_no_password() {
        let printed = format!("{:?} {:?}", config(), SesMailer::try_new(config()).unwrap());
        assert!(!printed.contains("hidden"), "{printed}");
    }
}
