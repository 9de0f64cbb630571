//! The client that notices to the merchant are sent with, whichever partner sends them.

use std::sync::OnceLock;
use std::time::Duration;

/// A client that is made for the first delivery: reading the machine's certificates takes longer than all the rest of a
/// start.
#[derive(Debug)]
pub(crate) struct Courier {
    patience: Duration,
    client: OnceLock<Option<reqwest::Client>>,
}

impl Courier {
    /// A courier that waits so long for a receiver's answer.
    pub(crate) fn waiting(patience: Duration) -> Self {
        Self { patience, client: OnceLock::new() }
    }

    /// The client; `None` if this machine cannot make one.
    pub(crate) fn client(&self) -> Option<reqwest::Client> {
        self.client.get_or_init(|| build(self.patience)).clone()
    }
}

fn build(patience: Duration) -> Option<reqwest::Client> {
    // Another part of the process may have chosen a provider already; any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .timeout(patience)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .inspect_err(|error| tracing::error!(%error, "notices cannot be sent"))
        .ok()
}
