//! The port's suite on a real Redis, and what only Redis can get wrong.

use std::time::{Duration, Instant};

use deadpool_redis::redis::{AsyncCommands, Client, aio::MultiplexedConnection};
use ef_contract::sessions::{Family, GRACE, LIFETIME, start};
use ef_domain::account::{Rotation, SessionRecord, SessionStore};
use ef_domain::shared::{FailureKind, Timestamp};
use ef_redis::{RedisSessionStore, RedisTimeouts};
use tokio::net::TcpListener;

#[expect(clippy::disallowed_methods, reason = "the one place where this suite learns where its server is")]
fn url() -> String {
    std::env::var("EF_TEST_REDIS_URL")
        .expect("EF_TEST_REDIS_URL is not set: run `cargo xtask test`, which starts a server")
}

fn store() -> RedisSessionStore {
    RedisSessionStore::connect(&url(), RedisTimeouts::default()).expect("an address")
}

async fn raw() -> MultiplexedConnection {
    let client = Client::open(url()).expect("an address");
    client.get_multiplexed_async_connection().await.expect("a server")
}

ef_contract::session_store_tests!((store(), ()));

#[tokio::test]
async fn a_session_and_its_users_list_expire_by_themselves() {
    let (store, mut redis, family) = (store(), raw().await, Family::fresh());
    let session = format!("session:{}", family.record.id.as_str());
    let list = format!("sessions-of:{}", family.record.user);
    store.begin(&family.record).await.unwrap();
    let near = |left: i64, whole: Duration| {
        let whole = i64::try_from(whole.as_millis()).unwrap();
        (whole - 5_000..=whole).contains(&left)
    };
    for key in [&session, &list] {
        let left: i64 = redis.pttl(key).await.unwrap();
        assert!(near(left, LIFETIME), "{key} expires in {left} ms");
    }
    let longer = start().after(LIFETIME * 2);
    store.rotate(&family.record.id, family.token(0), family.token(1), start(), GRACE, longer).await.unwrap();
    for key in [&session, &list] {
        let left: i64 = redis.pttl(key).await.unwrap();
        assert!(near(left, LIFETIME * 2), "{key} expires in {left} ms");
    }
}

/// The fields that a session has which the version before this one stored.
#[tokio::test]
async fn sessions_of_the_version_before_go_on_as_if_begun_long_ago() {
    let (store, mut redis, family) = (store(), raw().await, Family::fresh());
    let SessionRecord { id, user, epoch, current, expires_at, .. } = &family.record;
    let fields = [
        ("user", user.to_string()),
        ("epoch", epoch.to_string()),
        ("current", current.as_str().to_owned()),
        ("expires_at", expires_at.millis().to_string()),
    ];
    let () = redis.hset_multiple(format!("session:{}", id.as_str()), &fields).await.unwrap();
    let () = redis.zadd(format!("sessions-of:{user}"), id.as_str(), expires_at.millis()).await.unwrap();

    let long_ago = Timestamp::from_millis(0).unwrap();
    assert!(store.is_live(id, start()).await.unwrap());
    assert_eq!(store.owner(id).await.unwrap().unwrap().began_at, long_ago);
    assert!(matches!(family.present(&store, 0, start()).await, Rotation::Rotated { .. }));
    let listed = store.list(*user, start()).await.unwrap();
    let [old] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((old.device.as_str(), old.began_at, old.used_at), ("", long_ago, start()));
    assert!(store.end_one(*user, id).await.unwrap());
}

/// The list may name a session that Redis has dropped already, at its end by its own clock.
#[tokio::test]
async fn a_session_that_redis_dropped_is_not_listed() {
    let (store, mut redis, family) = (store(), raw().await, Family::fresh());
    store.begin(&family.record).await.unwrap();
    let () = redis.del(format!("session:{}", family.record.id.as_str())).await.unwrap();
    assert_eq!(store.list(family.record.user, start()).await.unwrap(), []);
}

#[tokio::test]
async fn nothing_is_left_of_a_session_that_ended() {
    let (store, mut redis, family) = (store(), raw().await, Family::fresh());
    store.begin(&family.record).await.unwrap();
    store.end(&family.record.id, family.token(0)).await.unwrap();
    let session = format!("session:{}", family.record.id.as_str());
    let list = format!("sessions-of:{}", family.record.user);
    let left: i64 = redis.exists(&[&session, &list]).await.unwrap();
    assert_eq!(left, 0);
    store.begin(&family.record).await.unwrap();
    assert!(store.end_one(family.record.user, &family.record.id).await.unwrap());
    let left: i64 = redis.exists(&[&session, &list]).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn sessions_that_ran_out_leave_their_users_list() {
    let (store, mut redis, family) = (store(), raw().await, Family::fresh());
    store.begin(&family.record).await.unwrap();
    let mut later = Family::of(family.record.user);
    later.record.began_at = family.record.expires_at;
    later.record.expires_at = later.record.began_at.after(LIFETIME);
    store.begin(&later.record).await.unwrap();
    let listed: Vec<String> = redis.zrange(format!("sessions-of:{}", family.record.user), 0, -1).await.unwrap();
    assert_eq!(listed, [later.record.id.as_str()]);
}

#[tokio::test]
async fn the_token_itself_is_nowhere_in_redis() {
    let (store, mut redis, family) = (store(), raw().await, Family::fresh());
    store.begin(&family.record).await.unwrap();
    let kept: Vec<String> = redis.hvals(format!("session:{}", family.record.id.as_str())).await.unwrap();
    assert!(kept.iter().any(|value| value == family.token(0).as_str()));
    assert!(kept.iter().all(|value| !value.contains(family.record.id.as_str())), "a token names its session: {kept:?}");
}

/// The store connects while the server is down, and every call fails soon.
#[tokio::test]
async fn a_server_that_is_down_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let store = RedisSessionStore::connect(&format!("redis://{address}"), RedisTimeouts::default()).unwrap();
    let family = Family::fresh();
    let failure = store.begin(&family.record).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Unreachable);
    assert!(failure.is_transient());
}

/// A server that takes the connection and says nothing holds nobody up.
#[tokio::test]
async fn a_server_that_is_silent_does_not_hold_anybody_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let store =
        RedisSessionStore::connect(&format!("redis://{}", listener.local_addr().unwrap()), RedisTimeouts::default())
            .unwrap();
    let before = Instant::now();
    let failure = store.end_all(Family::fresh().record.user).await.unwrap_err();
    assert!(failure.is_transient(), "{failure:?}");
    assert!(before.elapsed() < Duration::from_secs(2), "{:?}", before.elapsed());
}

/// A restart of Redis empties its script cache; the next call brings the script along.
#[tokio::test]
async fn a_forgotten_script_is_brought_along_again() {
    let (store, mut redis, family) = (store(), raw().await, Family::fresh());
    store.begin(&family.record).await.unwrap();
    let () = deadpool_redis::redis::cmd("SCRIPT").arg("FLUSH").query_async(&mut redis).await.unwrap();
    let (id, now) = (&family.record.id, start());
    let rotation = store.rotate(id, family.token(0), family.token(1), now, GRACE, now.after(LIFETIME)).await.unwrap();
    assert!(matches!(rotation, Rotation::Rotated { .. }), "{rotation:?}");
}
