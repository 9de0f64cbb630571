//! From events of the outbox to announcements, and from rows to announcements.

use ef_domain::announce::{Announcement, AnnouncementKind};
use ef_domain::order::OrderNumber;
use ef_domain::shared::{AnnouncementId, OrderId, PortFailure, Timestamp, UserId};
use sea_orm::FromQueryResult;
use sea_orm::prelude::DateTimeUtc;
use serde_json::Value;

use crate::failure::corrupt;

/// What an announcement is read from.
pub(super) const COLUMNS: &str = "id, user_id, order_id, order_number, kind, witnessed, due_at, happened_at, read_at";

/// A row of `notification`.
#[derive(FromQueryResult)]
pub(super) struct NotificationRow {
    pub(super) id: i64,
    user_id: i64,
    order_id: i64,
    order_number: i64,
    kind: String,
    witnessed: bool,
    due_at: Option<DateTimeUtc>,
    happened_at: DateTimeUtc,
    read_at: Option<DateTimeUtc>,
}

/// The announcement of the row.
pub(super) fn announcement(row: &NotificationRow, during: &'static str) -> Result<Announcement, PortFailure> {
    let kind = AnnouncementKind::parse(&row.kind, row.witnessed, row.due_at.map(Timestamp::new));
    Ok(Announcement {
        id: AnnouncementId::new(row.id),
        user: UserId::new(row.user_id),
        order: OrderId::new(row.order_id),
        number: OrderNumber::try_new(row.order_number).map_err(|error| corrupt(during, error))?,
        kind: kind.ok_or_else(|| corrupt(during, "an unknown kind of announcement"))?,
        happened_at: Timestamp::new(row.happened_at),
        read_at: row.read_at.map(Timestamp::new),
    })
}

/// An event of the outbox, and how often the payment of its order was asked about before it was settled.
#[derive(FromQueryResult)]
pub(super) struct EventRow {
    pub(super) id: i64,
    pub(super) user_id: i64,
    pub(super) order_id: Option<i64>,
    event: String,
    payload: String,
    pub(super) created_at: DateTimeUtc,
    checks: Option<i64>,
    /// The announcement that it came to before, if it did.
    pub(super) notification_id: Option<i64>,
}

/// What an event announces.
pub(super) struct Announced {
    pub(super) order: i64,
    pub(super) number: OrderNumber,
    pub(super) kind: AnnouncementKind,
}

/// What the event announces; `None` for one that cannot be read.
pub(super) fn announced(event: &EventRow) -> Option<Announced> {
    let payload: Value = serde_json::from_str(&event.payload).ok()?;
    let number = OrderNumber::try_new(payload.get("orderNumber")?.as_i64()?).ok()?;
    Some(Announced { order: event.order_id?, number, kind: kind(event, &payload)? })
}

fn kind(event: &EventRow, payload: &Value) -> Option<AnnouncementKind> {
    match event.event.as_str() {
        // A payment that reconciliation never had to ask about was settled by the confirm that its buyer's page made.
        "ORDER_PAID" => Some(AnnouncementKind::Confirmed { witnessed: event.checks == Some(0) }),
        "ORDER_DEPOSIT_DUE" => {
            let due_at = payload.get("dueAt")?.as_str()?.parse().ok()?;
            Some(AnnouncementKind::DepositDue { due_at: Timestamp::new(due_at) })
        }
        // Events of earlier versions tell no cause.
        "ORDER_CANCELLED" => Some(match payload.get("cause").and_then(Value::as_str) {
            Some("REFUNDED") => AnnouncementKind::Refunded,
            Some("SUPERSEDED") => AnnouncementKind::Superseded,
            Some("BY_SHOP") => AnnouncementKind::CalledOff,
            Some(_) | None => AnnouncementKind::Cancelled,
        }),
        "ORDER_REFUNDED" => Some(AnnouncementKind::Refunded),
        "ORDER_EXPIRED" => Some(match payload.get("cause").and_then(Value::as_str) {
            Some("DEPOSIT_MISSED") => AnnouncementKind::DepositMissed,
            Some(_) | None => AnnouncementKind::Expired,
        }),
        "ORDER_SHIPPED" => Some(AnnouncementKind::Shipped),
        "ORDER_DELIVERED" => Some(AnnouncementKind::Delivered),
        _ => None,
    }
}
