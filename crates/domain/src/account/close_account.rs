//! A member leaves.

use std::sync::Arc;

use crate::notice::{Letter, NewMail};
use crate::order::{ApplyFailure, Decision, Order, OrderRepository};
use crate::shared::{Actor, Clock, FailureKind, PortFailure, Timestamp};

use super::{AccountRepository, Sessions};

/// Why the orders of somebody who left were cancelled.
const REASON: &str = "회원 탈퇴";

/// Closes accounts.
pub struct CloseAccount {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// Clears the sessions that are over.
    pub sessions: Arc<Sessions>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

impl CloseAccount {
    /// Closes the actor's account. Stock that his unpaid orders hold is back on the shelf at once; what he paid for
    /// stays ordered. An account that was closed before is closed.
    pub async fn run(&self, actor: &Actor) -> Result<(), PortFailure> {
        let Some(account) = self.accounts.find(actor.user).await? else { return Ok(()) };
        let at = self.clock.now();
        for order in self.orders.live_holds(actor.user).await? {
            self.give_back(&order, at).await?;
        }
        let letter = Letter::AccountClosed { at };
        let mail = NewMail { to: account.email, user: Some(actor.user), letter, lapses_at: None, queued_at: at };
        self.accounts.close(actor.user, &mail).await?;
        self.sessions.clear(actor.user).await;
        Ok(())
    }

    /// An order that moved meanwhile is being paid, or over: whoever moved it sees to it. One that contradicts the
    /// stock keeps nobody from leaving.
    async fn give_back(&self, order: &Order, now: Timestamp) -> Result<(), PortFailure> {
        let Ok(Decision::Apply(change)) = order.cancel(Some(REASON.to_owned()), now) else { return Ok(()) };
        match self.orders.apply(&change).await {
            Ok(()) | Err(ApplyFailure::Stale) => Ok(()),
            Err(ApplyFailure::Unavailable(failure)) if failure.kind() == FailureKind::Corrupt => {
                tracing::error!(order = %order.number, error = failure.chain(), "an order cannot be given back");
                Ok(())
            }
            Err(ApplyFailure::Unavailable(failure)) => Err(failure),
        }
    }
}

#[cfg(test)]
#[path = "close_account_tests.rs"]
mod tests;
