//! What a developer reads when the server is up.

use std::fmt::Write;

use secrecy::ExposeSecret;

use crate::config::{Config, url_of};
use crate::server::RunningServer;

/// Where everything is, and how to buy something. For a developer's terminal: it shows the demo password.
pub fn banner(config: &Config, server: &RunningServer) -> String {
    let api = url_of(server.address);
    let mut text = String::new();
    // Writing into a string cannot fail.
    let _ = writeln!(text, "\n  Energy Factory is open.\n");
    let _ = writeln!(text, "    API        {api}/api/products");
    if let Some(sandbox) = &server.sandbox {
        let _ = writeln!(text, "    Sandbox    {}/   (plays the payment partner; no real money)", sandbox.public_url());
    }
    let _ = writeln!(text, "    Front end  expected at {}", config.frontend.origin);
    let _ = writeln!(text, "    Data       {}", config.data_dir.display());
    if let Some(demo) = &server.demo {
        let password = demo.password.expose_secret();
        let _ = writeln!(text, "\n    Demo accounts, password {password}");
        for email in &demo.emails {
            let kept = if demo.other_password.contains(email) { "   (keeps an earlier password)" } else { "" };
            let _ = writeln!(text, "      {email}{kept}");
        }
        let _ = writeln!(text, "\n{}", how_to_buy(config, server, &api, demo.emails.first().copied().unwrap_or_default()));
    }
    text
}

/// Four requests from an empty cart to a paid order.
fn how_to_buy(config: &Config, server: &RunningServer, api: &str, email: &str) -> String {
    let Some(sandbox) = &server.sandbox else {
        return format!("  Sign in at {}, fill the cart, pay.", config.frontend.origin);
    };
    let sandbox = sandbox.url();
    format!(
        r#"  To buy something with a shell alone:

    json='content-type: application/json'
    curl -c jar -H "$json" {api}/api/auth/login -d '{{"email":"{email}","password":"..."}}'
    curl -b jar {api}/api/products                       # choose a product and a pack size
    curl -b jar -H "$json" {api}/api/orders -d '{{...}}'   # the answer names orderNumber and totalPrice
    curl -H "$json" {sandbox}/toss/control/payments -d '{{"orderId":"...","amount":...}}'
    curl -b jar -H "$json" {api}/api/payments/toss/confirm -d '{{"paymentKey":"...","orderId":"...","amount":...}}'
"#
    )
}
