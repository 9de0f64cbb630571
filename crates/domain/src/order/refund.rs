//! A refund that was asked for: who wants it, why, and what becomes of the goods.

use crate::shared::{Actor, Timestamp, UserId};

use super::Order;

/// Who did something to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// Who placed it.
    Buyer,
    /// Somebody of the shop.
    Administrator(UserId),
    /// The shop by itself: a time ran out.
    Shop,
    /// The payment partner, or somebody at its console.
    Partner,
}

impl Party {
    /// The name that the database and the wire use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Buyer => "BUYER",
            Self::Administrator(_) => "ADMINISTRATOR",
            Self::Shop => "SHOP",
            Self::Partner => "PARTNER",
        }
    }

    /// The name as it is in the database, if it is one.
    pub fn name_of(name: &str) -> Option<&'static str> {
        const NAMES: [&str; 4] = ["BUYER", "ADMINISTRATOR", "SHOP", "PARTNER"];
        NAMES.into_iter().find(|known| *known == name)
    }

    /// The administrator, if it was one. Who the buyer is, the order says.
    pub const fn administrator(self) -> Option<UserId> {
        match self {
            Self::Administrator(user) => Some(user),
            Self::Buyer | Self::Shop | Self::Partner => None,
        }
    }

    /// The party of that name; an administrator needs its account.
    pub fn parse(name: &str, administrator: Option<UserId>) -> Option<Self> {
        match (name, administrator) {
            ("BUYER", None) => Some(Self::Buyer),
            ("ADMINISTRATOR", Some(user)) => Some(Self::Administrator(user)),
            ("SHOP", None) => Some(Self::Shop),
            ("PARTNER", None) => Some(Self::Partner),
            _ => None,
        }
    }
}

/// Somebody who wants an order undone, and in which role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A shopper: the order must be his.
    Buyer(Actor),
    /// Somebody of the shop: any order will do.
    Administrator(UserId),
}

impl Asker {
    /// The order, if it is any business of his.
    pub fn may_undo(self, order: Order) -> Option<Order> {
        match self {
            Self::Buyer(actor) => order.owned_by(&actor),
            Self::Administrator(_) => Some(order),
        }
    }

    /// Whose doing it is then.
    pub const fn party(self) -> Party {
        match self {
            Self::Buyer(_) => Party::Buyer,
            Self::Administrator(user) => Party::Administrator(user),
        }
    }
}

/// A wish to end an order before its money came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Whose.
    pub by: Party,
    /// Why, in his words.
    pub reason: Option<String>,
}

/// Where the goods of a paid order are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parcel {
    /// They have not left.
    AtTheShop,
    /// They are on their way.
    Underway {
        /// When the parcel left.
        shipped_at: Timestamp,
    },
    /// They arrived.
    Arrived {
        /// When the parcel left.
        shipped_at: Timestamp,
        /// When it arrived.
        delivered_at: Timestamp,
    },
}

impl Parcel {
    /// When it left, and when it arrived.
    pub const fn moments(self) -> (Option<Timestamp>, Option<Timestamp>) {
        match self {
            Self::AtTheShop => (None, None),
            Self::Underway { shipped_at } => (Some(shipped_at), None),
            Self::Arrived { shipped_at, delivered_at } => (Some(shipped_at), Some(delivered_at)),
        }
    }

    /// The parcel of those moments; nothing arrives that never left.
    pub const fn of(shipped_at: Option<Timestamp>, delivered_at: Option<Timestamp>) -> Option<Self> {
        match (shipped_at, delivered_at) {
            (None, None) => Some(Self::AtTheShop),
            (Some(shipped_at), None) => Some(Self::Underway { shipped_at }),
            (Some(shipped_at), Some(delivered_at)) => Some(Self::Arrived { shipped_at, delivered_at }),
            (None, Some(_)) => None,
        }
    }
}

/// What becomes of the goods of an order whose money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goods {
    /// They can be sold again.
    BackOnTheShelf,
    /// They are spoilt, lost, or still with the buyer.
    Gone,
}

/// A refund as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    /// Who asked.
    pub by: Party,
    /// Why, in his words; 1 to 200 characters, because the partner wants a reason too (Toss, `cancelReason`).
    pub reason: String,
    /// What becomes of the goods.
    pub goods: Goods,
}
