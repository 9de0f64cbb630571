//! Redis is away: whoever is in stays in, nobody comes in, and nobody is thrown out for it afterwards.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;

use crate::line::{Line, State};
use crate::shopper::{Answer, Shopper};
use crate::world::{DEMO_PASSWORD, World, eventually};

/// No answer takes as long as pages wait, and none as long as two time-outs of Redis.
const PATIENCE: Duration = Duration::from_secs(5);
const UNAVAILABLE: &str = "50300001";

#[tokio::test]
async fn a_redis_that_is_gone_keeps_people_out_and_in() {
    outlive(State::Cut).await;
}

#[tokio::test]
async fn a_redis_that_does_not_answer_keeps_people_out_and_in() {
    outlive(State::Dead).await;
}

async fn outlive(state: State) {
    let world = World::on_servers().await;
    let line = Line::to(&world.redis_address()).await;
    let mut world = world.with("EF__REDIS__URL", &format!("redis://{}", line.address));
    world.open().await;
    let (mut shopper, mut other) = (world.shopper().await, world.shopper().await);

    line.goes(state);
    for path in ["/api/products", "/api/users/me", "/api/cart", "/api/orders"] {
        let asked = Instant::now();
        assert_eq!(shopper.gets(path).await.status, StatusCode::OK, "{path}");
        assert!(asked.elapsed() < PATIENCE, "{path} took {:?}", asked.elapsed());
    }
    let pack = shopper.finds("아몬드").await;
    let order = shopper.orders(pack, 1).await;
    assert_eq!(shopper.sees(order).await, ("PENDING".to_owned(), "PENDING".to_owned()));

    let token = other.refresh.clone();
    refused(&other.posts("/api/auth/refresh", &json!({})).await);
    assert_eq!(other.refresh, token, "a refresh that did not happen leaves its cookie alone");
    refused(&world.visitor().logs_in("shopper@energy-factory.kr", DEMO_PASSWORD).await);
    let reset = json!({ "email": "shopper@energy-factory.kr" });
    refused(&world.visitor().posts("/api/auth/password-reset/send-code", &reset).await);
    // Whoever wants to leave is let go.
    assert_eq!(shopper.clone().posts("/api/auth/logout", &json!({})).await.status, StatusCode::OK);

    line.goes(State::Up);
    eventually(PATIENCE, "the very token that was refused is good", async || renews(&mut other).await).await;
    eventually(PATIENCE, "people sign in", async || {
        world.visitor().logs_in("shopper@energy-factory.kr", DEMO_PASSWORD).await.status == StatusCode::OK
    })
    .await;
}

async fn renews(shopper: &mut Shopper) -> bool {
    shopper.posts("/api/auth/refresh", &json!({})).await.status == StatusCode::OK
}

fn refused(answer: &Answer) {
    assert_eq!((answer.status, answer.body["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some(UNAVAILABLE)));
}
