//! The transaction that turns events into announcements.

use async_trait::async_trait;
use ef_domain::announce::Delivery;
use ef_domain::shared::{Timestamp, Vault};
use sea_orm::{DatabaseTransaction, DbErr, Value};

use crate::sql::{all, execute, marks, moment, moment_or_null};
use crate::tx::{Stop, Work};

use super::letters;
use super::row::{Announced, EventRow, announced};

/// What waits in the outbox, the oldest first.
const WAITING: &str = "SELECT e.id, e.user_id, e.order_id, e.event, e.payload, e.created_at, p.checks, \
    n.id AS notification_id FROM outbox e LEFT JOIN orders o ON o.id = e.order_id \
    LEFT JOIN payments p ON p.payment_key = o.payment_key LEFT JOIN notification n ON n.outbox_id = e.id \
    WHERE e.delivered_at IS NULL ORDER BY e.id LIMIT ?";

/// One batch of events. What the shop writes about is queued with it: an event that is marked as delivered has its
/// letter, and no event has two.
pub(super) struct Delivering<'a> {
    pub(super) vault: &'a dyn Vault,
    pub(super) limit: u32,
    pub(super) now: Timestamp,
}

#[async_trait]
impl Work for Delivering<'_> {
    type Output = Delivery;
    /// It never refuses.
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<Delivery, Stop<()>> {
        take_turn(tx, self.now).await?;
        let events: Vec<EventRow> = all(tx, WAITING, [self.limit.into()]).await?;
        if events.is_empty() {
            return Ok(Delivery::default());
        }
        let news: Vec<_> = events.iter().filter(|event| event.notification_id.is_none()).filter_map(readable).collect();
        if !news.is_empty() {
            store(tx, &news, self.now).await?;
            letters::queue(tx, self.vault, &news, self.now).await?;
        }
        take(tx, &events, self.now).await?;
        Ok(Delivery { taken: events.len(), announced: news.len() })
    }
}

/// Waits until no other delivery is under way. Two that overlapped could give out ids in one order and show them in the
/// other: a page that has seen the higher one and comes back would never be told the lower.
async fn take_turn(tx: &DatabaseTransaction, now: Timestamp) -> Result<(), Stop<()>> {
    let sql = "UPDATE notification_turn SET updated_at = ? WHERE id = 1";
    if execute(tx, sql, [moment(now)]).await?.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Stop::Corrupt("the row of notification_turn is gone".to_owned()))
    }
}

/// The event with what it announces. One that nobody can read waits for nobody: it is logged and done with.
fn readable(event: &EventRow) -> Option<(&EventRow, Announced)> {
    let announced = announced(event);
    if announced.is_none() {
        tracing::error!(event = event.id, "an event of the outbox cannot be read, nobody is told of it");
    }
    announced.map(|announced| (event, announced))
}

/// Stores the announcements, in the order of their events.
async fn store(tx: &DatabaseTransaction, news: &[(&EventRow, Announced)], now: Timestamp) -> Result<(), DbErr> {
    let row = format!("({})", marks(11));
    let rows = vec![row.as_str(); news.len()].join(", ");
    let sql = format!(
        "INSERT INTO notification (outbox_id, user_id, order_id, order_number, kind, witnessed, due_at, happened_at, \
         read_at, created_at, updated_at) VALUES {rows}"
    );
    let values = news.iter().flat_map(|(event, announced)| -> [Value; 11] {
        let kind = announced.kind;
        [
            event.id.into(),
            event.user_id.into(),
            announced.order.into(),
            announced.number.get().into(),
            kind.name().into(),
            kind.is_witnessed().into(),
            moment_or_null(kind.due_at()),
            event.created_at.into(),
            moment_or_null(kind.is_read_at_first().then_some(now)),
            moment(now),
            moment(now),
        ]
    });
    execute(tx, &sql, values).await.map(|_| ())
}

/// Marks the events as announced.
async fn take(tx: &DatabaseTransaction, events: &[EventRow], now: Timestamp) -> Result<(), Stop<()>> {
    let sql = format!(
        "UPDATE outbox SET delivered_at = ?, updated_at = ? WHERE delivered_at IS NULL AND id IN ({})",
        marks(events.len())
    );
    let values = [moment(now), moment(now)].into_iter().chain(events.iter().map(|event| event.id.into()));
    let taken = execute(tx, &sql, values).await?.rows_affected();
    if usize::try_from(taken).is_ok_and(|taken| taken == events.len()) {
        Ok(())
    } else {
        Err(Stop::Corrupt("somebody takes events out of the outbox without waiting for his turn".to_owned()))
    }
}
