//! The bell's suite on a real Redis, and what only Redis can get wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::Arc;
use std::time::Duration;

use ef_domain::announce::{Announcer, Rings};
use ef_domain::shared::{FailureKind, PortFailure};
use ef_redis::{RedisAnnouncer, RedisServer, RedisTimeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

const SILENCE: Duration = Duration::from_millis(50);

#[expect(clippy::disallowed_methods, reason = "the one place where this suite learns where its server is")]
fn url() -> String {
    std::env::var("EF_TEST_REDIS_URL")
        .expect("EF_TEST_REDIS_URL is not set: run `cargo xtask test`, which starts a server")
}

fn announcer(url: &str) -> RedisAnnouncer {
    RedisAnnouncer::new(RedisServer::at(url, RedisTimeouts::default()).expect("an address"))
}

/// Two instances of the shop have connections of their own.
fn announcers() -> (Arc<dyn Announcer>, Arc<dyn Announcer>) {
    (Arc::new(announcer(&url())), Arc::new(announcer(&url())))
}

ef_contract::announcer_tests!(announcers());

/// A relay to the server that hangs up when it is dropped, and can stop relaying while it keeps its connections.
struct Relay {
    url: String,
    frozen: watch::Sender<bool>,
    relaying: JoinHandle<()>,
}

impl Relay {
    async fn start() -> Self {
        let server = url().strip_prefix("redis://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let (frozen, freeze) = watch::channel(false);
        let relaying = tokio::spawn(async move {
            let mut relays = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = TcpStream::connect(&server).await.unwrap().into_split();
                relays.spawn(relay(from_client, to_server, freeze.clone()));
                relays.spawn(relay(from_server, to_client, freeze.clone()));
            }
        });
        Self { url, frozen, relaying }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.relaying.abort();
    }
}

async fn relay(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut freeze: watch::Receiver<bool>) {
    let mut bytes = [0; 1024];
    loop {
        let count = from.read(&mut bytes).await.unwrap_or_default();
        let Some(read @ [_, ..]) = bytes.get(..count) else { return };
        freeze.wait_for(|frozen| !frozen).await.unwrap();
        to.write_all(read).await.unwrap();
    }
}

#[tokio::test]
async fn whoever_listens_learns_that_the_connection_is_gone_and_can_listen_anew() {
    let relay = Relay::start().await;
    let mut rings = announcer(&relay.url).listen().await.unwrap();
    drop(relay);
    let heard = timeout(Duration::from_secs(5), rings.next()).await.expect("the end is noticed");
    assert_eq!(heard.unwrap_err().kind(), FailureKind::Unreachable);

    let bell = announcer(&url());
    let mut anew = bell.listen().await.unwrap();
    bell.ring().await.unwrap();
    timeout(Duration::from_secs(5), anew.next()).await.expect("a ring in time").unwrap();
}

#[tokio::test]
async fn a_server_that_is_down_neither_rings_nor_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let bell = announcer(&format!("redis://{address}"));
    assert_eq!(bell.ring().await.unwrap_err().kind(), FailureKind::Unreachable);
    assert_eq!(bell.listen().await.err().map(|failure| failure.kind()), Some(FailureKind::Unreachable));
}

#[tokio::test]
async fn a_server_that_accepts_and_says_nothing_keeps_nobody_waiting() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bell = announcer(&format!("redis://{}", listener.local_addr().unwrap()));
    let silent = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((socket, _)) = listener.accept().await {
            held.push(socket);
        }
    });
    let listening = timeout(Duration::from_secs(5), bell.listen()).await.expect("it is given up");
    assert!(listening.is_err());
    silent.abort();
}

/// The connection still looks open, and nobody is at its other end.
#[tokio::test]
async fn a_subscription_that_went_silent_is_noticed() {
    let relay = Relay::start().await;
    let timeouts = RedisTimeouts { command: Duration::from_millis(200), ..RedisTimeouts::default() };
    let bell = RedisAnnouncer::new(RedisServer::at(&relay.url, timeouts).unwrap()).asking_after(SILENCE);
    let mut rings = bell.listen().await.unwrap();
    assert!(timeout(SILENCE * 5, silent(&mut rings)).await.is_err(), "silence alone is no reason to give up");
    relay.frozen.send_replace(true);
    let failure = timeout(Duration::from_secs(5), silent(&mut rings)).await.expect("the end is noticed");
    assert_eq!(failure.kind(), FailureKind::TimedOut);
}

/// Listens until it fails: other tests ring the same bell.
async fn silent(rings: &mut Box<dyn Rings>) -> PortFailure {
    loop {
        if let Err(failure) = rings.next().await {
            return failure;
        }
    }
}
