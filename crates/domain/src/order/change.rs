//! Decided changes: values that a repository stores and only a transition builds.

use std::collections::BTreeMap;

use crate::shared::{AuditEntry, OrderId, Timestamp, UserId, VariantId, Version, WorkClaim};

use super::{Order, OrderLine, OrderNumber, OrderState};

/// Which way stock moves. `reserved` counts what live orders hold; `stock` what lies on the shelf. Ordered so that of
/// several moves of one variant in one transaction what gives comes before what takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StockMove {
    /// No stock moves.
    None,
    /// `stock += q`: a sale was undone.
    Restock,
    /// `reserved -= q`: the hold is given back.
    Release,
    /// `reserved -= q` and `stock -= q`: the hold became a sale.
    Commit,
    /// `reserved += q`: an order holds it.
    Reserve,
}

impl StockMove {
    /// Every move.
    pub const ALL: [Self; 5] = [Self::None, Self::Restock, Self::Release, Self::Commit, Self::Reserve];

    /// The move of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.name() == name)
    }

    /// The name that the ledger uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Reserve => "RESERVE",
            Self::Commit => "COMMIT",
            Self::Release => "RELEASE",
            Self::Restock => "RESTOCK",
        }
    }

    /// What one piece moving so adds to `(stock, reserved)`.
    pub const fn delta(self) -> (i64, i64) {
        match self {
            Self::None => (0, 0),
            Self::Reserve => (0, 1),
            Self::Commit => (-1, -1),
            Self::Release => (0, -1),
            Self::Restock => (1, 0),
        }
    }
}

/// Pieces of one variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockLine {
    /// The variant.
    pub variant: VariantId,
    /// How many pieces; at least one.
    pub pieces: i64,
}

/// What a change does to the stock: one line a variant, by ascending variant id, which is the lock order of every
/// transaction that touches stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockEffect {
    direction: StockMove,
    lines: Vec<StockLine>,
}

impl StockEffect {
    /// The effect of moving all of an order's lines.
    pub fn of(direction: StockMove, lines: &[OrderLine]) -> Self {
        let mut pieces = BTreeMap::<VariantId, i64>::new();
        if direction != StockMove::None {
            for line in lines {
                let sum = pieces.entry(line.variant).or_default();
                *sum = sum.saturating_add(line.quantity.get());
            }
        }
        let lines = pieces.into_iter().map(|(variant, pieces)| StockLine { variant, pieces }).collect();
        Self { direction, lines }
    }

    /// Which way the stock moves.
    pub fn direction(&self) -> StockMove {
        self.direction
    }

    /// One line a variant, ascending.
    pub fn lines(&self) -> &[StockLine] {
        &self.lines
    }
}

/// What others may want to hear of an order. Stored in the outbox by the transaction that makes it true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// It was paid.
    Paid,
    /// A virtual account waits for the buyer's transfer.
    DepositDue {
        /// Until when.
        due_at: Timestamp,
    },
    /// Nobody paid in time.
    Expired,
    /// It was cancelled.
    Cancelled,
    /// Its money went back.
    Refunded,
    /// The parcel left.
    Shipped,
    /// The parcel arrived.
    Delivered,
}

impl OrderEvent {
    /// The name that the outbox uses.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Paid => "ORDER_PAID",
            Self::DepositDue { .. } => "ORDER_DEPOSIT_DUE",
            Self::Expired => "ORDER_EXPIRED",
            Self::Cancelled => "ORDER_CANCELLED",
            Self::Refunded => "ORDER_REFUNDED",
            Self::Shipped => "ORDER_SHIPPED",
            Self::Delivered => "ORDER_DELIVERED",
        }
    }
}

/// One decided change of one order, with everything that must become true together.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderChange {
    order: OrderId,
    number: OrderNumber,
    buyer: UserId,
    version: Version,
    next: OrderState,
    stock: StockEffect,
    event: Option<OrderEvent>,
    audit: Option<AuditEntry>,
    claim: Option<WorkClaim>,
}

impl OrderChange {
    pub(super) fn new(order: &Order, next: OrderState, stock: StockMove, event: Option<OrderEvent>) -> Self {
        Self {
            order: order.id,
            number: order.number,
            buyer: order.buyer,
            version: order.version,
            next,
            stock: StockEffect::of(stock, &order.lines),
            event,
            audit: None,
            claim: None,
        }
    }

    /// The same change, with what the audit trail says of it: it is written down in the same transaction.
    #[must_use]
    pub fn noted(self, entry: AuditEntry) -> Self {
        Self { audit: Some(entry), ..self }
    }

    /// What the audit trail says of it, if an administrator decided it.
    pub fn audit(&self) -> Option<&AuditEntry> {
        self.audit.as_ref()
    }

    /// The same change as the work of a claim, which is marked as done in the same transaction. It guards nothing: the
    /// version does, and money that was taken is written down whoever holds the claim by now.
    #[must_use]
    pub fn under(self, claim: Option<WorkClaim>) -> Self {
        Self { claim, ..self }
    }

    /// The claim whose work it is.
    pub fn claim(&self) -> Option<&WorkClaim> {
        self.claim.as_ref()
    }

    /// The order.
    pub fn order(&self) -> OrderId {
        self.order
    }

    /// Its number.
    pub fn number(&self) -> OrderNumber {
        self.number
    }

    /// Who placed it.
    pub fn buyer(&self) -> UserId {
        self.buyer
    }

    /// The version on which the change was decided: the guard of storing it.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Where the order stands afterwards.
    pub fn next(&self) -> &OrderState {
        &self.next
    }

    /// What happens to the stock.
    pub fn stock(&self) -> &StockEffect {
        &self.stock
    }

    /// What others may want to hear.
    pub fn event(&self) -> Option<&OrderEvent> {
        self.event.as_ref()
    }

    /// The order as it stands once the change is stored.
    #[must_use]
    pub fn applied_to(&self, order: &Order) -> Order {
        Order { state: self.next.clone(), version: self.version.next(), ..order.clone() }
    }
}
