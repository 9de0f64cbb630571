//! Buyers get their mails, whatever happens to the server between the fact and the letter.

use std::time::Duration;

use crate::world::{World, eventually, on_every_store};

on_every_store! {
    however_soon_after_a_payment_the_server_is_killed_its_buyer_gets_one_receipt
}

/// How long after the payment the power is cut: before the event is announced, while the letter is queued, while it is sent.
const CUTS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(60),
    Duration::from_millis(150),
    Duration::from_millis(300),
    Duration::from_millis(500),
];

async fn however_soon_after_a_payment_the_server_is_killed_its_buyer_gets_one_receipt(mut world: World) {
    // A mail whose sender died comes back when its lease ends: half a minute later than a batch may take.
    for step in ["CONNECT", "COMMAND", "REPLY"] {
        world = world.with(&format!("EF__MAIL__{step}_TIMEOUT_MS"), "500");
    }
    world = world.with("EF__JOBS__BATCH_TIMEOUT_MS", "5000");
    world.open().await;
    let mut shopper = world.shopper().await;
    let almonds = shopper.finds("통아몬드").await;
    for cut in CUTS {
        let order = shopper.orders(almonds, 1).await;
        let key = world.partner().authorises(order.number, order.total).await;
        shopper.confirms(order, &key).await.expect("the shop answers").data();
        tokio::time::sleep(cut).await;
        world.kill_9_and_reopen().await;
    }
    let tables = world.tables().await;
    let receipts = "SELECT COUNT(*) FROM mail_outbox WHERE letter = 'ORDER_CONFIRMED'";
    let sent = "SELECT COUNT(*) FROM mail_outbox WHERE letter = 'ORDER_CONFIRMED' AND state = 'SENT'";
    let all = i64::try_from(CUTS.len()).unwrap();
    eventually(Duration::from_mins(1), "every receipt is sent", async || tables.number(sent).await == all).await;
    assert_eq!(tables.number(receipts).await, all, "none was queued twice");
    assert_eq!(tables.number("SELECT COUNT(*) FROM notification WHERE kind = 'ORDER_CONFIRMED'").await, all);
}
