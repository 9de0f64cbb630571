//! Requests under an `Idempotency-Key` whose server is killed: nothing is lost, and nothing is done twice.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::shopper::{Pack, Shopper};
use crate::world::{World, eventually, on_every_store};

on_every_store! {
    an_order_that_is_sent_again_and_again_while_the_server_is_killed_is_placed_once
    a_confirm_cut_by_kill_9_is_taken_up_by_its_key
}

const LEASE: Duration = Duration::from_secs(2);

async fn open(world: World) -> World {
    let mut world = world.with("EF__IDEMPOTENCY__LEASE_SECONDS", "2");
    world.open().await;
    world
}

fn form(pack: Pack) -> Value {
    json!({
        "recipientName": "이견과", "phoneNumber": "010-1234-5678", "postalCode": "03172",
        "addressLine1": "서울특별시 종로구 세종대로 1",
        "orderItems": [
            { "productId": pack.product, "variantId": pack.variant, "quantity": 1, "price": pack.price }
        ],
    })
}

/// Sends the request until it is answered with a success: 409 is the word of a server that died.
async fn insists(shopper: &mut Shopper, path: &str, body: &Value) -> Value {
    let mut data = Value::Null;
    let patience = LEASE + Duration::from_secs(8);
    eventually(patience, "the request is answered", async || {
        let answer = shopper.posts(path, body).await;
        assert!(answer.status.is_success() || answer.status == StatusCode::CONFLICT, "{answer:?}");
        let success = answer.status.is_success();
        if success {
            data = answer.data();
        }
        success
    })
    .await;
    data
}

/// The plug is pulled at another moment in every round: before the claim, between claim and order, between order and
/// answer, after the answer. Whichever it was, the key has one order when the dust has settled.
async fn an_order_that_is_sent_again_and_again_while_the_server_is_killed_is_placed_once(world: World) {
    let mut world = open(world).await;
    let mut shopper = world.shopper().await;
    let almonds = shopper.finds("통아몬드").await;
    let body = form(almonds);
    let rounds: u64 = 10;
    for round in 0..rounds {
        shopper.request_key = Some(format!("round-{round}"));
        let sending = {
            let (mut shopper, body) = (shopper.clone(), body.clone());
            tokio::spawn(async move { shopper.tries(Method::POST, "/api/orders", Some(&body)).await })
        };
        tokio::time::sleep(Duration::from_millis(round * 3)).await;
        world.kill_9_and_reopen().await;
        let heard = sending.await.unwrap();
        let order = insists(&mut shopper, "/api/orders", &body).await;
        if let Some(heard) = heard {
            assert_eq!(heard.data(), order, "the first answer is the answer");
        }
        let again = shopper.posts("/api/orders", &body).await;
        assert_eq!((again.status, again.body["data"].clone()), (StatusCode::CREATED, order));
    }
    let tables = world.tables().await;
    let count = i64::try_from(rounds).unwrap();
    assert_eq!(tables.number("SELECT COUNT(*) FROM orders").await, count);
    assert_eq!(tables.number("SELECT COUNT(*) FROM request_key WHERE done_at IS NOT NULL").await, count);
    let held = format!("SELECT reserved_stock FROM product_variant WHERE id = {}", almonds.variant);
    assert_eq!(tables.number(&held).await, count);
}

async fn a_confirm_cut_by_kill_9_is_taken_up_by_its_key(world: World) {
    let world = world.with_partner_outside().await.with("EF__TOSS__TOTAL_TIMEOUT_MS", "2000");
    let mut world = open(world).await;
    let mut shopper = world.shopper().await;
    let almonds = shopper.finds("통아몬드").await;
    let order = shopper.orders(almonds, 1).await;
    let key = world.partner().authorises(order.number, order.total).await;
    world.partner().misbehaves("confirm", "delay", 1, 30_000).await;
    shopper.request_key = Some("confirm".to_owned());
    let confirming = {
        let (mut shopper, key) = (shopper.clone(), key.clone());
        tokio::spawn(async move { shopper.confirms(order, &key).await })
    };
    let partner = world.partner();
    eventually(Duration::from_secs(10), "the partner took the money", async || partner.status(&key).await == "DONE")
        .await;
    world.kill_9();
    assert!(confirming.await.unwrap().is_none(), "the buyer never got an answer");

    world.open().await;
    let body = json!({ "paymentKey": key, "orderId": order.number.to_string(), "amount": order.total });
    let path = "/api/payments/toss/confirm";
    let paid = insists(&mut shopper, path, &body).await;
    assert_eq!(paid["paymentStatus"], "COMPLETED");
    assert_eq!(shopper.posts(path, &body).await.data(), paid);
    assert_eq!(world.partner().payments().await.len(), 1, "the money was taken once");
    assert_eq!(world.tables().await.number("SELECT COUNT(*) FROM payments").await, 1);
}
