//! Log-ins at Naver.

use std::net::SocketAddr;
use std::time::Duration;

use secrecy::SecretString;

use super::Profile;
use super::partners::{SandboxSection, base_url, url_of};
use super::reader::Reader;
use super::sections::millis;

/// Which of Naver's protocols is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NaverProtocol {
    /// OpenID Connect.
    OpenId,
    /// The older one.
    Classic,
}

/// The application that is registered at Naver.
#[derive(Clone, Debug)]
pub struct NaverClient {
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
}

/// Naver Login.
#[derive(Clone, Debug)]
pub struct NaverSection {
    /// As whom we ask; `None`: nobody logs in by Naver.
    pub app: Option<NaverClient>,
    /// In which protocol.
    pub protocol: NaverProtocol,
    /// Where OpenID Connect is; `None` for the sandbox's, as with the others.
    pub issuer: Option<String>,
    /// Where the older protocol is.
    pub auth_base_url: Option<String>,
    /// Where profiles are.
    pub api_base_url: Option<String>,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a call may take.
    pub total_timeout: Duration,
}

impl NaverSection {
    /// What the sandbox's own application is called, and its secret. They open nothing but the sandbox.
    const SANDBOX: [&str; 2] = ["sandboxclient", "sandboxsecret"];

    pub(super) fn read(
        reader: &mut Reader,
        profile: Profile,
        sandbox: &SandboxSection,
        warnings: &mut Vec<String>,
    ) -> Self {
        let protocol = reader.parsed("naver.protocol", "oidc or classic", |text| match text {
            "oidc" => Some(NaverProtocol::OpenId),
            "classic" => Some(NaverProtocol::Classic),
            _ => None,
        });
        let naver = Self {
            app: app(reader, profile, warnings),
            protocol: protocol.unwrap_or(NaverProtocol::OpenId),
            issuer: base_url(reader, "naver.issuer"),
            auth_base_url: base_url(reader, "naver.auth_base_url"),
            api_base_url: base_url(reader, "naver.api_base_url"),
            connect_timeout: millis(reader, "naver.connect_timeout_ms", 50, 30_000),
            total_timeout: millis(reader, "naver.total_timeout_ms", 50, 30_000),
        };
        let addresses = [&naver.issuer, &naver.auth_base_url, &naver.api_base_url];
        let is_missing = addresses.iter().any(|address| address.is_none());
        if profile == Profile::Production {
            if is_missing {
                reader.problem("naver.issuer", "and the other addresses of naver must be given in production");
            }
            if addresses.iter().any(|address| address.as_ref().is_some_and(|url| url.starts_with("http://"))) {
                warnings.push("an address of naver is plain http: the client's secret travels in clear".to_owned());
            }
        } else if is_missing && !sandbox.enabled {
            warnings.push(format!("naver is expected at the sandbox's address, {}", sandbox.listen));
        }
        naver
    }

    /// That address, or the sandbox's where there is none.
    pub fn address(&self, configured: Option<&String>, sandbox: SocketAddr) -> String {
        configured.cloned().unwrap_or_else(|| format!("{}/naver", url_of(sandbox)))
    }
}

fn app(reader: &mut Reader, profile: Profile, warnings: &mut Vec<String>) -> Option<NaverClient> {
    let (id, secret) = (reader.optional_text("naver.client_id"), reader.secret("naver.client_secret"));
    match (id, secret) {
        (Some(client_id), Some(client_secret)) => Some(NaverClient { client_id, client_secret }),
        (Some(_), None) => {
            reader.problem("naver.client_secret", "is missing, and naver.client_id is not");
            None
        }
        (None, Some(_)) => {
            reader.problem("naver.client_id", "is missing, and naver.client_secret is not");
            None
        }
        (None, None) if profile == Profile::Production => {
            warnings.push("naver.client_id is not given: nobody can log in by naver".to_owned());
            None
        }
        (None, None) => {
            let [id, secret] = NaverSection::SANDBOX;
            Some(NaverClient { client_id: id.to_owned(), client_secret: secret.into() })
        }
    }
}

/// What members do with their accounts.
#[derive(Clone, Copy, Debug)]
pub struct AccountConfig {
    /// How long a log-in proves who somebody is, where his password is asked for otherwise.
    pub fresh: Duration,
}

impl AccountConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { fresh: Duration::from_mins(reader.number("account.fresh_minutes", 0..=1440)) }
    }
}
