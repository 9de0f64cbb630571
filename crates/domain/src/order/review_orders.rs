//! Administrators look at orders.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Actor, Clock, OrderId, PageRequest, PortFailure, Timestamp};

use super::{
    DeskAction, DeskFilter, DeskOrder, DeskPage, Order, OrderBackground, OrderDeskQueries, OrderDetail, OrderQueries,
    OrderRepository, ShopFigures,
};

/// How few pieces are little.
pub const LITTLE_STOCK: i64 = 10;
/// How many variants are named of which little is left.
const LOW_STOCK_LINES: u32 = 20;

/// Shows orders to those who run the shop.
pub struct ReviewOrders {
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// Orders as their buyers' pages show them.
    pub pages: Arc<dyn OrderQueries>,
    /// Orders as the administrators' pages show them.
    pub desk: Arc<dyn OrderDeskQueries>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// All that there is to know of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderFile {
    /// The order. Its version is not younger than anything else in the file: whoever decides on what he sees here and
    /// names the version overwrites nothing that he did not see.
    pub order: Order,
    /// What its buyer sees of it.
    pub detail: OrderDetail,
    /// What stands behind it.
    pub background: OrderBackground,
    /// What an administrator may do next.
    pub actions: Vec<DeskAction>,
}

/// Why an order is not shown.
#[derive(Debug, Error)]
pub enum ReviewOrderError {
    /// There is no such order.
    #[error("the order does not exist")]
    NotFound,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl ReviewOrders {
    /// One page of all orders.
    pub async fn list(
        &self,
        filter: &DeskFilter,
        order: DeskOrder,
        page: PageRequest,
    ) -> Result<DeskPage, PortFailure> {
        self.desk.list(filter, order, page).await
    }

    /// Everything about one order.
    pub async fn file(&self, actor: &Actor, order: OrderId) -> Result<OrderFile, ReviewOrderError> {
        // First, so that what is read after it is at least as new as its version.
        let order = self.orders.find(order).await?.ok_or(ReviewOrderError::NotFound)?;
        let background = self.desk.background(order.id).await?.ok_or(ReviewOrderError::NotFound)?;
        let detail = self.pages.detail(order.number).await?.ok_or(ReviewOrderError::NotFound)?;
        // One page says one thing, also while somebody moves the order.
        let (status, payment_status) = (order.state.status(), order.state.payment_status());
        let detail = OrderDetail { status, payment_status, ..detail };
        let actions = order.desk_actions(actor.user, self.clock.now());
        Ok(OrderFile { order, detail, background, actions })
    }

    /// How the shop does since that moment.
    pub async fn figures(&self, since: Timestamp) -> Result<ShopFigures, PortFailure> {
        self.desk.figures(since, LITTLE_STOCK, LOW_STOCK_LINES).await
    }
}
