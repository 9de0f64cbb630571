//! A buyer cancels, up to the moment when the parcel leaves: what was not paid is released, what was paid goes back.

use std::sync::Arc;

use thiserror::Error;

use crate::payment::{
    CloseDeposit, CloseDepositCommand, CloseDepositError, RefundAccount, RefundPayment, RefundPaymentCommand,
    RefundPaymentError, RefundTarget,
};
use crate::shared::{Actor, Clock, PortFailure, WorkClaim};

use super::{ApplyFailure, Asker, Goods, OrderNumber, OrderRepository, OrderTransitionError, WayOut};

const TRIES: u8 = 3;

/// Cancels orders.
pub struct CancelOrder {
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// Gives the money of paid ones back.
    pub refund: Arc<RefundPayment>,
    /// Closes the virtual accounts of those that await a deposit.
    pub close_deposit: Arc<CloseDeposit>,
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
    /// Where a deposit's money goes back to.
    pub account: Option<RefundAccount>,
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
    /// Its money did not go back, or nobody knows yet whether it did.
    #[error(transparent)]
    Refund(RefundPaymentError),
    /// Its virtual account was not closed, or nobody knows yet whether it was.
    #[error(transparent)]
    CloseDeposit(CloseDepositError),
    /// It kept moving.
    #[error("the order kept changing")]
    Conflict,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl CancelOrder {
    /// Cancels the order with all that belongs to it: its stock comes back once, and not before its money went back, or
    /// cannot come any more.
    pub async fn run(&self, command: CancelOrderCommand) -> Result<(), CancelOrderError> {
        let mut decided = None;
        for _ in 0..TRIES {
            let order = self.orders.find_by_number(command.number).await?.ok_or(CancelOrderError::NotFound)?;
            let order = order.owned_by(&command.actor).ok_or(CancelOrderError::NotYours)?;
            if decided.as_ref() == Some(&order.state) {
                // The answer to our own commit got lost, the cancellation did not.
                return Ok(());
            }
            if command.claim.as_ref().is_some_and(|claim| claim.again) && order.is_cancelled() {
                // The same request, whose first answer nobody heard.
                return Ok(());
            }
            let change = match order.way_out(command.reason.clone(), self.clock.now())? {
                WayOut::Release(change) => change.under(command.claim.clone()),
                WayOut::Refund => return self.refund(command).await,
                WayOut::CloseDeposit => match self.close_deposit(&command).await {
                    // A deposit was faster: then it is paid.
                    Err(CloseDepositError::Moved) => continue,
                    outcome => return outcome.map_err(CancelOrderError::CloseDeposit),
                },
            };
            match self.orders.apply(&change).await {
                Ok(()) => return Ok(()),
                Err(ApplyFailure::Stale) => decided = Some(change.next().clone()),
                Err(ApplyFailure::Unavailable(failure)) => return Err(failure.into()),
            }
        }
        Err(CancelOrderError::Conflict)
    }

    async fn refund(&self, command: CancelOrderCommand) -> Result<(), CancelOrderError> {
        let command = RefundPaymentCommand {
            asker: Asker::Buyer(command.actor),
            target: RefundTarget::Order(command.number),
            reason: command.reason,
            goods: Goods::BackOnTheShelf,
            account: command.account,
            expected: None,
            claim: command.claim,
        };
        self.refund.run(&command).await.map(|_| ()).map_err(CancelOrderError::Refund)
    }

    async fn close_deposit(&self, command: &CancelOrderCommand) -> Result<(), CloseDepositError> {
        let (asker, reason) = (Asker::Buyer(command.actor), command.reason.clone());
        self.close_deposit.run(&CloseDepositCommand { asker, order: command.number, reason }).await
    }
}
