//! A buyer cancels before paying.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Actor, Clock, PortFailure, WorkClaim};

use super::{ApplyFailure, Decision, OrderNumber, OrderRepository, OrderTransitionError};

const TRIES: u8 = 3;

/// Cancels orders.
pub struct CancelOrder {
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Which order, and why.
#[derive(Clone, Debug)]
pub struct CancelOrderCommand {
    /// Who cancels.
    pub actor: Actor,
    /// The order.
    pub number: OrderNumber,
    /// In the buyer's words; up to 200 characters.
    pub reason: Option<String>,
    /// The claim under which it is cancelled, if that was asked under a key.
    pub claim: Option<WorkClaim>,
}

/// Why an order was not cancelled.
#[derive(Debug, Error)]
pub enum CancelOrderError {
    /// There is no such order.
    #[error("the order does not exist")]
    NotFound,
    /// It is somebody else's.
    #[error("the order belongs to somebody else")]
    NotYours,
    /// Its state does not allow it.
    #[error(transparent)]
    NotCancellable(#[from] OrderTransitionError),
    /// It kept moving.
    #[error("the order kept changing")]
    Conflict,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl CancelOrder {
    /// Cancels the order and gives its stock back at once.
    pub async fn run(&self, command: CancelOrderCommand) -> Result<(), CancelOrderError> {
        let mut decided = None;
        for _ in 0..TRIES {
            let order = self.orders.find_by_number(command.number).await?.ok_or(CancelOrderError::NotFound)?;
            let order = order.owned_by(&command.actor).ok_or(CancelOrderError::NotYours)?;
            if decided.as_ref() == Some(&order.state) {
                // The answer to our own commit got lost, the cancellation did not.
                return Ok(());
            }
            let Decision::Apply(change) = order.cancel(command.reason.clone(), self.clock.now())? else {
                return Ok(());
            };
            let change = change.under(command.claim.clone());
            match self.orders.apply(&change).await {
                Ok(()) => return Ok(()),
                Err(ApplyFailure::Stale) => decided = Some(change.next().clone()),
                Err(ApplyFailure::Unavailable(failure)) => return Err(failure.into()),
            }
        }
        Err(CancelOrderError::Conflict)
    }
}
