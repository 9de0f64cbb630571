//! Administrators move orders: on their way, or back.

use std::sync::Arc;

use thiserror::Error;

use crate::payment::{
    CloseDeposit, CloseDepositCommand, CloseDepositError, RefundAccount, RefundPayment, RefundPaymentCommand,
    RefundPaymentError, RefundTarget,
};
use crate::shared::{Actor, Clock, OrderId, PortFailure, Version};

use super::{Advance, AdvanceRefusal, ApplyFailure, Asker, Order, OrderRepository, OrderStatus, Party, Withdrawal};

/// How often a change is decided anew because somebody else was quicker.
const TRIES: u8 = 3;

/// Moves orders.
pub struct AdvanceOrder {
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// Gives the money of paid orders back.
    pub refunds: Arc<RefundPayment>,
    /// Closes the virtual accounts of those that wait for a deposit.
    pub deposits: Arc<CloseDeposit>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Which order somebody moves, who, and what he saw of it.
#[derive(Clone, Copy, Debug)]
pub struct OrderTarget {
    /// The administrator.
    pub actor: Actor,
    /// The order.
    pub order: OrderId,
    /// The version that he looked at, if he said: then that one is changed or none.
    pub seen: Option<Version>,
}

/// Which status an order is to have.
#[derive(Clone, Debug)]
pub struct AdvanceOrderCommand {
    /// Which order.
    pub target: OrderTarget,
    /// The status.
    pub to: OrderStatus,
    /// Why; up to 200 characters. A paid order is not cancelled without.
    pub reason: Option<String>,
    /// Whether the goods of a refund return to the shelf; must be said once the parcel has left.
    pub restock: Option<bool>,
}

/// Whose money is to go back.
#[derive(Clone, Debug)]
pub struct RefundOrderCommand {
    /// Which order.
    pub target: OrderTarget,
    /// Why; 1 to 200 characters.
    pub reason: String,
    /// Whether the goods return to the shelf; must be said once the parcel has left.
    pub restock: Option<bool>,
    /// Where a deposit's money goes back to.
    pub account: Option<RefundAccount>,
}

/// Why an order stands where it stood.
#[derive(Debug, Error)]
pub enum AdvanceOrderError {
    /// There is no such order.
    #[error("the order does not exist")]
    NotFound,
    /// Somebody else moved it since it was looked at.
    #[error("the order was changed since it was looked at")]
    Outdated,
    /// Its state does not lead there.
    #[error(transparent)]
    NotReachable(#[from] AdvanceRefusal),
    /// Money goes back for a reason, and none was given.
    #[error("a refund needs a reason")]
    ReasonNeeded,
    /// The parcel has left, and nobody said whether the goods return to the shelf.
    #[error("somebody has to say what becomes of the goods")]
    RestockNeeded,
    /// The money did not go back, or nobody knows yet.
    #[error(transparent)]
    NotRefunded(RefundPaymentError),
    /// The virtual account is open, or nobody knows yet.
    #[error(transparent)]
    DepositOpen(CloseDepositError),
    /// The order kept moving.
    #[error("the order kept changing")]
    Conflict,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl AdvanceOrder {
    /// Gives the order that status if its state leads there. What it has already it keeps: nobody is told twice.
    pub async fn run(&self, command: AdvanceOrderCommand) -> Result<(), AdvanceOrderError> {
        let by = Party::Administrator(command.target.actor.user);
        let wish = Withdrawal { by, reason: command.reason.clone() };
        let mut decided = None;
        for _ in 0..TRIES {
            let order = self.orders.find(command.target.order).await?.ok_or(AdvanceOrderError::NotFound)?;
            // Who named the version that he saw hears of every change since, even where it may be his own whose answer got
            // lost: somebody else may have decided the same in the same millisecond.
            command.target.check(&order)?;
            if decided.as_ref() == Some(&order.state) {
                // The answer to our own commit got lost, the change did not.
                return Ok(());
            }
            let is_done = match order.advance(command.to, &wish, self.clock.now())? {
                Advance::AlreadyThere => true,
                Advance::Apply(change) => match self.orders.apply(&change).await {
                    Ok(()) => true,
                    Err(ApplyFailure::Unavailable(failure)) => return Err(failure.into()),
                    Err(ApplyFailure::Stale) => {
                        decided = Some(change.next().clone());
                        false
                    }
                },
                Advance::CloseDeposit => self.close_deposit(&order, &command).await?,
                Advance::Refund => self.give_back(&order, RefundOrderCommand::try_from(command.clone())?).await?,
            };
            if is_done {
                return Ok(());
            }
        }
        Err(AdvanceOrderError::Conflict)
    }

    /// Gives the order's money back.
    pub async fn refund(&self, command: RefundOrderCommand) -> Result<(), AdvanceOrderError> {
        for _ in 0..TRIES {
            let order = self.orders.find(command.target.order).await?.ok_or(AdvanceOrderError::NotFound)?;
            command.target.check(&order)?;
            if self.give_back(&order, command.clone()).await? {
                return Ok(());
            }
        }
        Err(AdvanceOrderError::Conflict)
    }

    /// Whether the money of the order as it was read went back; `false` if somebody moved it meanwhile: what becomes of
    /// the goods was decided on where the parcel was.
    async fn give_back(&self, order: &Order, command: RefundOrderCommand) -> Result<bool, AdvanceOrderError> {
        let goods = order.goods_of_refund(command.restock).ok_or(AdvanceOrderError::RestockNeeded)?;
        let refund = RefundPaymentCommand {
            asker: Asker::Administrator(command.target.actor.user),
            target: RefundTarget::Order(order.number),
            reason: Some(command.reason),
            goods,
            account: command.account,
            expected: Some(order.version),
            claim: None,
        };
        match self.refunds.run(&refund).await {
            Ok(_) => Ok(true),
            Err(RefundPaymentError::Changed) => Ok(false),
            Err(error) => Err(AdvanceOrderError::NotRefunded(error)),
        }
    }

    /// Whether the order ended with its virtual account; `false` if the deposit, or somebody else, was faster.
    async fn close_deposit(&self, order: &Order, command: &AdvanceOrderCommand) -> Result<bool, AdvanceOrderError> {
        let closing = CloseDepositCommand {
            asker: Asker::Administrator(command.target.actor.user),
            order: order.number,
            reason: command.reason.clone(),
        };
        match self.deposits.run(&closing).await {
            Ok(()) => Ok(true),
            Err(CloseDepositError::Moved) => Ok(false),
            Err(error) => Err(AdvanceOrderError::DepositOpen(error)),
        }
    }
}

impl OrderTarget {
    fn check(&self, order: &Order) -> Result<(), AdvanceOrderError> {
        match self.seen {
            Some(seen) if seen != order.version => Err(AdvanceOrderError::Outdated),
            Some(_) | None => Ok(()),
        }
    }
}

impl TryFrom<AdvanceOrderCommand> for RefundOrderCommand {
    type Error = AdvanceOrderError;

    fn try_from(command: AdvanceOrderCommand) -> Result<Self, AdvanceOrderError> {
        let reason = command.reason.ok_or(AdvanceOrderError::ReasonNeeded)?;
        Ok(Self { target: command.target, reason, restock: command.restock, account: None })
    }
}

#[cfg(test)]
#[path = "advance_order_tests.rs"]
mod tests;
