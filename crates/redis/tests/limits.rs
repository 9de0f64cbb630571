//! The limiter's suite on a real Redis, and what only Redis can get wrong.

use deadpool_redis::redis::{AsyncCommands, Client};
use ef_contract::limits::{LIMIT, fresh_key, start};
use ef_domain::shared::{FailureKind, LimitKey, RateLimiter};
use ef_redis::{RedisRateLimiter, RedisServer, RedisTimeouts};
use tokio::net::TcpListener;

#[expect(clippy::disallowed_methods, reason = "the one place where this suite learns where its server is")]
fn url() -> String {
    std::env::var("EF_TEST_REDIS_URL")
        .expect("EF_TEST_REDIS_URL is not set: run `cargo xtask test`, which starts a server")
}

fn limiter() -> RedisRateLimiter {
    at(&url())
}

fn at(url: &str) -> RedisRateLimiter {
    RedisRateLimiter::new(RedisServer::at(url, RedisTimeouts::default()).expect("an address"))
}

ef_contract::rate_limiter_tests!((limiter(), ()));

#[tokio::test]
async fn uses_expire_by_themselves_and_say_nothing_about_whose_they_are() {
    let client = Client::open(url()).unwrap();
    let mut redis = client.get_multiplexed_async_connection().await.unwrap();
    let key = LimitKey::new("reset-mail", &[&"somebody@example.com", &fresh_key().as_str()]);
    limiter().take(&key, LIMIT, start()).await.unwrap();
    let name = format!("uses:{}", ef_domain::shared::hex(&key.digest()));
    let left: i64 = redis.pttl(&name).await.unwrap();
    let whole = i64::try_from(LIMIT.per.as_millis()).unwrap();
    assert!((whole - 5_000..=whole).contains(&left), "{left}");
    let kept: Vec<String> = redis.zrange(&name, 0, -1).await.unwrap();
    assert_eq!(kept, ["1800000000000:0"]);
    limiter().forget(&key).await.unwrap();
    assert!(!redis.exists::<_, bool>(&name).await.unwrap());
}

#[tokio::test]
async fn looking_leaves_nothing_in_redis() {
    let client = Client::open(url()).unwrap();
    let mut redis = client.get_multiplexed_async_connection().await.unwrap();
    let key = fresh_key();
    limiter().peek(&key, LIMIT, start()).await.unwrap();
    assert!(!redis.exists::<_, bool>(format!("uses:{}", ef_domain::shared::hex(&key.digest()))).await.unwrap());
}

#[tokio::test]
async fn a_server_that_is_down_grants_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let failure = at(&format!("redis://{address}")).take(&fresh_key(), LIMIT, start()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Unreachable);
}
