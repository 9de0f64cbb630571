//! What the HTTP layer must be told at start-up.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ef_domain::shared::PortFailure;
use futures::future::BoxFuture;

use super::dev::DevPage;

/// Asks whether the server can do its work: in practice, whether the database answers.
pub type ReadinessCheck = Arc<dyn Fn() -> BoxFuture<'static, Result<(), PortFailure>> + Send + Sync>;

/// What the HTTP layer must be told at start-up. Shared with every request as `web::Data`.
#[derive(Clone)]
pub struct HttpSettings {
    /// Whether this is a developer's machine, which gets pages that a shop has no use for.
    pub development: bool,
    /// Pages of these origins (`scheme://host[:port]`) may call across origins.
    pub allowed_origins: Vec<String>,
    /// Whether cookies travel over TLS only.
    pub cookie_secure: bool,
    /// Where browsers find this server (`https://energy-factory.kr`); `None` = wherever the request's Host says.
    pub public_url: Option<String>,
    /// Where the pages are; empty where this server has them, so that browsers stay where they are.
    pub frontend_origin: String,
    /// The folder with the built front end, if this server serves it.
    pub web_root: Option<PathBuf>,
    /// The page for newcomers; `None` in production.
    pub dev_page: Option<DevPage>,
    /// How many proxies of our own stand in front, each of which appends to `X-Forwarded-For` who called it.
    pub proxies: usize,
    /// Whether the administration is closed to administrators without a second factor.
    pub totp_required: bool,
    /// How long a client may take over the body of a request.
    pub body_timeout: Duration,
    /// How long a client may take over a file.
    pub upload_timeout: Duration,
    /// Answers `/readyz`.
    pub ready: ReadinessCheck,
}

impl HttpSettings {
    /// Whether browsers reach this server over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The origin under which browsers know this server: the configured one, else the request's Host over plain HTTP.
    ///
    /// What `X-Forwarded-*` says of it is never believed: behind a proxy that ends TLS, the public URL is configured.
    pub fn own_origin(&self, host: Option<&str>) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", host.filter(|host| is_host(host)).unwrap_or("localhost")),
        }
    }
}

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings")
            .field("allowed_origins", &self.allowed_origins)
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

/// Host names, addresses and ports; nothing that could break out of a URL.
fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
}

#[cfg(test)]
impl HttpSettings {
    /// The settings of a developer's machine.
    pub(crate) fn for_tests() -> Self {
        Self {
            development: true,
            allowed_origins: vec!["http://localhost:5173".to_owned()],
            cookie_secure: false,
            public_url: None,
            frontend_origin: "http://localhost:5173".to_owned(),
            web_root: None,
            dev_page: None,
            proxies: 0,
            totp_required: false,
            body_timeout: Duration::from_secs(10),
            upload_timeout: Duration::from_mins(1),
            ready: Arc::new(|| Box::pin(std::future::ready(Ok(())))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_origin_is_configured_or_the_plain_host() {
        let mut settings = HttpSettings::for_tests();
        assert_eq!(settings.own_origin(Some("127.0.0.1:8080")), "http://127.0.0.1:8080");
        assert_eq!(settings.own_origin(Some("evil/\"><script>")), "http://localhost");
        assert_eq!(settings.own_origin(None), "http://localhost");
        settings.public_url = Some("https://energy-factory.kr/".to_owned());
        assert_eq!(settings.own_origin(Some("127.0.0.1:8080")), "https://energy-factory.kr");
        assert!(settings.is_https());
    }
}
