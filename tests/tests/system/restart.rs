//! What a killed server leaves behind, the next one goes on with.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use crate::world::{World, eventually, on_every_store};

on_every_store! {
    a_shopper_stays_signed_in_across_kill_9_and_restart
    an_order_placed_before_kill_9_expires_after_restart
}

async fn a_shopper_stays_signed_in_across_kill_9_and_restart(mut world: World) {
    world.open().await;
    let mut shopper = world.shopper().await;
    world.kill_9_and_reopen().await;

    shopper.gets("/api/orders").await.data();
    let before = shopper.refresh.clone();
    shopper.posts("/api/auth/refresh", &json!({})).await.data();
    assert_ne!(shopper.refresh, before, "the refresh token is spent by its use");

    world.kill_9_and_reopen().await;
    shopper.access.clear();
    assert_eq!(shopper.gets("/api/orders").await.status, StatusCode::UNAUTHORIZED);
    shopper.posts("/api/auth/refresh", &json!({})).await.data();
    shopper.gets("/api/orders").await.data();
}

async fn an_order_placed_before_kill_9_expires_after_restart(world: World) {
    let mut world = world.with("EF__ORDER__HOLD_SECONDS", "2");
    world.open().await;
    let tables = world.tables().await;
    let mut shopper = world.shopper().await;
    let almonds = shopper.finds("통아몬드").await;
    let reserved = format!("SELECT reserved_stock FROM product_variant WHERE id = {}", almonds.variant);
    let order = shopper.orders(almonds, 3).await;
    world.kill_9();
    assert_eq!(tables.number(&reserved).await, 3, "the hold is in the database, not in the process");

    world.open().await;
    eventually(Duration::from_secs(10), "the hold is given back", async || tables.number(&reserved).await == 0).await;
    assert_eq!(shopper.sees(order).await, ("CANCELLED".to_owned(), "FAILED".to_owned()));
}
