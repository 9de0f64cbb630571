//! Who gets what on every route of the server.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::support::{PASSWORD, sign_up_form};

/// What the path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Nothing.
    Nothing,
    /// Something that is everybody's.
    Text(&'static str),
    /// A product.
    Product,
    /// The owner's order.
    Order,
    /// A line of the owner's cart.
    Line,
    /// An address of the owner's.
    Address,
    /// A session of the owner's.
    Session,
    /// Something that the owner was told.
    Notice,
}

/// A route, and the status for: a visitor, another shopper, an administrator, the owner of what is named.
pub struct Row {
    pub method: Method,
    pub path: &'static str,
    names: Names,
    body: Option<Value>,
    pub expected: [u16; 4],
}

impl Row {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// The body about those things: `"$line"` is the number of the line.
    pub fn body_for(&self, things: &Value) -> Option<Value> {
        let mut text = self.body.as_ref()?.to_string();
        for (name, value) in things.as_object().into_iter().flatten() {
            text = text.replace(&format!("\"${name}\""), &value.to_string());
        }
        serde_json::from_str(&text).ok()
    }

    /// The path with the name of the thing.
    pub fn path_for(&self, things: &Value) -> String {
        let name = match self.names {
            Names::Nothing => return self.path.to_owned(),
            Names::Text(text) => text.to_owned(),
            Names::Product => things["product"].to_string(),
            Names::Order => things["order"].to_string(),
            Names::Line => things["line"].to_string(),
            Names::Address => things["address"].to_string(),
            Names::Session => things["session"].as_str().unwrap().to_owned(),
            Names::Notice => things["notice"].to_string(),
        };
        let parts: Vec<&str> = self.path.split('{').collect();
        let rest = parts.iter().skip(1).map(|part| format!("{name}{}", part.split_once('}').unwrap().1));
        parts[0].to_owned() + &rest.collect::<String>()
    }
}

fn row(method: Method, path: &'static str, names: Names, expected: [u16; 4]) -> Row {
    Row { method, path, names, body: None, expected }
}

/// The same for everybody.
fn open(method: Method, path: &'static str, names: Names, status: u16) -> Row {
    row(method, path, names, [status; 4])
}

/// Everybody's own: 401 for visitors.
fn own(method: Method, path: &'static str, status: u16) -> Row {
    row(method, path, Names::Nothing, [401, status, status, status])
}

/// Of somebody who is not there: 404 for whoever may ask.
fn own_but_missing(method: Method, path: &'static str) -> Row {
    owned(method, path, Names::Text("999999"), 404, 404)
}

/// Of one owner: what anybody else is told, and what he is.
fn owned(method: Method, path: &'static str, names: Names, others: u16, owner: u16) -> Row {
    row(method, path, names, [401, others, others, owner])
}

/// The table. A route without a row fails a test below: whoever adds one says here who gets what.
pub fn rows() -> Vec<Row> {
    [
        shelf_and_machines(),
        doors(),
        accounts(),
        second_factors(),
        carts_and_orders(),
        notices_and_mails(),
        kept_shelf(),
        order_desk(),
        reviews(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn shelf_and_machines() -> Vec<Row> {
    vec![
        open(Method::GET, "/api/products", Names::Nothing, 200),
        open(Method::GET, "/api/products/categories", Names::Nothing, 200),
        open(Method::GET, "/api/products/categories/{category}", Names::Text("견과"), 200),
        // Without a word to look for.
        open(Method::GET, "/api/products/search", Names::Nothing, 400),
        open(Method::GET, "/api/products/{id}", Names::Product, 200),
        open(Method::GET, "/images/products/{name}.svg", Names::Text("almond"), 200),
        open(Method::GET, "/images/products/{name}", Names::Text("almond.jpg"), 404),
        open(Method::GET, "/healthz", Names::Nothing, 200),
        open(Method::GET, "/readyz", Names::Nothing, 200),
        open(Method::GET, "/fail", Names::Nothing, 302),
        open(Method::GET, "/api-docs/openapi.json", Names::Nothing, 200),
        // In development only.
        open(Method::GET, "/swagger-ui", Names::Nothing, 302),
        open(Method::GET, "/swagger-ui/{file:.*}", Names::Text("index.html"), 200),
        open(Method::POST, "/api/webhooks/toss", Names::Nothing, 200).with(json!({"orderId": "1762500000123"})),
        // Not signed by Naver, and no form.
        open(Method::POST, "/api/webhooks/naver", Names::Nothing, 415).with(json!({})),
    ]
}

fn doors() -> Vec<Row> {
    let log_in = json!({"email": "nobody@example.com", "password": PASSWORD});
    let code = json!({"email": "nobody@example.com", "code": "123456"});
    let reset = json!({"resetToken": "a".repeat(64), "newPassword": PASSWORD});
    vec![
        open(Method::POST, "/api/users/signup", Names::Nothing, 409).with(sign_up_form(1)),
        open(Method::POST, "/api/auth/login", Names::Nothing, 401).with(log_in),
        row(Method::POST, "/api/auth/refresh", Names::Nothing, [400, 200, 200, 200]),
        open(Method::POST, "/api/auth/logout", Names::Nothing, 200),
        open(Method::POST, "/api/auth/password-reset/send-code", Names::Nothing, 200)
            .with(json!({"email": "$mailbox"})),
        open(Method::POST, "/api/auth/password-reset/verify-code", Names::Nothing, 400).with(code),
        open(Method::POST, "/api/auth/password-reset", Names::Nothing, 400).with(reset),
        open(Method::GET, "/api/oauth2/naver", Names::Nothing, 302),
        open(Method::GET, "/oauth2/authorization/naver", Names::Nothing, 302),
        open(Method::GET, "/login/oauth2/code/naver", Names::Nothing, 302),
        open(Method::GET, "/api/auth/link/naver", Names::Nothing, 302),
        row(Method::POST, "/api/auth/link/naver", Names::Nothing, [302, 303, 303, 303])
            .with(json!({"password": PASSWORD})),
        // Nobody who comes from Naver.
        open(Method::GET, "/api/auth/oauth-temp-info", Names::Nothing, 400),
        open(Method::POST, "/api/auth/signup-with-oauth", Names::Nothing, 400).with(sign_up_form(1)),
    ]
}

fn accounts() -> Vec<Row> {
    let address = json!({"recipientName": "김하늘", "phoneNumber": "010-1234-5678", "postalCode": "12345",
        "addressLine1": "서울시 중구 세종대로 110", "addressLine2": null});
    let change = json!({"currentPassword": PASSWORD, "newPassword": "Rainy-Night-2025@"});
    vec![
        own(Method::GET, "/api/users/me", 200),
        own(Method::DELETE, "/api/users/me", 200),
        own(Method::GET, "/api/users/profile", 200),
        own(Method::PUT, "/api/users/additional-info", 200).with(json!({"birthDate": "1991-03-04", "address": "서울"})),
        own(Method::PUT, "/api/users/password", 200).with(change),
        own(Method::GET, "/api/users/me/sessions", 200),
        own(Method::DELETE, "/api/users/me/sessions", 200),
        owned(Method::DELETE, "/api/users/me/sessions/{id}", Names::Session, 404, 200),
        own(Method::GET, "/api/users/me/addresses", 200),
        own(Method::POST, "/api/users/me/addresses", 201).with(address.clone()),
        owned(Method::PUT, "/api/users/me/addresses/{id}", Names::Address, 404, 200).with(address),
        owned(Method::PUT, "/api/users/me/addresses/{id}/default", Names::Address, 404, 200),
        owned(Method::DELETE, "/api/users/me/addresses/{id}", Names::Address, 404, 200),
        own(Method::GET, "/api/users/me/identities", 200),
        own(Method::DELETE, "/api/users/me/identities/naver", 404).with(json!({"currentPassword": PASSWORD})),
    ]
}

/// For those who run the shop; everybody may look, and nobody here has one.
fn second_factors() -> Vec<Row> {
    let proof = json!({"currentPassword": PASSWORD, "code": "123456"});
    vec![
        own(Method::GET, "/api/users/me/totp", 200),
        row(Method::POST, "/api/users/me/totp", Names::Nothing, [401, 403, 200, 403]).with(proof.clone()),
        own(Method::DELETE, "/api/users/me/totp", 409).with(proof.clone()),
        own(Method::POST, "/api/users/me/totp/verify", 409).with(proof.clone()),
        own(Method::POST, "/api/users/me/totp/recovery-codes", 409).with(proof),
    ]
}

fn carts_and_orders() -> Vec<Row> {
    let item = json!({"productId": "$product", "variantId": "$variant", "quantity": 1, "price": "$price"});
    let order = json!({"recipientName": "김하늘", "phoneNumber": "010-1234-5678", "postalCode": "12345",
        "addressLine1": "서울시 중구 세종대로 110", "orderItems": [item.clone()]});
    let confirm = json!({"paymentKey": "tgen_nothing", "orderId": "$order_text", "amount": "$total"});
    vec![
        own(Method::GET, "/api/cart", 200),
        own(Method::POST, "/api/cart", 201).with(item),
        own(Method::DELETE, "/api/cart", 200),
        // Lines that are not in one's cart are not there: nothing is removed, and nothing is told.
        own(Method::DELETE, "/api/cart/selected", 200).with(json!({"cartItemIds": ["$line"]})),
        owned(Method::PATCH, "/api/cart/{cartItemId}", Names::Line, 404, 200).with(json!({"quantity": 2})),
        owned(Method::DELETE, "/api/cart/{cartItemId}", Names::Line, 404, 200),
        own(Method::GET, "/api/orders", 200),
        own(Method::POST, "/api/orders", 201).with(order),
        owned(Method::GET, "/api/orders/{orderNumber}", Names::Order, 403, 200),
        owned(Method::PATCH, "/api/orders/{orderNumber}/cancel", Names::Order, 403, 200),
        owned(Method::POST, "/api/payments/toss/confirm", Names::Nothing, 403, 400).with(confirm),
        // Whose payment it is matters in `refunds.rs`, where there is one.
        own_but_missing(Method::GET, "/api/payments/{id}"),
        own_but_missing(Method::POST, "/api/payments/toss/{id}/cancel"),
    ]
}

fn notices_and_mails() -> Vec<Row> {
    let nobodys = Names::Text("999999");
    vec![
        own(Method::GET, "/api/notifications", 200),
        own(Method::GET, "/api/notifications/stream", 200),
        own(Method::GET, "/api/notifications/stats", 200),
        own(Method::GET, "/api/notifications/unread-count", 200),
        own(Method::PATCH, "/api/notifications/read-all", 200),
        owned(Method::PATCH, "/api/notifications/{id}/read", Names::Notice, 404, 200),
        // The administration: nobody's things, for administrators only.
        row(Method::GET, "/api/admin/mails", Names::Nothing, [401, 403, 200, 403]),
        row(Method::POST, "/api/admin/mails/{id}/retry", nobodys, [401, 403, 404, 403]),
        row(Method::DELETE, "/api/admin/mails/{id}", nobodys, [401, 403, 404, 403]),
        row(Method::GET, "/api/admin/mail-suppressions", Names::Nothing, [401, 403, 200, 403]),
        row(Method::DELETE, "/api/admin/mail-suppressions/{id}", nobodys, [401, 403, 404, 403]),
        // Not signed by Amazon, and no text.
        open(Method::POST, "/api/webhooks/ses", Names::Nothing, 415).with(json!({})),
    ]
}

/// Anybody reads them; nobody here has paid for anything, so nobody may write.
fn reviews() -> Vec<Row> {
    let review = json!({"rating": 4.5, "text": "고소해요"});
    let members = |method, path, status| row(method, path, Names::Product, [401, status, status, status]);
    vec![
        open(Method::GET, "/api/products/{id}/reviews", Names::Product, 200),
        members(Method::POST, "/api/products/{id}/reviews", 403).with(review.clone()),
        members(Method::GET, "/api/products/{id}/reviews/mine", 200),
        members(Method::PUT, "/api/products/{id}/reviews/mine", 404).with(review),
        members(Method::DELETE, "/api/products/{id}/reviews/mine", 404),
        own(Method::GET, "/api/users/me/reviewable", 200),
        row(Method::DELETE, "/api/admin/reviews/{id}", Names::Text("999999"), [401, 403, 404, 403]),
    ]
}

/// Orders, for those who run the shop.
fn order_desk() -> Vec<Row> {
    let nobodys = Names::Text("999999");
    let desk = |method, path, names, status| row(method, path, names, [401, 403, status, 403]);
    vec![
        desk(Method::GET, "/api/admin/orders", Names::Nothing, 200),
        desk(Method::GET, "/api/admin/summary", Names::Nothing, 200),
        desk(Method::GET, "/api/admin/orders/{orderId}", nobodys, 404),
        desk(Method::PATCH, "/api/admin/orders/{orderId}/status", nobodys, 404).with(json!({"status": "SHIPPED"})),
        desk(Method::POST, "/api/admin/orders/{orderId}/refund", nobodys, 404).with(json!({"reason": "시험"})),
    ]
}

/// Nobody's things, for administrators only: what all of them are told about something that does not exist.
fn kept_shelf() -> Vec<Row> {
    let nobodys = Names::Text("999999");
    let kept = |method, path, names, status| row(method, path, names, [401, 403, status, 403]);
    let product = json!({"name": "호두", "category": "견과", "price": 9000, "weightUnit": "g"});
    let pack = json!({"name": "1kg", "price": 39000, "weightGrams": 1000});
    vec![
        kept(Method::GET, "/api/admin/products", Names::Nothing, 200),
        kept(Method::POST, "/api/admin/products", Names::Nothing, 201).with(product),
        kept(Method::GET, "/api/admin/products/categories", Names::Nothing, 200),
        // No form.
        kept(Method::POST, "/api/admin/products/images", Names::Nothing, 415).with(json!({})),
        // Without an address.
        kept(Method::DELETE, "/api/admin/products/images", Names::Nothing, 400),
        kept(Method::GET, "/api/admin/products/{id}", nobodys, 404),
        kept(Method::PUT, "/api/admin/products/{id}", nobodys, 404).with(json!({"price": 1})),
        kept(Method::DELETE, "/api/admin/products/{id}", nobodys, 404),
        kept(Method::GET, "/api/admin/products/{id}/nutrients", nobodys, 404),
        kept(Method::PUT, "/api/admin/products/{id}/nutrients", nobodys, 404).with(json!({"nutrients": []})),
        kept(Method::GET, "/api/admin/products/{id}/variants", nobodys, 404),
        kept(Method::POST, "/api/admin/products/{id}/variants", nobodys, 404).with(pack),
        kept(Method::PUT, "/api/admin/products/{id}/variants/{variantId}", nobodys, 404).with(json!({"price": 1})),
        kept(Method::DELETE, "/api/admin/products/{id}/variants/{variantId}", nobodys, 404),
        kept(Method::POST, "/api/admin/variants/{id}/stock", nobodys, 404).with(json!({"delta": 1, "reason": "입고"})),
        kept(Method::GET, "/api/admin/tags", Names::Nothing, 200),
        kept(Method::PUT, "/api/admin/tags/{id}", nobodys, 404).with(json!({"name": "태그"})),
        kept(Method::DELETE, "/api/admin/tags/{id}", nobodys, 404),
        kept(Method::GET, "/api/admin/audit", Names::Nothing, 200),
    ]
}
