//! The API's document against the server: every route is in it, and whatever any test of this suite was answered is an
//! answer that it promises.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use energy_factory::http::openapi;
use serde_json::Value;

use super::attacks::routes_of_the_table;
use super::schema::answers::problem_with_answer;
use super::support::{Answer, TestApp};

/// Pages for people.
const FOR_PEOPLE: [&str; 4] = ["GET /swagger-ui", "GET /swagger-ui/{file:.*}", "GET /dev", "GET /dev/{file}"];

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(openapi::text()).unwrap());

/// Panics where the document does not promise that answer.
pub fn keeps(method: &str, path: &str, answer: &Answer) {
    let content_type = answer.headers.get("content-type").and_then(|kind| kind.to_str().ok());
    let problem = problem_with_answer(&DOCUMENT, (method, path), (answer.status, content_type), &answer.text);
    assert_eq!(problem, None, "the document promises something else");
}

#[test]
fn every_route_is_in_the_document_and_no_other() {
    let served: BTreeSet<String> = routes_of_the_table().filter(|name| !FOR_PEOPLE.contains(&name.as_str())).collect();
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let documented: BTreeSet<String> = paths
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let missing: Vec<_> = served.difference(&documented).collect();
    assert!(missing.is_empty(), "say in the feature's openapi.rs what {missing:?} promise");
    let invented: Vec<_> = documented.difference(&served).collect();
    assert!(invented.is_empty(), "{invented:?} are no routes");
}

#[tokio::test]
async fn the_document_and_the_pages_to_try_it_with_are_served() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let document = visitor.get("/api-docs/openapi.json").await;
    assert_eq!((document.status, document.text.as_str()), (200, openapi::text()));
    let door = visitor.get("/swagger-ui").await;
    assert_eq!((door.status, door.header("location")), (302, Some("/swagger-ui/")));
    let page = visitor.get("/swagger-ui/").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("swagger-ui-bundle.js"), "{}", page.text);
    let script = visitor.get("/swagger-ui/swagger-initializer.js").await;
    assert!(script.text.contains("/api-docs/openapi.json") && !script.text.contains("http"), "{}", script.text);
    assert_eq!(visitor.get("/swagger-ui/swagger-ui-bundle.js").await.status, 200);
    assert_eq!(visitor.get("/swagger-ui/nothing.js").await.status, 404);
}
