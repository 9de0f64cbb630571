//! A buyer looks at his orders.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Actor, Page, PageRequest, PortFailure};

use super::{HistoryFilter, OrderDetail, OrderNumber, OrderQueries, OrderSummary};

/// Shows a buyer his orders.
pub struct TrackOrders {
    /// Orders as pages show them.
    pub orders: Arc<dyn OrderQueries>,
}

/// Why an order is not shown.
#[derive(Debug, Error)]
pub enum TrackOrderError {
    /// There is no such order.
    #[error("the order does not exist")]
    NotFound,
    /// It is somebody else's.
    #[error("the order belongs to somebody else")]
    NotYours,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl TrackOrders {
    /// One page of the actor's history.
    pub async fn history(
        &self,
        actor: &Actor,
        filter: HistoryFilter,
        page: PageRequest,
    ) -> Result<Page<OrderSummary>, PortFailure> {
        self.orders.history(actor.user, filter, page).await
    }

    /// One order of the actor's.
    pub async fn detail(&self, actor: &Actor, number: OrderNumber) -> Result<OrderDetail, TrackOrderError> {
        let order = self.orders.detail(number).await?.ok_or(TrackOrderError::NotFound)?;
        if order.buyer == actor.user { Ok(order) } else { Err(TrackOrderError::NotYours) }
    }
}
