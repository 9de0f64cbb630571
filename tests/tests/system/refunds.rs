//! A refund whose server dies is carried through: the money goes back once, and the stock with it.

use std::time::Duration;

use reqwest::Method;

use crate::shopper::{Placed, Shopper};
use crate::world::{World, eventually, on_every_store};

on_every_store! {
    a_refund_cut_by_kill_9_is_settled_after_restart
    a_refund_that_the_partner_never_heard_of_is_carried_through_after_kill_9
}

/// How long after its start the shop may take. The partner's time-out is set to 2 s below.
const SETTLED_WITHIN: Duration = Duration::from_secs(15);

/// A shop whose partner lives in another process, and a shopper who has paid.
async fn sold(world: World) -> (World, Shopper, Placed, String) {
    let mut world = world.with_partner_outside().await.with("EF__TOSS__TOTAL_TIMEOUT_MS", "2000");
    world.open().await;
    let mut shopper = world.shopper().await;
    let almonds = shopper.finds("통아몬드").await;
    let order = shopper.orders(almonds, 2).await;
    let key = world.partner().authorises(order.number, order.total).await;
    shopper.confirms(order, &key).await.expect("the shop answers").data();
    (world, shopper, order, key)
}

async fn must_become_refunded(world: &World, shopper: &mut Shopper, order: Placed, key: &str) {
    let undone = ("CANCELLED".to_owned(), "REFUNDED".to_owned());
    eventually(SETTLED_WITHIN, "the order is refunded", async || shopper.sees(order).await == undone).await;
    let books = world.partner().payments().await;
    let payment = books.iter().find(|payment| payment["paymentKey"] == key).expect("the partner knows it");
    assert_eq!((payment["status"].as_str(), payment["balanceAmount"].as_i64()), (Some("CANCELED"), Some(0)));
    assert_eq!(payment["cancels"].as_array().map(Vec::len), Some(1), "the money goes back once");
    let tables = world.tables().await;
    let back = "SELECT CAST(SUM(stock_delta) AS SIGNED) FROM stock_ledger WHERE direction = 'RESTOCK'";
    assert_eq!(tables.number(back).await, 2, "the stock comes back once");
}

fn cancel(order: Placed) -> String {
    format!("/api/orders/{}/cancel", order.number)
}

async fn a_refund_cut_by_kill_9_is_settled_after_restart(world: World) {
    let (mut world, mut shopper, order, key) = sold(world).await;
    world.partner().misbehaves("cancel", "delay", 1, 30_000).await;
    let cancelling = {
        let mut shopper = shopper.clone();
        tokio::spawn(async move { shopper.tries(Method::PATCH, &cancel(order), None).await })
    };
    let partner = world.partner();
    eventually(Duration::from_secs(10), "the money goes back", async || partner.status(&key).await == "CANCELED").await;
    world.kill_9();
    assert!(cancelling.await.unwrap().is_none(), "the buyer never got an answer");
    let open = "SELECT status FROM payments";
    assert_eq!(world.tables().await.texts(open).await, [["REFUND_DUE".to_owned()]], "the intent is what is left");

    world.open().await;
    must_become_refunded(&world, &mut shopper, order, &key).await;
}

async fn a_refund_that_the_partner_never_heard_of_is_carried_through_after_kill_9(world: World) {
    let (mut world, mut shopper, order, key) = sold(world).await;
    world.partner().misbehaves("cancel", "refuse_500", 1, 0).await;
    let answer = shopper.tries(Method::PATCH, &cancel(order), None).await.expect("the shop answers");
    assert_eq!(answer.status.as_u16(), 504, "nobody knows yet: {}", answer.body);
    world.kill_9();
    assert_eq!(world.partner().status(&key).await, "DONE");

    world.open().await;
    must_become_refunded(&world, &mut shopper, order, &key).await;
}
