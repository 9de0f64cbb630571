//! One thing that a shopper is told.

use crate::order::OrderNumber;
use crate::shared::{AnnouncementId, OrderId, Timestamp, UserId};

/// What happened to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnouncementKind {
    /// It was paid.
    Confirmed {
        /// Whether the buyer's own page has told him already, because the money was taken while it waited. A page that
        /// is told again would show it twice.
        witnessed: bool,
    },
    /// A virtual account waits for the buyer's transfer.
    DepositDue {
        /// Until when.
        due_at: Timestamp,
    },
    /// Nobody paid in time.
    Expired,
    /// The deposit did not come in time.
    DepositMissed,
    /// Its buyer cancelled it.
    Cancelled,
    /// The shop called it off.
    CalledOff,
    /// A newer order of the same buyer took its place.
    Superseded,
    /// It was cancelled and the money went back.
    Refunded,
    /// The parcel left.
    Shipped,
    /// The parcel arrived.
    Delivered,
}

impl AnnouncementKind {
    /// The name that the database uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confirmed { .. } => "ORDER_CONFIRMED",
            Self::DepositDue { .. } => "ORDER_DEPOSIT_DUE",
            Self::Expired => "ORDER_EXPIRED",
            Self::DepositMissed => "ORDER_DEPOSIT_MISSED",
            Self::Cancelled => "ORDER_CANCELLED",
            Self::CalledOff => "ORDER_CALLED_OFF",
            Self::Superseded => "ORDER_SUPERSEDED",
            Self::Refunded => "ORDER_REFUNDED",
            Self::Shipped => "ORDER_SHIPPED",
            Self::Delivered => "ORDER_DELIVERED",
        }
    }

    /// Whether the buyer need not be told: his own page has told him already, or he is in the middle of what brought it
    /// about. It is in his list, and pages that are open hear of it, but none of them is to make a fuss.
    pub const fn is_witnessed(self) -> bool {
        matches!(self, Self::Confirmed { witnessed: true } | Self::Superseded)
    }

    /// Whether it counts as read from the start: nobody needs a reminder of what he has just replaced.
    pub const fn is_read_at_first(self) -> bool {
        matches!(self, Self::Superseded)
    }

    /// Until when a transfer is waited for, if one is.
    pub const fn due_at(self) -> Option<Timestamp> {
        match self {
            Self::DepositDue { due_at } => Some(due_at),
            _ => None,
        }
    }

    /// The kind of that name and these particulars; `None` where they do not make one.
    pub fn parse(name: &str, witnessed: bool, due_at: Option<Timestamp>) -> Option<Self> {
        let plain = [
            Self::Expired,
            Self::DepositMissed,
            Self::Cancelled,
            Self::CalledOff,
            Self::Refunded,
            Self::Shipped,
            Self::Delivered,
        ];
        match (name, due_at) {
            ("ORDER_CONFIRMED", None) => Some(Self::Confirmed { witnessed }),
            // Rows of earlier versions say that nobody has witnessed it.
            ("ORDER_SUPERSEDED", None) => Some(Self::Superseded),
            ("ORDER_DEPOSIT_DUE", Some(due_at)) if !witnessed => Some(Self::DepositDue { due_at }),
            (_, None) if !witnessed => plain.into_iter().find(|kind| kind.name() == name),
            _ => None,
        }
    }
}

/// One thing that a shopper is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Its place in the order of telling.
    pub id: AnnouncementId,
    /// Who is told.
    pub user: UserId,
    /// Which order it is about, inside the shop.
    pub order: OrderId,
    /// Which order it is about, outside of it.
    pub number: OrderNumber,
    /// What happened.
    pub kind: AnnouncementKind,
    /// When it happened.
    pub happened_at: Timestamp,
    /// When he said that he has read it.
    pub read_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_as_it_was_written() {
        let due_at = Timestamp::from_millis(1_800_000_000_000).unwrap();
        let kinds = [
            AnnouncementKind::Confirmed { witnessed: true },
            AnnouncementKind::Confirmed { witnessed: false },
            AnnouncementKind::DepositDue { due_at },
            AnnouncementKind::Expired,
            AnnouncementKind::DepositMissed,
            AnnouncementKind::Cancelled,
            AnnouncementKind::CalledOff,
            AnnouncementKind::Superseded,
            AnnouncementKind::Refunded,
            AnnouncementKind::Shipped,
            AnnouncementKind::Delivered,
        ];
        for kind in kinds {
            assert_eq!(AnnouncementKind::parse(kind.name(), kind.is_witnessed(), kind.due_at()), Some(kind));
        }
    }

    #[test]
    fn particulars_that_do_not_fit_make_no_kind() {
        let due_at = Timestamp::from_millis(1_800_000_000_000);
        for (name, witnessed, due_at) in [
            ("ORDER_LOST", false, None),
            ("ORDER_SHIPPED", true, None),
            ("ORDER_SHIPPED", false, due_at),
            ("ORDER_DEPOSIT_DUE", false, None),
            ("ORDER_CONFIRMED", false, due_at),
        ] {
            assert_eq!(AnnouncementKind::parse(name, witnessed, due_at), None, "{name}");
        }
    }
}
