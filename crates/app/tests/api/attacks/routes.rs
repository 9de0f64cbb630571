//! Every route of the server, asked for by everybody about somebody's things.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::super::support::{Shopper, TestApp};
use super::table::{Row, rows};

/// Somebody with something of everything.
async fn owner(app: &TestApp, number: u32) -> (Shopper, Value) {
    let owner = app.shopper(number).await;
    let almonds = app.almonds().await;
    let given_up = owner.places_order(&[(almonds, 1)]).await.expect(201)["orderNumber"].clone();
    owner.patch(&format!("/api/orders/{given_up}/cancel"), json!({})).await.expect(200);
    let order = owner.places_order(&[(almonds, 1)]).await.expect(201);
    owner.adds(almonds, 1).await.expect(201);
    let address = json!({"recipientName": "김하늘", "phoneNumber": "010-1234-5678", "postalCode": "12345",
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
            let (status, text) = answered(&app, person, row, &things).await;
            if status != expected {
                let who = ["a visitor", "another shopper", "an administrator", "the owner"][turn];
                wrong.push(format!("{} by {who}: {status} instead of {expected}: {text}", row.name()));
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
