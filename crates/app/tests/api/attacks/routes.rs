//! Every route of the server, asked for by everybody about somebody's things.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::super::support::{PASSWORD, Shopper, TestApp, sign_up_form};

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
    expected: [u16; 4],
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

    fn path_for(&self, things: &Value) -> String {
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
        let (before, rest) = self.path.split_once('{').unwrap();
        let (_, after) = rest.split_once('}').unwrap();
        format!("{before}{name}{after}")
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

/// Of one owner: what anybody else is told, and what he is.
fn owned(method: Method, path: &'static str, names: Names, others: u16, owner: u16) -> Row {
    row(method, path, names, [401, others, others, owner])
}

/// The table. A route without a row fails a test below: whoever adds one says here who gets what.
pub fn rows() -> Vec<Row> {
    [shelf_and_machines(), doors(), accounts(), second_factors(), carts_and_orders(), notices_and_mails()]
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
        open(Method::GET, "/healthz", Names::Nothing, 200),
        open(Method::GET, "/readyz", Names::Nothing, 200),
        open(Method::GET, "/fail", Names::Nothing, 302),
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
    let address = json!({"recipientName": "김하늘", "phone": "010-1234-5678", "postalCode": "12345",
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
        // Not signed by Amazon.
        open(Method::POST, "/api/webhooks/ses", Names::Nothing, 400).with(json!({})),
    ]
}

/// Somebody with something of everything.
async fn owner(app: &TestApp, number: u32) -> (Shopper, Value) {
    let owner = app.shopper(number).await;
    let almonds = app.almonds().await;
    let given_up = owner.places_order(&[(almonds, 1)]).await.expect(201)["orderNumber"].clone();
    owner.patch(&format!("/api/orders/{given_up}/cancel"), json!({})).await.expect(200);
    let order = owner.places_order(&[(almonds, 1)]).await.expect(201);
    owner.adds(almonds, 1).await.expect(201);
    let address = json!({"recipientName": "김하늘", "phone": "010-1234-5678", "postalCode": "12345",
        "addressLine1": "서울시 중구 세종대로 110", "addressLine2": null});
    let address = owner.post("/api/users/me/addresses", address).await.expect(201);
    let sessions = owner.get("/api/users/me/sessions").await.expect(200);
    let things = json!({
        "product": almonds.product, "variant": almonds.variant, "price": almonds.price,
        "order": order["orderNumber"], "order_text": order["orderNumber"].to_string(), "total": order["totalPrice"],
        "line": owner.get("/api/cart").await.expect(200)["items"][0]["id"],
        "address": address["id"],
        "session": first(&sessions)["id"],
        "notice": told(&owner).await,
    });
    assert!(things.as_object().unwrap().values().all(|thing| !thing.is_null()), "{things}");
    (owner, things)
}

/// The first thing that the owner was told, once he was.
async fn told(owner: &Shopper) -> Value {
    let wait = async {
        loop {
            let page = owner.get("/api/notifications").await.expect(200);
            if let Some(notice) = page["notifications"].get(0) {
                return notice["id"].clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect("the owner is told that his order is cancelled")
}

fn first(sessions: &Value) -> &Value {
    sessions.get("sessions").unwrap_or(sessions).get(0).unwrap()
}

#[tokio::test]
async fn somebody_elses_things_on_every_route() {
    let app = TestApp::start_with(&[("EF__LIMITS__SIGN_UP_TIMES", "10000")]).await;
    app.shopper(1).await;
    let rows = rows();
    let mut cast = Vec::new();
    for number in (1000_u32..).take(rows.len()) {
        let (owner, things) = owner(&app, number).await;
        cast.push(([app.visitor(), app.shopper(1000 + number).await, app.shopper(2000 + number).await, owner], things));
    }
    app.tampers("UPDATE user SET role = 'ADMIN' WHERE email LIKE 'shopper3___@example.com'").await;
    let mut wrong = Vec::new();
    for (place, (row, (people, mut things))) in rows.iter().zip(cast).enumerate() {
        for (turn, (person, expected)) in people.iter().zip(row.expected).enumerate() {
            things["mailbox"] = json!(format!("mailbox{place}-{turn}@example.com"));
            let body = row.body_for(&things).map(|body| body.to_string().into_bytes());
            let answer = person.send(row.method.clone(), &row.path_for(&things), body, &[]).await;
            if answer.status != expected {
                let who = ["a visitor", "another shopper", "an administrator", "the owner"][turn];
                wrong.push(format!(
                    "{} by {who}: {} instead of {expected}: {}",
                    row.name(),
                    answer.status,
                    answer.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Status and text. A stream has no end, so of that only the beginning.
async fn answered(app: &TestApp, person: &Shopper, row: &Row, things: &Value) -> (u16, String) {
    if row.path.ends_with("/stream") {
        let cookie = format!("accessToken={}", person.cookie("accessToken").unwrap_or_default());
        let request = app.client.get(format!("{}{}", app.base, row.path)).header("cookie", cookie);
        return (request.send().await.unwrap().status().as_u16(), String::new());
    }
    let body = row.body_for(things).map(|body| body.to_string().into_bytes());
    let answer = person.send(row.method.clone(), &row.path_for(things), body, &[]).await;
    (answer.status, answer.text)
}

/// What others tried has left the owner's things as they were.
#[tokio::test]
async fn somebody_elses_things_stay_as_they_are() {
    let app = TestApp::start_with(&[("EF__LIMITS__SIGN_UP_TIMES", "10000")]).await;
    let (owner, things) = owner(&app, 1).await;
    let look = || async {
        let mut seen = Vec::new();
        for path in [
            "/api/users/me",
            "/api/users/me/addresses",
            "/api/cart",
            "/api/orders?status=PENDING",
            "/api/notifications",
        ] {
            seen.push(owner.get(path).await.expect(200));
        }
        seen.push(owner.order(things["order"].as_i64().unwrap()).await);
        seen
    };
    let before = look().await;
    let thief = app.shopper(2).await;
    for row in rows().iter().filter(|row| row.expected[3] != row.expected[1] || row.path.ends_with("selected")) {
        let body = row.body_for(&things).map(|body| body.to_string().into_bytes());
        thief.send(row.method.clone(), &row.path_for(&things), body, &[]).await;
    }
    assert_eq!(look().await, before);
}

#[test]
fn every_route_of_the_server_has_a_row() {
    let registered = registered();
    let listed: BTreeSet<String> = rows().iter().map(Row::name).collect();
    let missing: Vec<_> = registered.difference(&listed).collect();
    assert!(missing.is_empty(), "who gets what at {missing:?}? Say so in rows()");
    let gone: Vec<_> = listed.difference(&registered).collect();
    assert!(gone.is_empty(), "{gone:?} are no routes any more");
    assert!(registered.len() > 50, "{registered:?}");
}

/// Every route that the source registers. Routes are written in one way only, so that they can be found.
fn registered() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let mut seen = 0;
        for resource in code.split("web::resource(").skip(1) {
            let path = path_of(code, resource.trim_start());
            let end = resource.find("web::scope(").unwrap_or(resource.len());
            let methods = methods_in(&resource[..end]);
            assert!(!methods.is_empty(), "{path} in {} has no method", file.display());
            seen += methods.len();
            found.extend(methods.into_iter().map(|method| format!("{method} {path}")));
        }
        assert_eq!(seen, methods_in(code).len(), "{} registers routes in another way", file.display());
    }
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The path itself, or the constant that holds it.
fn path_of(code: &str, argument: &str) -> String {
    let literal = |text: &str| text.split('"').nth(1).unwrap().to_owned();
    if argument.starts_with('"') {
        return literal(argument);
    }
    let name: String = argument.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let (_, value) = code.split_once(&format!("const {name}: &str =")).unwrap_or_else(|| panic!("no constant {name}"));
    literal(value)
}

fn methods_in(code: &str) -> Vec<String> {
    let method = |rest: &str| rest.split("()").next().unwrap().to_ascii_uppercase();
    let parts = code.split("web::").skip(1).filter(|rest| {
        ["get()", "post()", "put()", "patch()", "delete()", "head()", "trace()", "method(", "route()"]
            .iter()
            .any(|call| rest.starts_with(call))
    });
    parts.map(method).collect()
}
