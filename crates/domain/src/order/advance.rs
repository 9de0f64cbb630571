//! What administrators make of an order: wishes in the words of the wire, mapped onto the state machine.

use thiserror::Error;

use crate::shared::{AuditAction, AuditChanges, AuditEntry, AuditSubject, OrderId, Timestamp, UserId};

use super::{
    Decision, Goods, Order, OrderChange, OrderState, OrderStatus, OrderTransitionError, Party, RefundRequest,
    Withdrawal,
};

/// Something that an administrator may do to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeskAction {
    /// Hand the parcel to a courier.
    Ship,
    /// Note that it arrived.
    Deliver,
    /// Call an unpaid order off.
    Cancel,
    /// Give the money back.
    Refund,
}

impl DeskAction {
    /// Every action.
    pub const ALL: [Self; 4] = [Self::Ship, Self::Deliver, Self::Cancel, Self::Refund];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ship => "SHIP",
            Self::Deliver => "DELIVER",
            Self::Cancel => "CANCEL",
            Self::Refund => "REFUND",
        }
    }
}

/// What a wish for another status comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Advance {
    /// The order has that status.
    AlreadyThere,
    /// Store this.
    Apply(Box<OrderChange>),
    /// A virtual account waits for the money: it is closed at the partner, and the order ends with that.
    CloseDeposit,
    /// The money must go back first, and the order ends with that.
    Refund,
}

/// The order's state does not lead to that status.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("order {order} is {}, which does not lead to {}", from.name(), to.name())]
pub struct AdvanceRefusal {
    /// The order.
    pub order: OrderId,
    /// Where it stands.
    pub from: Box<OrderState>,
    /// Where it was to go.
    pub to: OrderStatus,
}

impl Order {
    /// What becomes of the order when an administrator wants it to have that status. A change is told to the audit trail
    /// when it is stored.
    pub fn advance(&self, to: OrderStatus, wish: &Withdrawal, now: Timestamp) -> Result<Advance, AdvanceRefusal> {
        if self.state.status() == to {
            return Ok(Advance::AlreadyThere);
        }
        let refused = || AdvanceRefusal { order: self.id, from: Box::new(self.state.clone()), to };
        let decision = match to {
            OrderStatus::Shipped => self.ship(now),
            OrderStatus::Delivered => self.deliver(now),
            OrderStatus::Cancelled if self.open_refund(&probe(wish)).is_ok() => return Ok(Advance::Refund),
            OrderStatus::Cancelled if self.awaits_deposit() => return Ok(Advance::CloseDeposit),
            OrderStatus::Cancelled => self.shop_calls_off(wish, now),
            // Money alone confirms an order, and nothing makes it wait again.
            OrderStatus::Pending | OrderStatus::Confirmed => return Err(refused()),
        };
        match decision.map_err(|_| refused())?.into_change() {
            Some(change) => Ok(Advance::Apply(Box::new(self.told(change, wish, now)))),
            None => Ok(Advance::AlreadyThere),
        }
    }

    /// What an administrator may do to the order now: whatever the state machine would not refuse.
    pub fn desk_actions(&self, by: UserId, now: Timestamp) -> Vec<DeskAction> {
        let wish = Withdrawal { by: Party::Administrator(by), reason: None };
        let changes = |decision| matches!(decision, Ok(Decision::Apply(_)));
        let may = |action: &DeskAction| match action {
            DeskAction::Ship => changes(self.ship(now)),
            DeskAction::Deliver => changes(self.deliver(now)),
            DeskAction::Cancel => changes(self.shop_calls_off(&wish, now)) || self.awaits_deposit(),
            DeskAction::Refund => changes(self.open_refund(&probe(&wish))),
        };
        DeskAction::ALL.into_iter().filter(may).collect()
    }

    /// What becomes of the goods of a refund: what somebody said, else back on the shelf as long as they have not left
    /// it. `None` where somebody has to say it, because only he can see the goods.
    pub fn goods_of_refund(&self, restock: Option<bool>) -> Option<Goods> {
        let has_left = matches!(self.state.status(), OrderStatus::Shipped | OrderStatus::Delivered);
        match restock {
            Some(true) => Some(Goods::BackOnTheShelf),
            Some(false) => Some(Goods::Gone),
            None => (!has_left).then_some(Goods::BackOnTheShelf),
        }
    }

    fn shop_calls_off(&self, wish: &Withdrawal, now: Timestamp) -> Result<Decision, OrderTransitionError> {
        match wish.by.administrator() {
            Some(by) => self.call_off(by, wish.reason.clone(), now),
            None => self.cancel(wish.reason.clone(), now),
        }
    }

    /// Whether it ends with its virtual account. That somebody wanted so before does not close the account: it may be
    /// wanted again.
    const fn awaits_deposit(&self) -> bool {
        matches!(self.state, OrderState::AwaitingDeposit { .. })
    }

    fn told(&self, change: OrderChange, wish: &Withdrawal, now: Timestamp) -> OrderChange {
        let Some(by) = wish.by.administrator() else { return change };
        let entry = self.audit_entry(change.next(), by, wish.reason.clone(), now);
        change.noted(entry)
    }

    /// What the audit trail says of an administrator's change: from where to where, why, and by whom.
    pub fn audit_entry(&self, next: &OrderState, by: UserId, reason: Option<String>, at: Timestamp) -> AuditEntry {
        let mut changes = AuditChanges::new();
        changes.note("state", self.state.name(), next.name());
        changes.note("status", self.state.status().name(), next.status().name());
        changes.note("paymentStatus", self.state.payment_status().name(), next.payment_status().name());
        if let OrderState::Refunding { request, .. } = next {
            changes.note("restock", None::<bool>, request.goods == Goods::BackOnTheShelf);
        }
        let action = match next {
            OrderState::Paid { .. } | OrderState::Shipped { .. } | OrderState::Delivered { .. }
                if matches!(self.state, OrderState::Refunding { .. }) =>
            {
                AuditAction::OrderRefundRefused
            }
            OrderState::Shipped { .. } => AuditAction::OrderShipped,
            OrderState::Delivered { .. } => AuditAction::OrderDelivered,
            OrderState::Refunding { .. } => AuditAction::OrderRefunded,
            OrderState::AwaitingPayment { .. }
            | OrderState::Paying { .. }
            | OrderState::AwaitingDeposit { .. }
            | OrderState::Paid { .. }
            | OrderState::Cancelled(_) => AuditAction::OrderCancelled,
        };
        AuditEntry { actor: by, action, subject: AuditSubject::Order(self.id), changes, reason, at }
    }
}

/// A refund that is never stored: it asks the state machine whether one may be.
fn probe(wish: &Withdrawal) -> RefundRequest {
    RefundRequest { by: wish.by, reason: String::new(), goods: Goods::Gone }
}

#[cfg(test)]
#[path = "advance_tests.rs"]
mod tests;
