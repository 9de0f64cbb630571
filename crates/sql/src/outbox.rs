//! The outbox: events leave the transaction as rows; a job carries them on.

use ef_domain::order::{OrderChange, OrderEvent, OrderState};
use ef_domain::shared::Timestamp;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, DbErr, EntityTrait};

use crate::entity::outbox;

/// Writes the event of a change, if it has one.
pub(crate) async fn write(tx: &DatabaseTransaction, change: &OrderChange, now: Timestamp) -> Result<(), DbErr> {
    let Some(event) = change.event() else { return Ok(()) };
    let due_at = match event {
        OrderEvent::DepositDue { due_at } => Some(due_at.to_string()),
        OrderEvent::Paid
        | OrderEvent::Expired
        | OrderEvent::Cancelled
        | OrderEvent::Refunded
        | OrderEvent::Shipped
        | OrderEvent::Delivered => None,
    };
    let cause = match change.next() {
        OrderState::Cancelled(cancellation) => Some(cancellation.cause.name()),
        _ => None,
    };
    let payload = serde_json::json!({ "orderNumber": change.number().get(), "dueAt": due_at, "cause": cause });
    let row = outbox::ActiveModel {
        event: Set(event.name().to_owned()),
        user_id: Set(change.buyer().get()),
        order_id: Set(Some(change.order().get())),
        payload: Set(payload.to_string()),
        created_at: Set(now.to_utc()),
        updated_at: Set(now.to_utc()),
        ..Default::default()
    };
    outbox::Entity::insert(row).exec_without_returning(tx).await.map(|_| ())
}
