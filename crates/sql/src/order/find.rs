//! The order repository: reading orders whole, and handing writes to their rooms.

use std::sync::Arc;

use async_trait::async_trait;
use ef_domain::order::{ApplyFailure, NewOrder, Order, OrderChange, OrderNumber, OrderRepository, PlaceFailure};
use ef_domain::shared::{Clock, FailureKind, OrderId, PortFailure, Timestamp, UserId};
use futures::StreamExt;
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::connect::Database;
use crate::entity::{order_items, orders};
use crate::failure::failed;

use super::{apply, place, row};

const READING: &str = "reading orders";

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

    async fn load(&self, rows: Select<orders::Entity>) -> Result<Vec<Order>, PortFailure> {
        let reader = self.database.reader();
        let rows = rows.all(reader).await.map_err(failed(READING))?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let lines = order_items::Entity::find()
            .filter(order_items::Column::OrderId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(order_items::Column::OrderId)
            .order_by_asc(order_items::Column::LineNo);
        row::orders(rows, lines.all(reader).await.map_err(failed(READING))?)
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
            .map(|change| async move { (change.order(), self.apply(&change).await) })
            .buffer_unordered(self.lanes());
        let mut stored = 0;
        while let Some((order, outcome)) = outcomes.next().await {
            match outcome {
                Ok(()) => stored += 1,
                Err(ApplyFailure::Stale) => {}
                Err(ApplyFailure::Unavailable(failure)) if failure.kind() == FailureKind::Unreachable => {
                    return Err(failure);
                }
                Err(ApplyFailure::Unavailable(failure)) => {
                    tracing::error!(%order, error = failure.chain(), "an order could not be changed and needs a look");
                }
            }
        }
        Ok(stored)
    }

    async fn find_by_number(&self, number: OrderNumber) -> Result<Option<Order>, PortFailure> {
        let rows = orders::Entity::find().filter(orders::Column::OrderNumber.eq(number.get()));
        Ok(self.load(rows).await?.pop())
    }

    async fn due_holds(&self, now: Timestamp, limit: u32) -> Result<Vec<Order>, PortFailure> {
        let rows = orders::Entity::find()
            .filter(orders::Column::HoldExpiresAt.lte(now.to_utc()))
            .filter(orders::Column::PaymentKey.is_null())
            .order_by_asc(orders::Column::HoldExpiresAt)
            .order_by_asc(orders::Column::Id)
            .limit(u64::from(limit));
        self.load(rows).await
    }

    async fn live_holds(&self, buyer: UserId) -> Result<Vec<Order>, PortFailure> {
        let rows = orders::Entity::find()
            .filter(orders::Column::UserId.eq(buyer.get()))
            .filter(orders::Column::HoldExpiresAt.is_not_null())
            .filter(orders::Column::PaymentKey.is_null())
            .order_by_asc(orders::Column::Id);
        self.load(rows).await
    }
}

/// The id under which an order was stored, if it was.
pub(super) async fn id_of(database: &Database, order: &NewOrder) -> Result<Option<OrderId>, PortFailure> {
    let row = orders::Entity::find()
        .filter(orders::Column::OrderNumber.eq(order.number.get()))
        .filter(orders::Column::UserId.eq(order.buyer.user.get()))
        .one(database.writer());
    Ok(row.await.map_err(failed(READING))?.map(|row| OrderId::new(row.id)))
}
