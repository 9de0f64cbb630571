//! Holds whose time is over are given back.

use std::sync::Arc;

use crate::shared::{Clock, PortFailure};

use super::OrderRepository;

/// Gives due holds back.
pub struct ExpireOrders {
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// What one batch came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpiryReport {
    /// Due orders that were looked at.
    pub due: usize,
    /// Holds that were given back.
    pub released: usize,
}

impl ExpireOrders {
    /// Gives back up to `batch` due holds, oldest first. An order that moved meanwhile (a payment opened, another
    /// instance was faster) is left alone: its next look-up tells.
    pub async fn run(&self, batch: u32) -> Result<ExpiryReport, PortFailure> {
        let now = self.clock.now();
        let due = self.orders.due_holds(now, batch).await?;
        let changes: Vec<_> = due.iter().filter_map(|order| order.expire(now).ok()?.into_change()).collect();
        let released = self.orders.apply_each(&changes).await?;
        Ok(ExpiryReport { due: due.len(), released })
    }
}
