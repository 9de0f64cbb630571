//! Two instances of the shop, in one process, with one database and one Redis between them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test that cannot go on should stop")]

mod listening;

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use energy_factory::config::Config;
use energy_factory::server::{self, RunningServer};
use listening::Listening;
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use serde_json::{Value, json};

#[expect(clippy::disallowed_methods, reason = "the one place where this suite learns where its server is")]
fn redis() -> String {
    std::env::var("EF_TEST_REDIS_URL")
        .expect("EF_TEST_REDIS_URL is not set: run `cargo xtask test`, which starts a server")
}

async fn instance(folder: &Path, more: &[(&str, &str)]) -> RunningServer {
    let redis = redis();
    let mut variables = HashMap::from([
        ("EF__DATA_DIR", folder.to_str().unwrap()),
        ("EF__HTTP__LISTEN", "127.0.0.1:0"),
        ("EF__HTTP__WORKERS", "1"),
        ("EF__REDIS__URL", redis.as_str()),
        ("EF__SANDBOX__ENABLED", "false"),
        ("EF__PASSWORDS__MEMORY_KIB", "64"),
        ("EF__PASSWORDS__ITERATIONS", "1"),
    ]);
    variables.extend(more.iter().copied());
    let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    server::start(Config::from_variables(variables).unwrap()).await.unwrap()
}

/// Somebody who has just signed up; his cookies.
async fn signs_up(client: &Client, base: &str) -> String {
    let form = json!({
        "name": "김하늘", "email": "shopper1@example.com", "password": "Sunny-Day-2024!",
        "phoneNumber": "010-5555-0001", "birthDate": "1991-03-04", "address": "서울시 중구 세종대로 110"
    });
    let sign_up = client.post(format!("{base}/api/users/signup")).header(CONTENT_TYPE, "application/json");
    let answer = sign_up.body(form.to_string()).send().await.unwrap();
    let cookies = answer.headers().get_all(SET_COOKIE).iter();
    let pairs = cookies.map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned());
    pairs.collect::<Vec<_>>().join("; ")
}

/// Places an order and gives it up; its number.
async fn cancels(client: &Client, base: &str, cookies: &str) -> i64 {
    let json_of = async |request: reqwest::RequestBuilder| -> Value {
        let answer = request.header(COOKIE, cookies).header(CONTENT_TYPE, "application/json").send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    };
    let shelf = json_of(client.get(format!("{base}/api/products?size=1&status=AVAILABLE"))).await;
    let product = &shelf["data"]["products"][0];
    let variant = &product["variants"][0];
    let items =
        json!([{"productId": product["id"], "variantId": variant["id"], "quantity": 1, "price": variant["price"]}]);
    let order = json!({"recipientName": "김하늘", "phoneNumber": "010-1234-5678", "postalCode": "12345",
        "addressLine1": "서울시 중구 세종대로 110", "orderItems": items});
    let placed = json_of(client.post(format!("{base}/api/orders")).body(order.to_string())).await;
    let number = placed["data"]["orderNumber"].as_i64().unwrap_or_else(|| panic!("{placed}"));
    let cancel = client.patch(format!("{base}/api/orders/{number}/cancel")).body("{}");
    assert_eq!(json_of(cancel).await["status"], 200);
    number
}

/// Without the bell, the other instance would look once a second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_on_one_instance_is_told_by_the_other_at_once() {
    const TIMES: u32 = 20;
    let folder = tempfile::tempdir().unwrap();
    let acting = instance(folder.path(), &[("EF__NOTIFICATIONS__DELIVER_MS", "10")]).await;
    // It delivers nothing itself.
    let telling = instance(folder.path(), &[("EF__NOTIFICATIONS__DELIVER_MS", "3600000")]).await;
    let (here, there) = (format!("http://{}", acting.address), format!("http://{}", telling.address));
    let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    let cookies = signs_up(&client, &here).await;
    let (mut stream, _) = Listening::begin(&client, &there, &cookies, None).await;
    let began = Instant::now();
    for _ in 0..TIMES {
        let number = cancels(&client, &here, &cookies).await;
        assert_eq!(stream.told().await.json()["orderNumber"], number);
    }
    assert!(began.elapsed() < Duration::from_secs(1) * TIMES / 2, "{:?}", began.elapsed());
    drop(stream);
    tokio::join!(acting.stop(), telling.stop());
}

/// Both deliver, both tell, and a page hears everything once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_that_both_deliver_tell_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    let often = [("EF__NOTIFICATIONS__DELIVER_MS", "10"), ("EF__NOTIFICATIONS__DELIVER_BATCH", "1")];
    let (one, two) = (instance(folder.path(), &often).await, instance(folder.path(), &often).await);
    let (here, there) = (format!("http://{}", one.address), format!("http://{}", two.address));
    let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    let cookies = signs_up(&client, &here).await;
    let (mut first, _) = Listening::begin(&client, &here, &cookies, None).await;
    let (mut second, _) = Listening::begin(&client, &there, &cookies, None).await;
    let mut numbers = Vec::new();
    for base in [&here, &there].into_iter().cycle().take(20) {
        numbers.push(cancels(&client, base, &cookies).await);
    }
    for stream in [&mut first, &mut second] {
        for number in &numbers {
            assert_eq!(stream.told().await.json()["orderNumber"], *number);
        }
    }
    drop((first, second));
    tokio::join!(one.stop(), two.stop());
}
