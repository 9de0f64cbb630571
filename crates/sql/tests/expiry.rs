//! Expiry with a hundred thousand live holds: a backlog drains fast and fairly while others go on ordering, and in the
//! long run no hold outlives its end by more than a moment. Run in a loop as the server's job does it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::print_stderr,
    reason = "a test fails by panicking, and this one says what it measured"
)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ef_contract::builders::{Pack, later, new_order, noon, pack, shopper};
use ef_contract::shop::Shop;
use ef_domain::order::ExpireOrders;
use ef_domain::shared::{Actor, Clock, Timestamp};
use sea_orm::prelude::DateTimeUtc;
use support::race::assert_books;
use support::{RunningClock, SqlShop, bulk, percentile};
use tokio::sync::Mutex;

on_both_databases! {
    a_backlog_drains_oldest_first_while_others_order_and_then_no_hold_outlives_its_end
}

/// One database is measured at a time: two on one machine would measure each other.
static MEASURING: Mutex<()> = Mutex::const_new(());

const LIVE: usize = 100_000;
/// Of them, due when the test begins.
const BACKLOG: usize = 6_000;
/// Of them, falling due while it runs, one every ten milliseconds.
const STEADY: usize = 1_000;
const STEADY_PAUSE: Duration = Duration::from_millis(10);
/// When the first of those falls due: a second after the second part begins.
const STEADY_FROM: u64 = 3_601;

const BATCH: u32 = 100;
const PAUSE: Duration = Duration::from_millis(200);

const DRAINED_PER_SECOND: f64 = 300.0;
const PLACING_P99: Duration = Duration::from_millis(200);
const LATENESS_P999: Duration = Duration::from_secs(1);
const LATENESS_MOST: Duration = Duration::from_secs(5);

/// When each hold of the crowd ends.
fn end_of(place: usize) -> Timestamp {
    if place < BACKLOG {
        // Not in the order of the ids, so that "oldest first" cannot happen by itself.
        let shuffled = place * 7 % BACKLOG;
        let before = (BACKLOG - shuffled) as i64;
        Timestamp::from_millis(noon().millis() - before).unwrap()
    } else if place < BACKLOG + STEADY {
        later(STEADY_FROM).after(STEADY_PAUSE * (place - BACKLOG) as u32)
    } else {
        later(86_400)
    }
}

async fn a_backlog_drains_oldest_first_while_others_order_and_then_no_hold_outlives_its_end(shop: SqlShop) {
    let shop = Arc::new(shop);
    let mut packs = Vec::new();
    for _ in 0..50 {
        packs.push(pack(shop.as_ref(), 1_000_000).await);
    }
    let mut buyers = Vec::new();
    for _ in 0..500 {
        buyers.push(shopper(shop.as_ref()).await);
    }
    bulk::orders(&shop, &buyers, &packs, LIVE, |place| bulk::Standing::Held(end_of(place))).await;
    let _alone = MEASURING.lock().await;
    a_backlog_drains(&shop, &packs, buyers[0]).await;
    no_hold_outlives_its_end(&shop).await;
    assert_books(&shop, &packs).await;
}

/// Begins the expiry that a server's job would run, at that moment.
fn job(shop: &SqlShop, at: Timestamp) -> (ExpireOrders, Arc<RunningClock>) {
    let clock = RunningClock::start(at);
    (ExpireOrders { orders: shop.orders(), clock: clock.clone() }, clock)
}

async fn a_backlog_drains(shop: &Arc<SqlShop>, packs: &[Pack], buyer: Actor) {
    let is_open = Arc::new(AtomicBool::new(true));
    let ordering = tokio::spawn(order_on(shop.clone(), packs.to_vec(), buyer, is_open.clone()));
    let (expire, _) = job(shop, noon());
    let (began, mut released) = (Instant::now(), 0);
    while released < BACKLOG {
        let report = expire.run(BATCH).await.unwrap();
        assert!(report.released > 0, "{report:?} after {released}");
        released += report.released;
        if released == BACKLOG / 2 {
            assert_oldest_went_first(shop).await;
        }
    }
    let rate = released as f64 / began.elapsed().as_secs_f64();
    is_open.store(false, Ordering::Relaxed);
    let placing = ordering.await.unwrap();
    let p99 = percentile(&placing, 0.99);
    let backend = shop.database.backend();
    eprintln!(
        "{backend:?}: {released} due holds given back, {rate:.0}/s; {} orders beside, p99 {p99:?}",
        placing.len()
    );
    assert!(rate >= DRAINED_PER_SECOND, "{rate}");
    assert!(p99 <= PLACING_P99, "{p99:?}");
}

/// Places a hundred orders a second; how long each took.
async fn order_on(shop: Arc<SqlShop>, packs: Vec<Pack>, buyer: Actor, is_open: Arc<AtomicBool>) -> Vec<Duration> {
    let mut taken = Vec::new();
    for pack in packs.iter().cycle() {
        if !is_open.load(Ordering::Relaxed) {
            break;
        }
        let mut order = new_order(buyer, &[(pack, 1)]);
        order.expires_at = later(86_400);
        let began = Instant::now();
        shop.orders().place(&order).await.unwrap();
        taken.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(10).saturating_sub(began.elapsed())).await;
    }
    taken
}

/// In the crowd, an order was placed when its hold ends: that stays readable after its hold is gone.
async fn assert_oldest_went_first(shop: &SqlShop) {
    let sql = "SELECT (SELECT MAX(created_at) FROM orders WHERE cancel_cause = 'EXPIRED'), \
               (SELECT MIN(created_at) FROM orders WHERE hold_expires_at IS NOT NULL)";
    let rows = shop.rows(sql, []).await;
    let last_gone: DateTimeUtc = rows[0].try_get_by_index(0).unwrap();
    let first_left: DateTimeUtc = rows[0].try_get_by_index(1).unwrap();
    assert!(last_gone <= first_left, "{last_gone} went before {first_left}");
}

async fn no_hold_outlives_its_end(shop: &SqlShop) {
    let (expire, clock) = job(shop, later(STEADY_FROM - 1));
    let ends = later(STEADY_FROM).after(STEADY_PAUSE * STEADY as u32).after(PAUSE);
    while clock.now() < ends {
        let report = expire.run(BATCH).await.unwrap();
        if report.due < BATCH as usize {
            clock.sleep(PAUSE).await;
        }
    }
    expire.run(BATCH).await.unwrap();
    let sql = "SELECT created_at, cancelled_at FROM orders WHERE cancel_cause = 'EXPIRED' AND created_at > ?";
    let rows = shop.rows(sql, [noon().to_utc().into()]).await;
    let lateness = |row: &sea_orm::QueryResult| {
        let ended: DateTimeUtc = row.try_get_by_index(0).unwrap();
        let given_back: DateTimeUtc = row.try_get_by_index(1).unwrap();
        (given_back - ended).to_std().unwrap()
    };
    let lateness: Vec<Duration> = rows.iter().map(lateness).collect();
    assert_eq!(lateness.len(), STEADY);
    let (p999, most) = (percentile(&lateness, 0.999), percentile(&lateness, 1.0));
    let backend = shop.database.backend();
    eprintln!(
        "{backend:?}: {} holds fell due at 100/s; given back late by p99.9 {p999:?}, most {most:?}",
        lateness.len()
    );
    assert!(p999 <= LATENESS_P999, "{p999:?}");
    assert!(most <= LATENESS_MOST, "{most:?}");
}
