//! Payments whose outcome gets lost are settled without anybody's help, and truthfully.

use std::time::Duration;

use crate::shopper::{Placed, Shopper};
use crate::world::{World, eventually, on_every_store};

on_every_store! {
    a_payment_cut_by_kill_9_is_settled_after_restart
    a_payment_whose_answer_got_lost_is_settled
    a_payment_answered_with_500_although_taken_is_settled
    a_payment_refused_with_500_is_taken_later
    a_payment_met_by_429_is_taken_later
}

/// How long after the intent the shop may take to know. The partner's time-out is set to 2 s below.
const SETTLED_WITHIN: Duration = Duration::from_secs(10);

/// A shop whose partner lives in another process, and a shopper with an authorised payment.
async fn authorised(world: World) -> (World, Shopper, Placed, String) {
    let mut world = world.with_partner_outside().await.with("EF__TOSS__TOTAL_TIMEOUT_MS", "2000");
    world.open().await;
    let mut shopper = world.shopper().await;
    let almonds = shopper.finds("통아몬드").await;
    let order = shopper.orders(almonds, 2).await;
    let key = world.partner().authorises(order.number, order.total).await;
    (world, shopper, order, key)
}

/// The order gets paid, with the partner's agreement and once. The shopper only looks.
async fn must_become_paid(world: &World, shopper: &mut Shopper, order: Placed, key: &str) {
    let paid = ("CONFIRMED".to_owned(), "COMPLETED".to_owned());
    eventually(SETTLED_WITHIN, "the order is paid", async || shopper.sees(order).await == paid).await;
    assert_eq!(world.partner().status(key).await, "DONE", "the partner has the money");
    let tables = world.tables().await;
    assert_eq!(tables.number("SELECT CAST(SUM(reserved_stock) AS SIGNED) FROM product_variant").await, 0);
    let sold = "SELECT CAST(SUM(stock_delta) AS SIGNED) FROM stock_ledger WHERE direction = 'COMMIT'";
    assert_eq!(tables.number(sold).await, -2, "the stock is sold once");
}

async fn a_payment_cut_by_kill_9_is_settled_after_restart(world: World) {
    let (mut world, mut shopper, order, key) = authorised(world).await;
    world.partner().misbehaves("confirm", "delay", 1, 30_000).await;
    let confirming = {
        let (mut shopper, key) = (shopper.clone(), key.clone());
        tokio::spawn(async move { shopper.confirms(order, &key).await })
    };
    let partner = world.partner();
    eventually(Duration::from_secs(10), "the partner took the money", async || partner.status(&key).await == "DONE")
        .await;
    world.kill_9();
    assert!(confirming.await.unwrap().is_none(), "the buyer never got an answer");
    let open = "SELECT status FROM payments";
    assert_eq!(world.tables().await.texts(open).await, [["REQUESTED".to_owned()]], "the intent is what is left");

    world.open().await;
    must_become_paid(&world, &mut shopper, order, &key).await;
}

/// A fault on the confirm, which the buyer may hear of in any way but as a success that is none.
async fn survives(world: World, kind: &str) {
    let (world, mut shopper, order, key) = authorised(world).await;
    world.partner().misbehaves("confirm", kind, 1, 0).await;
    let answer = shopper.confirms(order, &key).await.expect("the shop answers");
    assert!(!answer.status.is_success(), "nobody knows yet that the money was taken: {}", answer.body);
    must_become_paid(&world, &mut shopper, order, &key).await;
}

async fn a_payment_whose_answer_got_lost_is_settled(world: World) {
    survives(world, "execute_then_drop").await;
}

async fn a_payment_answered_with_500_although_taken_is_settled(world: World) {
    survives(world, "execute_then_500").await;
}

async fn a_payment_refused_with_500_is_taken_later(world: World) {
    survives(world, "refuse_500").await;
}

async fn a_payment_met_by_429_is_taken_later(world: World) {
    survives(world, "status_429").await;
}
