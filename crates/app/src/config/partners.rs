//! The sections that say where the shop's partners are, or what stands in for them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::Profile;
use super::reader::Reader;
use super::sections::{http_rest, millis};

/// The payment partner.
#[derive(Clone, Debug)]
pub struct TossSection {
    /// Where its API is; `None` for the sandbox's.
    pub base_url: Option<String>,
    /// Proves to the partner who we are.
    pub secret_key: SecretString,
    /// The public half, which the front end's payment window shows. The sandbox pairs it with the secret one.
    pub client_key: Option<String>,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a call may take.
    pub total_timeout: Duration,
}

impl TossSection {
    /// The test keys that the partner's public documentation prints. The sandbox knows them; no money hangs on them.
    const DOCUMENTED_SECRET_KEY: &str = "test_sk_zXLkKEypNArWmo50nX3lmeaxYG5R";

    pub(super) fn read(
        reader: &mut Reader,
        profile: Profile,
        sandbox: &SandboxSection,
        warnings: &mut Vec<String>,
    ) -> Self {
        let base_url = base_url(reader, "toss.base_url");
        let secret_key = reader.secret("toss.secret_key");
        if profile == Profile::Production {
            if base_url.is_none() {
                reader.problem("toss.base_url", "is missing, and in production no sandbox stands in");
            }
            match &secret_key {
                None => reader.problem("toss.secret_key", "is missing, and production has no default for it"),
                Some(key) if key.expose_secret().starts_with("test_") => {
                    warnings.push("toss.secret_key is a test key: no money moves".to_owned());
                }
                Some(_) => {}
            }
            if base_url.as_deref().is_some_and(|url| url.starts_with("http://")) {
                warnings.push("toss.base_url is plain http: the secret key travels in clear".to_owned());
            }
        } else if base_url.is_none() && !sandbox.enabled {
            warnings.push(format!("the payment partner is expected at the sandbox's address, {}", sandbox.listen));
        }
        Self {
            base_url,
            secret_key: secret_key.unwrap_or_else(|| SecretString::from(Self::DOCUMENTED_SECRET_KEY)),
            client_key: reader.optional_text("toss.client_key"),
            connect_timeout: millis(reader, "toss.connect_timeout_ms", 50, 8_000),
            // The front end gives up after 10 s, and settling takes its part of them.
            total_timeout: millis(reader, "toss.total_timeout_ms", 50, 8_000),
        }
    }

    /// Where the partner's API is, given where the sandbox listens.
    pub fn base_url(&self, sandbox: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("{}/toss", url_of(sandbox)))
    }
}

/// The stand-ins of the partners.
#[derive(Clone, Debug)]
pub struct SandboxSection {
    /// Whether they run in this process.
    pub enabled: bool,
    /// Where they listen, here or elsewhere.
    pub listen: SocketAddr,
    /// Where their mail relay listens.
    pub smtp_listen: SocketAddr,
}

impl SandboxSection {
    pub(super) fn read(reader: &mut Reader, profile: Profile) -> Self {
        let sandbox = Self {
            enabled: reader.flag("sandbox.enabled"),
            listen: reader.address("sandbox.listen"),
            smtp_listen: reader.address("sandbox.smtp_listen"),
        };
        if sandbox.enabled && profile == Profile::Production {
            reader.problem("sandbox.enabled", "must be false in production");
        }
        sandbox
    }
}

/// The address as a URL that somebody on this machine can call: "all addresses" is none.
pub(crate) fn url_of(address: SocketAddr) -> String {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// Where a partner is, if the key says so, without a slash at its end.
pub(super) fn base_url(reader: &mut Reader, key: &'static str) -> Option<String> {
    let url = reader.optional_text(key)?.trim_end_matches('/').to_owned();
    if http_rest(&url).is_none() {
        reader.problem(key, "must begin with https:// or http://");
    }
    Some(url)
}
