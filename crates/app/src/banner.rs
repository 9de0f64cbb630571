//! What a developer reads when the server is up.

use std::fmt::Write;

use ef_domain::catalogue::{ProductFilter, ProductOrder, ProductStatus};
use ef_domain::shared::PageRequest;
use secrecy::ExposeSecret;

use crate::config::{Config, url_of};
use crate::demo::DemoAccounts;
use crate::server::RunningServer;

/// Where everything is, and how to buy something. For a developer's terminal: it shows the demo password.
pub async fn banner(config: &Config, server: &RunningServer) -> String {
    let api = url_of(server.address);
    let mut text = String::new();
    // Writing into a string cannot fail.
    let _ = writeln!(text, "\n  Energy Factory is open.\n");
    let _ = writeln!(text, "    API        {api}/api/products");
    if let Some(sandbox) = &server.sandbox {
        let _ = writeln!(text, "    Sandbox    {}/   (plays the payment partner; no real money)", sandbox.public_url());
    }
    match &config.web.root {
        Some(root) => _ = writeln!(text, "    Front end  {api}/   (from {})", root.display()),
        None => _ = writeln!(text, "    Front end  expected at {}", config.frontend.origin),
    }
    let _ = writeln!(text, "    Look in    {api}/dev   (a page to try the shop with)");
    let _ = writeln!(text, "    Data       {}", config.data_dir.display());
    if let Some(demo) = &server.demo {
        let _ = writeln!(text, "\n    Demo accounts, password {}", demo.password.expose_secret());
        for email in &demo.emails {
            let kept = if demo.other_password.contains(email) { "   (keeps an earlier password)" } else { "" };
            let _ = writeln!(text, "      {email}{kept}");
        }
        if let Some(lesson) = how_to_buy(server, demo, &api).await {
            let _ = writeln!(text, "\n{lesson}");
        }
    }
    text
}

/// From an empty cart to a paid order, to be pasted into a shell. `None` where nothing is for sale or nobody would
/// take the money.
async fn how_to_buy(server: &RunningServer, demo: &DemoAccounts, api: &str) -> Option<String> {
    let sandbox = server.sandbox.as_ref()?.url();
    let filter = ProductFilter { status: Some(ProductStatus::Available), ..ProductFilter::default() };
    let shelf = server.shop.browse.list(&filter, ProductOrder::NEWEST_FIRST, PageRequest::new(0, 1)).await.ok()?;
    let product = shelf.rows.first()?;
    let (id, name, price) = (product.id, &product.name, product.price.get());
    let login = serde_json::json!({ "email": demo.emails.first()?, "password": demo.password.expose_secret() });
    let login = login.to_string().replace('\'', r"'\''");
    Some(format!(
        r#"  To buy {name} with a shell alone:

    send() {{ curl -s -b /tmp/ef-jar -c /tmp/ef-jar -H content-type:application/json "$@"; }}
    send {api}/api/auth/login -d '{login}'
    order=$(send {api}/api/orders -d '{{"recipientName":"김건강","phoneNumber":"010-1234-5678","postalCode":"04036","addressLine1":"서울특별시 마포구 양화로 100","orderItems":[{{"productId":{id},"quantity":1,"price":{price}}}]}}' | grep -oE '"orderNumber":"?[0-9]+' | grep -oE '[0-9]+')
    key=$(send {sandbox}/toss/control/payments -d '{{"orderId":"'$order'","amount":{price}}}' | grep -oE '"paymentKey":"[^"]+' | cut -d'"' -f4)
    send {api}/api/payments/toss/confirm -d '{{"paymentKey":"'$key'","orderId":"'$order'","amount":{price}}}'
"#
    ))
}
