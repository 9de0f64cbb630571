//! Fetching small documents over HTTP: certificates, and the page that confirms a subscription.

use std::time::Duration;

use ef_domain::shared::{FailureKind, PortFailure};
use reqwest::Client;
use reqwest::redirect::Policy;

/// How long a document may take. The partner waits fifteen seconds for the answer to its notice.
const PATIENCE: Duration = Duration::from_secs(5);
/// No document that is wanted here comes near.
const LARGEST: usize = 64 * 1024;

/// A client that follows nobody anywhere else. Nothing is sent. One that is `plain` speaks to a stand-in on the same
/// machine and needs no certificates.
pub(crate) fn client(plain: bool) -> Result<Client, PortFailure> {
    // Another part of the program may have installed one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().connect_timeout(PATIENCE).timeout(PATIENCE).redirect(Policy::none()).no_proxy();
    let builder = if plain { builder.tls_certs_only([]) } else { builder };
    builder.build().map_err(|error| PortFailure::new(FailureKind::Corrupt, "setting up a client of the web", error))
}

/// The document at that address.
pub(crate) async fn fetch(client: &Client, url: &str, during: &'static str) -> Result<String, PortFailure> {
    let failed = |error: reqwest::Error| {
        let kind = if error.is_timeout() { FailureKind::TimedOut } else { FailureKind::Unreachable };
        PortFailure::new(kind, during, error.without_url())
    };
    let mut response = client.get(url).send().await.map_err(failed)?;
    if !response.status().is_success() {
        let what = format!("answered {}", response.status().as_u16());
        return Err(PortFailure::new(FailureKind::Unreachable, during, what));
    }
    let mut document = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if document.len() + chunk.len() > LARGEST {
            return Err(PortFailure::new(FailureKind::Corrupt, during, "the document does not end"));
        }
        document.extend_from_slice(&chunk);
    }
    String::from_utf8(document).map_err(|error| PortFailure::new(FailureKind::Corrupt, during, error))
}
