//! The applications that are registered in Naver's developer centre.

use std::net::IpAddr;

use reqwest::Url;
use serde::{Deserialize, Serialize};

/// An application that may log people in. `sandboxclient` with the secret `sandboxsecret` is always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NaverApp {
    /// The client id.
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// The registered callbacks, compared exactly. An empty list stands for any address of this machine, because
    /// ports change in development.
    pub callbacks: Vec<String>,
    /// Where the notice goes when a user cuts the link at Naver; `None` sends none.
    pub disconnect_url: Option<String>,
    /// Whether the profile API was granted to it; otherwise it answers 403.
    pub profile_api: bool,
    /// Whether an identity token repeats the `nonce` of the request. Naver's documents do not say.
    pub id_token_nonce: bool,
}

impl NaverApp {
    /// An application with that pair that takes callbacks of this machine.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            callbacks: Vec::new(),
            disconnect_url: None,
            profile_api: true,
            id_token_nonce: true,
        }
    }

    /// The one that is always there.
    pub fn built_in() -> Self {
        Self::new("sandboxclient", "sandboxsecret")
    }

    /// Whether a browser may be sent there.
    pub(crate) fn takes(&self, redirect_uri: &str) -> bool {
        if self.callbacks.is_empty() {
            return is_here(redirect_uri);
        }
        self.callbacks.iter().any(|callback| callback == redirect_uri)
    }
}

fn is_here(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else { return false };
    let loopback = |host: &str| host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    host == "localhost" || host.ends_with(".localhost") || loopback(host.trim_matches(['[', ']']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_registered_callbacks_only_this_machine_is_called_back() {
        let app = NaverApp::built_in();
        for here in ["http://127.0.0.1:3000/cb", "http://localhost/cb?x=1", "https://[::1]:8443/cb"] {
            assert!(app.takes(here), "{here}");
        }
        for elsewhere in ["https://evil.example/cb", "http://localhost.evil.example/", "javascript:alert(1)", ""] {
            assert!(!app.takes(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_registered_callback_is_compared_exactly() {
        let app = NaverApp { callbacks: vec!["https://shop.example/cb".to_owned()], ..NaverApp::built_in() };
        assert!(app.takes("https://shop.example/cb"));
        assert!(!app.takes("https://shop.example/cb/"));
        assert!(!app.takes("http://127.0.0.1/cb"));
    }
}
