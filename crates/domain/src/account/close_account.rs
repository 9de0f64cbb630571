//! A member leaves.

use std::sync::Arc;

use crate::notice::{Letter, NewMail};
use crate::order::{ApplyFailure, Decision, Order, OrderRepository};
use crate::shared::{Actor, Clock, FailureKind, PortFailure, Timestamp, UserId};

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
    ///
    /// The account goes first: from then on no request of its owner is let in, so hardly an order can come that is not
    /// seen here. One that was on its way holds its stock until its time is up, like any other that nobody pays.
    pub async fn run(&self, actor: &Actor) -> Result<(), PortFailure> {
        let Some(account) = self.accounts.find(actor.user).await? else { return Ok(()) };
        let at = self.clock.now();
        let letter = Letter::AccountClosed { at };
        let mail = NewMail { to: account.email, user: Some(actor.user), letter, lapses_at: None, queued_at: at };
        self.accounts.close(actor.user, &mail).await?;
        tracing::info!(user = %actor.user, "an account was closed by its owner");
        self.sessions.clear(actor.user).await;
        if let Err(failure) = self.give_back_all(actor.user, at).await {
            // The account is closed, and there is nobody left who could try again; the holds end by themselves.
            tracing::warn!(user = %actor.user, error = failure.chain(), "unpaid orders of a closed account stay until due");
        }
        Ok(())
    }

    async fn give_back_all(&self, user: UserId, at: Timestamp) -> Result<(), PortFailure> {
        for order in self.orders.live_holds(user).await? {
            self.give_back(&order, at).await?;
        }
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
