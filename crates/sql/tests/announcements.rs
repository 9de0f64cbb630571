//! What may go wrong between the outbox and the announcements, on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_wrap,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking"
)]

mod support;

use ef_contract::builders::{applied, later, order, pack, shopper};
use ef_contract::shop::Shop;
use ef_domain::announce::{AnnouncementKind, Delivery};
use ef_domain::shared::{Actor, AnnouncementId, FailureKind};
use support::SqlShop;

on_both_databases! {
    an_event_that_was_announced_before_adds_nothing
    an_event_that_nobody_can_read_keeps_nobody_waiting
    an_announcement_that_nobody_can_read_hides_no_other
    without_its_turn_nothing_is_delivered
    events_of_earlier_versions_are_announced
}

async fn cancelled(shop: &SqlShop, who: Actor) {
    let pack = pack(shop, 10).await;
    let placed = order(shop, who, &[(&pack, 1)]).await;
    applied(shop, placed.cancel(None, later(1))).await;
}

async fn deliver(shop: &SqlShop) -> Delivery {
    shop.announcements().deliver(100, later(60)).await.unwrap()
}

async fn kinds(shop: &SqlShop, who: Actor) -> Vec<AnnouncementKind> {
    let told = shop.announcement_queries().missed(who.user, AnnouncementId::new(0), 100).await.unwrap();
    told.iter().map(|announcement| announcement.kind).collect()
}

async fn an_event_that_was_announced_before_adds_nothing(shop: SqlShop) {
    let who = shopper(&shop).await;
    cancelled(&shop, who).await;
    assert_eq!(deliver(&shop).await, Delivery { taken: 1, announced: 1 });
    shop.execute("UPDATE outbox SET delivered_at = NULL", []).await.unwrap();
    cancelled(&shop, who).await;
    assert_eq!(deliver(&shop).await, Delivery { taken: 2, announced: 1 });
    assert_eq!(kinds(&shop, who).await.len(), 2);
}

async fn an_event_that_nobody_can_read_keeps_nobody_waiting(shop: SqlShop) {
    let who = shopper(&shop).await;
    for _ in 0..4 {
        cancelled(&shop, who).await;
    }
    shop.execute("UPDATE outbox SET payload = 'rubbish' WHERE id = 1", []).await.unwrap();
    shop.execute("UPDATE outbox SET event = 'ORDER_LOST' WHERE id = 2", []).await.unwrap();
    shop.execute("UPDATE outbox SET order_id = NULL WHERE id = 3", []).await.unwrap();
    assert_eq!(deliver(&shop).await, Delivery { taken: 4, announced: 1 });
    assert_eq!(kinds(&shop, who).await, [AnnouncementKind::Cancelled]);
    assert_eq!(deliver(&shop).await, Delivery::default());
}

async fn an_announcement_that_nobody_can_read_hides_no_other(shop: SqlShop) {
    let who = shopper(&shop).await;
    for _ in 0..2 {
        cancelled(&shop, who).await;
    }
    deliver(&shop).await;
    shop.execute("UPDATE notification SET kind = 'ORDER_LOST' WHERE id = 2", []).await.unwrap();
    assert_eq!(kinds(&shop, who).await.len(), 1);
    let tail = shop.announcement_queries().after(AnnouncementId::new(0), 10).await.unwrap();
    assert_eq!((tail.announcements.len(), tail.up_to), (1, Some(AnnouncementId::new(2))));
}

async fn without_its_turn_nothing_is_delivered(shop: SqlShop) {
    let who = shopper(&shop).await;
    cancelled(&shop, who).await;
    shop.execute("DELETE FROM notification_turn", []).await.unwrap();
    let failure = shop.announcements().deliver(100, later(60)).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Corrupt);
    assert!(kinds(&shop, who).await.is_empty());
}

/// They told no cause.
async fn events_of_earlier_versions_are_announced(shop: SqlShop) {
    let who = shopper(&shop).await;
    cancelled(&shop, who).await;
    let number = shop.number("SELECT order_number FROM orders", []).await;
    let payload = format!(r#"{{"orderNumber":{number},"dueAt":null}}"#);
    shop.execute("UPDATE outbox SET payload = ?", [payload.into()]).await.unwrap();
    assert_eq!(deliver(&shop).await, Delivery { taken: 1, announced: 1 });
    assert_eq!(kinds(&shop, who).await, [AnnouncementKind::Cancelled]);
}
