//! Thousands of random requests at every route: whatever comes in, no fault of ours goes out.

use std::collections::BTreeMap;
use std::sync::Mutex;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use reqwest::Method;
use serde_json::{Map, Value};

use super::bad_input::routes;
use super::support::{Shopper, TestApp};

const CASES: u32 = 2000;

#[derive(Clone, Debug)]
struct Request {
    method: Method,
    path: String,
    body: Option<Vec<u8>>,
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3_i64..2000).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "[0-9-]{1,16}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{1,9}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// The good body with some of its fields replaced or missing, or no object at all, or no JSON at all.
fn bodies(good: Option<&Value>) -> BoxedStrategy<Option<Vec<u8>>> {
    let fields = good.and_then(Value::as_object).cloned().unwrap_or_default();
    let changes = prop::collection::vec(prop_oneof![3 => Just(None), 2 => values().prop_map(Some)], fields.len());
    let altered = changes.prop_map(move |changes| {
        let fields = fields.iter().zip(changes);
        let object: Map<_, _> =
            fields.map(|((name, good), change)| (name.clone(), change.unwrap_or_else(|| good.clone()))).collect();
        Some(Value::Object(object).to_string().into_bytes())
    });
    prop_oneof![
        1 => Just(None),
        6 => altered,
        1 => values().prop_map(|value| Some(value.to_string().into_bytes())),
        1 => prop::collection::vec(any::<u8>(), 0..200).prop_map(Some),
    ]
    .boxed()
}

fn requests() -> impl Strategy<Value = Request> {
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    (0..routes().len(), prop::option::weighted(0.1, prop::sample::select(methods.to_vec()))).prop_flat_map(
        |(index, other)| {
            let route = routes().remove(index);
            let id = prop_oneof![
                (0_i64..200).prop_map(|id| id.to_string()),
                any::<i64>().prop_map(|id| id.to_string()),
                "(%[0-9A-F]{2}|[a-zA-Z0-9._~-]){1,12}",
            ];
            let parameter = "(page|size|sort|q|keyword|category|status|paymentStatus|minPrice|maxPrice|reason)";
            let pair = format!("{parameter}=(%[0-9A-F]{{2}}|[a-zA-Z0-9,._%-]){{0,14}}");
            let pair = proptest::string::string_regex(&pair).unwrap();
            (id, prop::collection::vec(pair, 0..4), bodies(route.body.as_ref())).prop_map(move |(id, query, body)| {
                Request {
                    method: other.clone().unwrap_or_else(|| route.method.clone()),
                    path: format!("{}?{}", route.path.replace("{n}", &id), query.join("&")),
                    body,
                }
            })
        },
    )
}

/// How often which status came back.
type Tally = Mutex<BTreeMap<u16, u32>>;

async fn survives(shopper: &Shopper, request: Request, tally: &Tally) -> Result<(), TestCaseError> {
    let signs_out = request.path.starts_with("/api/auth/logout");
    let leaves = request.path.starts_with("/api/users/me?") && request.method == Method::DELETE;
    let Request { method, path, body } = request;
    let answer = shopper.send(method, &path, body, &[]).await;
    *tally.lock().unwrap().entry(answer.status).or_default() += 1;
    prop_assert!(answer.status < 500, "{} {}", answer.status, answer.text);
    let picture = answer.header("content-type") == Some("image/svg+xml");
    if !picture {
        answer.is_in_the_envelope();
    }
    if signs_out && answer.status == 200 {
        let body = serde_json::json!({"email": "shopper1@example.com", "password": super::support::PASSWORD});
        shopper.post("/api/auth/login", body).await.expect(200);
    }
    if leaves && answer.status == 200 {
        shopper.signs_up(1).await.expect(201);
    }
    Ok(())
}

#[test]
fn no_request_breaks_the_server() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (app, shopper) = runtime.block_on(async {
        let app = TestApp::start().await;
        let shopper = app.shopper(1).await;
        (app, shopper)
    });
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let tally = Tally::default();
    let outcome = runner.run(&requests(), |request| runtime.block_on(survives(&shopper, request, &tally)));
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    // A test of nothing but strangers would pass too: handlers must have been reached, in good ways and bad.
    let tally = tally.into_inner().unwrap();
    for status in [200, 201, 400, 404, 405] {
        assert!(tally.get(&status).is_some_and(|count| *count > 3), "{status} in {tally:?}");
    }
    runtime.block_on(app.server.stop());
}
