//! What the page for newcomers is told.

use std::net::SocketAddr;

use ef_sandbox::Sandbox;

use crate::config::{Config, url_of};
use crate::demo::DemoAccounts;
use crate::http::dev::DevPage;

/// The browser's half of the documented test keys, which the sandbox pairs with the other half.
const DOCUMENTED_CLIENT_KEY: &str = "test_ck_D5GePWvyJnrK0W0k6q8gLzN97Eoq";

/// The page for newcomers to the shop at this address.
pub fn dev_page(config: &Config, sandbox: Option<&Sandbox>, demo: &DemoAccounts, own: SocketAddr) -> DevPage {
    let listen = config.sandbox.listen;
    let elsewhere = || config.mail.sandbox(listen, None).map_or_else(|| url_of(listen), |sandbox| sandbox.public_url);
    let url = sandbox.map_or_else(elsewhere, Sandbox::public_url);
    let url = url.trim_end_matches('/').to_owned();
    // The sandbox keeps its payment partner below that path; the partner himself has nothing there.
    let plays_the_partner = config.toss.base_url.as_deref().is_none_or(|base| base.ends_with("/toss"));
    DevPage {
        payment_script: plays_the_partner.then(|| format!("{url}/toss/v2/standard")),
        sandbox: Some(url),
        client_key: config.toss.client_key.clone().unwrap_or_else(|| DOCUMENTED_CLIENT_KEY.to_owned()),
        accounts: demo.emails.iter().map(|email| (*email, !demo.other_password.contains(email))).collect(),
        password: DevPage::password_at(own, config.http.proxies, &demo.password),
    }
}
