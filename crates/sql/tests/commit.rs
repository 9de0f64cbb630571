//! What becomes of a write whose commit was cut off: the shop finds out what happened and never repeats it blindly.
//!
//! Between the shop and MySQL stands a proxy that ends the connection at the commit: before the server heard of it, or
//! after it did and before the shop hears that.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking"
)]

mod support;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use ef_contract::builders::{
    approval, decided, intent, key, new_order, noon, opened, order, pack, payment, reload, settlement, shopper,
};
use ef_contract::shop::{Shop, counters};
use ef_domain::order::{ApplyFailure, OrderState, PlaceFailure};
use ef_domain::payment::{OpenFailure, PaymentState};
use ef_domain::shared::FailureKind;
use support::SqlShop;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// When the connection ends.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// The server never hears of the commit.
    Before,
    /// The server commits; its answer is lost.
    After,
}

/// Passes everything on until it is told to cut the next commit off.
struct Proxy {
    address: SocketAddr,
    next: Arc<Mutex<Option<Cut>>>,
}

impl Proxy {
    async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let next = Arc::new(Mutex::new(None));
        let cut = next.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(pass_on(client, server, cut.clone()));
            }
        });
        Self { address, next }
    }

    fn cut_next_commit(&self, cut: Cut) {
        *self.next.lock().unwrap() = Some(cut);
    }

    fn has_cut(&self) -> bool {
        self.next.lock().unwrap().is_none()
    }
}

async fn pass_on(mut client: TcpStream, mut server: TcpStream, next: Arc<Mutex<Option<Cut>>>) {
    // COM_QUERY is 3.
    const COMMIT: &[u8] = b"\x03COMMIT";
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            count = client.read(&mut asked) => {
                let Ok(count @ 1..) = count else { return };
                let is_commit = asked[..count].windows(COMMIT.len()).any(|words| words == COMMIT);
                let cut = if is_commit { next.lock().unwrap().take() } else { None };
                if matches!(cut, Some(Cut::Before)) {
                    return;
                }
                server.write_all(&asked[..count]).await.unwrap();
                if matches!(cut, Some(Cut::After)) {
                    // Only its answer proves that the server is done.
                    let _ = server.read(&mut answered).await;
                    return;
                }
            }
            count = server.read(&mut answered) => {
                let Ok(count @ 1..) = count else { return };
                if client.write_all(&answered[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// A shop, and the same shop reached through a proxy.
async fn proxied() -> (SqlShop, SqlShop, Proxy) {
    let shop = support::mysql().await;
    let url = shop.scratch.url();
    let (before, name) = url.rsplit_once('/').unwrap();
    let (user, server) = before.rsplit_once('@').unwrap();
    let proxy = Proxy::to(server.to_owned()).await;
    // Encrypted, a commit could not be told from anything else.
    let through = shop.beside(&format!("{user}@{}/{name}?ssl-mode=DISABLED", proxy.address)).await;
    (shop, through, proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_commits_answer_got_lost_is_placed_and_found() {
    let (shop, through, proxy) = proxied().await;
    let (buyer, nuts) = (shopper(&shop).await, pack(&shop, 5).await);
    let new = new_order(buyer, &[(&nuts, 2)]);
    proxy.cut_next_commit(Cut::After);
    let id = through.orders().place(&new).await.unwrap();
    assert!(proxy.has_cut());
    assert_eq!(reload(&shop, new.number).await.id, id);
    assert_eq!(shop.order_count().await, 1);
    assert_eq!(shop.counters(nuts.variant).await, counters(5, 2));
    assert_eq!(shop.ledger(nuts.variant).await, counters(5, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_commit_never_arrived_is_not_placed_and_holds_nothing() {
    let (shop, through, proxy) = proxied().await;
    let (buyer, nuts) = (shopper(&shop).await, pack(&shop, 5).await);
    let new = new_order(buyer, &[(&nuts, 2)]);
    proxy.cut_next_commit(Cut::Before);
    match through.orders().place(&new).await {
        Err(PlaceFailure::Unavailable(failure)) => assert_eq!(failure.kind(), FailureKind::Unreachable),
        other => panic!("{other:?}"),
    }
    assert!(proxy.has_cut());
    assert_eq!(shop.order_count().await, 0);
    assert_eq!(shop.counters(nuts.variant).await, counters(5, 0));
    // The same order may be placed once more: nothing of it stayed, not even a lock.
    through.orders().place(&new).await.unwrap();
    assert_eq!(shop.counters(nuts.variant).await, counters(5, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_commit_was_cut_off_is_to_be_decided_again() {
    let (shop, through, proxy) = proxied().await;
    let (buyer, nuts) = (shopper(&shop).await, pack(&shop, 5).await);
    for (cut, held) in [(Cut::After, 0), (Cut::Before, 1)] {
        let placed = order(&shop, buyer, &[(&nuts, 1)]).await;
        proxy.cut_next_commit(cut);
        let failure = through.orders().apply(&decided(placed.cancel(None, noon()))).await;
        assert!(matches!(failure, Err(ApplyFailure::Stale)), "{cut:?}: {failure:?}");
        assert!(proxy.has_cut());
        let now = reload(&shop, placed.number).await;
        assert_eq!(matches!(now.state, OrderState::Cancelled(_)), held == 0, "{now:?}");
        assert_eq!(shop.counters(nuts.variant).await, counters(5, held));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_whose_commit_was_cut_off_is_to_be_looked_for() {
    let (shop, through, proxy) = proxied().await;
    let (buyer, nuts) = (shopper(&shop).await, pack(&shop, 5).await);
    for (cut, text, is_stored) in [(Cut::After, "stored", true), (Cut::Before, "not-stored", false)] {
        let placed = order(&shop, buyer, &[(&nuts, 1)]).await;
        let change = decided(placed.open_payment(&key(text), noon()));
        proxy.cut_next_commit(cut);
        let failure = through.payments().open(&intent(&placed, &key(text)), &change).await;
        assert!(matches!(failure, Err(OpenFailure::Stale)), "{cut:?}: {failure:?}");
        assert!(proxy.has_cut());
        let found = shop.payments().find(&key(text)).await.unwrap();
        assert_eq!(found.is_some(), is_stored);
        let now = reload(&shop, placed.number).await;
        assert_eq!(matches!(now.state, OrderState::Paying { .. }), is_stored, "{now:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_whose_commits_answer_got_lost_happened_once() {
    let (shop, through, proxy) = proxied().await;
    let (buyer, nuts) = (shopper(&shop).await, pack(&shop, 5).await);
    let (before, paying) = opened(&shop, &order(&shop, buyer, &[(&nuts, 2)]).await, &key("sold")).await;
    let settlement = settlement(&before, &paying, &approval(&before));
    proxy.cut_next_commit(Cut::After);
    for _ in 0..2 {
        let failure = through.payments().settle(&settlement).await;
        assert!(matches!(failure, Err(ApplyFailure::Stale)), "{failure:?}");
        assert!(proxy.has_cut());
    }
    assert!(matches!(payment(&shop, &before.key).await.state, PaymentState::Approved { .. }));
    assert_eq!(shop.counters(nuts.variant).await, counters(3, 0));
    assert_eq!(shop.ledger(nuts.variant).await, counters(3, 0));
}
