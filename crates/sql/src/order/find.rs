//! The order repository: reading orders whole, and handing writes to their rooms.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ef_domain::order::{ApplyFailure, NewOrder, Order, OrderChange, OrderNumber, OrderRepository, PlaceFailure};
use ef_domain::shared::{Clock, OrderId, PortFailure, Timestamp, UserId};
use futures::StreamExt;
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::connect::Database;
use crate::entity::{order_items, orders};
use crate::failure::bounded;
use crate::sql::moment;
use crate::tx;

use super::{apply, place, row};

const READING: &str = "reading orders";
/// How long an order that cannot be expired is left alone.
const SET_ASIDE: Duration = Duration::from_mins(1);
/// How many unpaid orders of one buyer are looked at: nobody honest has more.
const MOST_LIVE_HOLDS: u64 = 200;

/// Orders in MySQL or SQLite.
pub struct SqlOrderRepository {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl SqlOrderRepository {
    /// A repository over the database.
    pub fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }

    /// Orders with their lines, in the order of the rows.
    async fn load(&self, rows: Vec<orders::Model>) -> Result<Vec<Result<Order, PortFailure>>, PortFailure> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let lines = order_items::Entity::find()
            .filter(order_items::Column::OrderId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(order_items::Column::OrderId)
            .order_by_asc(order_items::Column::LineNo);
        Ok(row::orders(rows, bounded(READING, lines.all(self.database.reader())).await?))
    }

    /// Makes an order that cannot be expired due again a little later, so that it does not stand in everybody's way.
    async fn set_aside(&self, change: &OrderChange) -> Result<(), PortFailure> {
        let until = self.clock.now().after(SET_ASIDE);
        let sql = "UPDATE orders SET hold_expires_at = ? WHERE id = ? AND version = ? AND hold_expires_at IS NOT NULL";
        let values = [moment(until), change.order().get().into(), change.version().get().into()];
        tx::write(&self.database, "setting an order aside", sql, values).await.map(|_| ())
    }

    /// How many changes are applied side by side: SQLite has one writer, MySQL commits several with one flush.
    fn lanes(&self) -> usize {
        if self.database.backend() == DatabaseBackend::MySql { 4 } else { 1 }
    }
}

#[async_trait]
impl OrderRepository for SqlOrderRepository {
    async fn place(&self, order: &NewOrder) -> Result<OrderId, PlaceFailure> {
        place::place(&self.database, order).await
    }

    async fn apply(&self, change: &OrderChange) -> Result<(), ApplyFailure> {
        apply::apply(&self.database, change, self.clock.now()).await
    }

    async fn apply_each(&self, changes: &[OrderChange]) -> Result<usize, PortFailure> {
        let mut outcomes = futures::stream::iter(changes.to_vec())
            .map(|change| async move {
                let outcome = self.apply(&change).await;
                (change, outcome)
            })
            .buffer_unordered(self.lanes());
        let mut stored = 0;
        while let Some((change, outcome)) = outcomes.next().await {
            match outcome {
                Ok(()) => stored += 1,
                Err(ApplyFailure::Stale) => {}
                Err(ApplyFailure::Unavailable(failure)) if failure.is_transient() => return Err(failure),
                Err(ApplyFailure::Unavailable(failure)) => {
                    tracing::error!(order = %change.number(), error = failure.chain(), "an order cannot be changed and needs a look");
                    self.set_aside(&change).await?;
                }
            }
        }
        Ok(stored)
    }

    async fn find(&self, id: OrderId) -> Result<Option<Order>, PortFailure> {
        let rows = orders::Entity::find_by_id(id.get());
        let rows = bounded(READING, rows.all(self.database.reader())).await?;
        self.load(rows).await?.pop().transpose()
    }

    async fn find_by_number(&self, number: OrderNumber) -> Result<Option<Order>, PortFailure> {
        let rows = orders::Entity::find().filter(orders::Column::OrderNumber.eq(number.get()));
        let rows = bounded(READING, rows.all(self.database.reader())).await?;
        self.load(rows).await?.pop().transpose()
    }

    async fn due_holds(&self, now: Timestamp, limit: u32) -> Result<Vec<Order>, PortFailure> {
        let due = orders::Entity::find()
            .filter(orders::Column::HoldExpiresAt.lte(now.to_utc()))
            .filter(orders::Column::PaymentKey.is_null())
            .order_by_asc(orders::Column::HoldExpiresAt)
            .order_by_asc(orders::Column::Id)
            .limit(u64::from(limit));
        let (mut orders, mut unreadable) = (Vec::new(), 0);
        loop {
            let page = due.clone().offset(unreadable).all(self.database.reader());
            let page = self.load(bounded(READING, page).await?).await?;
            let before = unreadable;
            for order in page {
                match order {
                    Ok(order) => orders.push(order),
                    Err(failure) => {
                        tracing::error!(error = failure.chain(), "a due order cannot be read and needs a look");
                        unreadable += 1;
                    }
                }
            }
            // Rows that cannot be read stay the oldest: where they fill a whole page, the next one has a turn.
            if unreadable == before || !orders.is_empty() {
                return Ok(orders);
            }
        }
    }

    async fn live_holds(&self, buyer: UserId) -> Result<Vec<Order>, PortFailure> {
        let rows = orders::Entity::find()
            .filter(orders::Column::UserId.eq(buyer.get()))
            .filter(orders::Column::HoldExpiresAt.is_not_null())
            .filter(orders::Column::PaymentKey.is_null())
            .order_by_asc(orders::Column::Id)
            .limit(MOST_LIVE_HOLDS);
        let rows = bounded(READING, rows.all(self.database.reader())).await?;
        self.load(rows).await?.into_iter().collect()
    }
}

/// The id under which an order was stored, if it was.
pub(super) async fn id_of(database: &Database, order: &NewOrder) -> Result<Option<OrderId>, PortFailure> {
    let row = orders::Entity::find()
        .filter(orders::Column::OrderNumber.eq(order.number.get()))
        .filter(orders::Column::UserId.eq(order.buyer.user.get()))
        .one(database.writer());
    Ok(bounded(READING, row).await?.map(|row| OrderId::new(row.id)))
}
