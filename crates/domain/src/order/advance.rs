//! What administrators make of an order: wishes in the words of the wire, mapped onto the state machine.

use thiserror::Error;

use crate::shared::{AuditAction, AuditChanges, AuditEntry, AuditSubject, OrderId, Timestamp, UserId};

use super::{Decision, Goods, Order, OrderChange, OrderState, OrderStatus, Party, RefundRequest};

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
    Apply(OrderChange),
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
    /// What becomes of the order when an administrator wants it to have that status. What is decided here is in the
    /// audit trail once it is stored.
    pub fn advance(
        &self,
        to: OrderStatus,
        by: UserId,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<Advance, AdvanceRefusal> {
        if self.state.status() == to {
            return Ok(Advance::AlreadyThere);
        }
        let reason = reason.map(str::to_owned);
        let decision = match to {
            OrderStatus::Shipped => self.ship(now),
            OrderStatus::Delivered => self.deliver(now),
            OrderStatus::Cancelled if self.may(DeskAction::Refund, by, now) => return Ok(Advance::Refund),
            OrderStatus::Cancelled => self.call_off(by, reason.clone(), now),
            // Money alone confirms an order, and nothing makes it wait again.
            OrderStatus::Pending | OrderStatus::Confirmed => return Err(self.does_not_lead(to)),
        };
        match decision.map_err(|_| self.does_not_lead(to))?.into_change() {
            Some(change) => Ok(Advance::Apply(self.told(change, by, reason, now))),
            None => Ok(Advance::AlreadyThere),
        }
    }

    /// What an administrator may do to the order now: whatever the state machine would not refuse.
    pub fn desk_actions(&self, by: UserId, now: Timestamp) -> Vec<DeskAction> {
        DeskAction::ALL.into_iter().filter(|action| self.may(*action, by, now)).collect()
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

    fn told(&self, change: OrderChange, by: UserId, reason: Option<String>, now: Timestamp) -> OrderChange {
        let entry = self.audit_entry(change.next(), by, reason, now);
        change.noted(entry)
    }

    fn may(&self, action: DeskAction, by: UserId, now: Timestamp) -> bool {
        let decision = match action {
            DeskAction::Ship => self.ship(now),
            DeskAction::Deliver => self.deliver(now),
            DeskAction::Cancel => self.call_off(by, None, now),
            DeskAction::Refund => {
                let by = Party::Administrator(by);
                self.open_refund(&RefundRequest { by, reason: String::new(), goods: Goods::Gone })
            }
        };
        matches!(decision, Ok(Decision::Apply(_)))
    }

    fn does_not_lead(&self, to: OrderStatus) -> AdvanceRefusal {
        AdvanceRefusal { order: self.id, from: Box::new(self.state.clone()), to }
    }
}
