//! After a storm, the partner's books and the shop's say the same.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::shopper::{Pack, Shopper};
use crate::stores::Tables;
use crate::world::{World, eventually, on_every_store};

on_every_store! { no_won_lost }

const SHOPPERS: usize = 4;
const STORM: Duration = Duration::from_secs(9);
/// The server loses power about this often.
const POWER_CUTS: u32 = 3;
const CALM_WITHIN: Duration = Duration::from_mins(1);
const FAULTS: [(&str, &str); 6] = [
    ("confirm", "execute_then_drop"),
    ("confirm", "execute_then_500"),
    ("confirm", "refuse_500"),
    ("confirm", "delay"),
    ("confirm", "status_429"),
    ("lookup", "refuse_500"),
];

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Buys until the storm is over, whatever happens to the answers.
async fn buys(mut shopper: Shopper, pack: Pack, world: crate::sandbox::Sandbox, over: Arc<AtomicBool>) -> u32 {
    let mut confirmed = 0;
    while !over.load(Ordering::Relaxed) {
        let Some(order) = shopper.tries_to_order(pack, 1).await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let key = world.authorises(order.number, order.total).await;
        // Twice, as an impatient buyer does; any answer will do.
        for _ in 0..2 {
            let answer = shopper.confirms(order, &key).await;
            confirmed += u32::from(answer.is_some_and(|answer| answer.status.is_success()));
        }
    }
    confirmed
}

async fn no_won_lost(world: World) {
    let mut world = world
        .with_partner_outside()
        .await
        .with("EF__TOSS__TOTAL_TIMEOUT_MS", "1000")
        .with("EF__ORDER__HOLD_SECONDS", "20");
    world.open().await;
    let over = Arc::new(AtomicBool::new(false));
    let pack = world.visitor().finds("통아몬드").await;
    let mut buyers = Vec::new();
    for _ in 0..SHOPPERS {
        buyers.push(tokio::spawn(buys(world.shopper().await, pack, world.partner(), Arc::clone(&over))));
    }

    let mut dice = Dice(20_260_101);
    for _ in 0..POWER_CUTS {
        let calm_until = Instant::now() + STORM / POWER_CUTS;
        while Instant::now() < calm_until {
            let (on, kind) = FAULTS[usize::try_from(dice.below(6)).unwrap()];
            world.partner().misbehaves(on, kind, 1, 1_500).await;
            tokio::time::sleep(Duration::from_millis(60 + dice.below(240))).await;
        }
        world.kill_9_and_reopen().await;
    }
    over.store(true, Ordering::Relaxed);
    let mut confirmed = 0;
    for buyer in buyers {
        confirmed += buyer.await.unwrap();
    }
    world.partner().behaves().await;

    let tables = world.tables().await;
    let open = "SELECT COUNT(*) FROM payments WHERE status IN ('REQUESTED', 'REFUND_DUE')";
    eventually(CALM_WITHIN, "no payment is open", async || tables.number(open).await == 0).await;
    assert!(confirmed > 0, "some confirms succeed even in a storm");
    let asked = tables.number("SELECT COUNT(*) FROM payments WHERE checks > 0").await;
    assert!(asked > 0, "a storm that leaves nothing to reconcile proves nothing");
    books_agree(&world, &tables).await;
    stock_agrees(&tables).await;
}

/// Every won that the partner took belongs to a paid order, and every paid order to a won that the partner took.
async fn books_agree(world: &World, tables: &Tables) {
    let sql = "SELECT p.payment_key, p.status, CAST(p.amount AS CHAR), CAST(o.total_amount AS CHAR), o.status \
               FROM payments p JOIN orders o ON o.id = p.order_id";
    let ours: BTreeMap<String, [String; 5]> =
        tables.texts::<5>(sql).await.into_iter().map(|row| (row[0].clone(), row)).collect();
    let theirs = world.partner().payments().await;
    let mut taken = 0;
    for payment in &theirs {
        let key = payment["paymentKey"].as_str().unwrap();
        let amount = payment["totalAmount"].as_i64().unwrap();
        let row = ours.get(key);
        if payment["status"] == "DONE" {
            taken += amount;
            let [_, status, ours, total, order] = row.unwrap_or_else(|| panic!("the shop knows nothing of {payment}"));
            assert_eq!((status.as_str(), order.as_str()), ("COMPLETED", "CONFIRMED"), "{payment}");
            assert_eq!((ours, total), (&amount.to_string(), &amount.to_string()), "{payment}");
        } else {
            let kept = row.is_some_and(|row| row[1] == "COMPLETED");
            assert!(!kept, "the shop calls paid what the partner does not: {payment}");
        }
    }
    let earned = tables.number("SELECT CAST(SUM(amount) AS SIGNED) FROM payments WHERE status = 'COMPLETED'").await;
    assert_eq!(earned, taken, "won by won");
    assert!(taken > 0, "a storm in which nobody buys proves nothing");
    let twice = "SELECT COUNT(*) FROM (SELECT order_id FROM payments WHERE status = 'COMPLETED' \
                 GROUP BY order_id HAVING COUNT(*) > 1) AS doubled";
    assert_eq!(tables.number(twice).await, 0, "no order is paid twice");
}

/// The counters are what orders and ledger say.
async fn stock_agrees(tables: &Tables) {
    let held = "SELECT CAST(SUM(i.quantity) AS SIGNED) FROM order_items i JOIN orders o ON o.id = i.order_id \
                WHERE o.status = 'PENDING'";
    let reserved = "SELECT CAST(SUM(reserved_stock) AS SIGNED) FROM product_variant";
    eventually(Duration::from_secs(30), "holds and counters agree", async || {
        tables.number(held).await == tables.number(reserved).await
    })
    .await;
    let drift = "SELECT COUNT(*) FROM product_variant v WHERE \
        v.stock <> (SELECT COALESCE(SUM(l.stock_delta), 0) FROM stock_ledger l WHERE l.variant_id = v.id) OR \
        v.reserved_stock <> (SELECT COALESCE(SUM(l.reserved_delta), 0) FROM stock_ledger l WHERE l.variant_id = v.id)";
    eventually(Duration::from_secs(30), "counters and ledger agree", async || tables.number(drift).await == 0).await;
}
