//! Letters about orders: which news a shop writes about, and what such a letter shows of its order.
//!
//! | News | Told live | Written |
//! | --- | --- | --- |
//! | paid | yes | yes: the receipt, with lines, amount and address |
//! | a virtual account waits | yes | yes: until when, how much and where to; not if it has been paid meanwhile |
//! | the deposit did not come in time | yes | yes: somebody meant to pay, and must not transfer any more |
//! | the shop called it off | yes | yes: the buyer did not expect it |
//! | the money went back | yes | yes: how much, and when it arrives |
//! | the parcel left | yes | yes |
//! | the parcel arrived | yes | no: it stands at the door |
//! | nobody paid within the hold | yes | no: whoever left the check-out has decided |
//! | the buyer cancelled it himself | yes | no: his page has told him |
//! | a newer order of his took its place | as an echo | no: he is just placing it |

use std::fmt;

use crate::announce::AnnouncementKind;
use crate::order::OrderNumber;
use crate::payment::{DepositAccount, PaymentMethod};
use crate::shared::{Timestamp, Won};

/// What a letter about an order tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderNews {
    /// It was paid.
    Confirmed {
        /// When.
        paid_at: Timestamp,
        /// How.
        method: PaymentMethod,
    },
    /// A virtual account waits for the buyer's transfer.
    DepositDue {
        /// Until when.
        due_at: Timestamp,
        /// Where to; where that is not known, the order's page tells.
        account: Option<DepositAccount>,
    },
    /// The deposit did not come in time.
    DepositMissed,
    /// The shop called it off before it was paid.
    CalledOff,
    /// The money went back.
    Refunded {
        /// The way it came, and went.
        method: PaymentMethod,
    },
    /// The parcel left.
    Shipped,
}

/// What else is known of an order when its letter is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFacts {
    /// Whether its deposit is still awaited.
    pub awaits_deposit: bool,
    /// When it was paid, if it was.
    pub paid_at: Option<Timestamp>,
    /// How it was paid, or is to be.
    pub method: Option<PaymentMethod>,
    /// Where a deposit goes to.
    pub account: Option<DepositAccount>,
}

impl OrderNews {
    /// Whether the shop writes about such a thing at all.
    pub const fn is_written(kind: AnnouncementKind) -> bool {
        match kind {
            AnnouncementKind::Confirmed { .. }
            | AnnouncementKind::DepositDue { .. }
            | AnnouncementKind::DepositMissed
            | AnnouncementKind::CalledOff
            | AnnouncementKind::Refunded
            | AnnouncementKind::Shipped => true,
            AnnouncementKind::Expired
            | AnnouncementKind::Cancelled
            | AnnouncementKind::Superseded
            | AnnouncementKind::Delivered => false,
        }
    }

    /// What is written about it; `None` where there is nothing to write, or nothing any more.
    pub fn of(kind: AnnouncementKind, happened_at: Timestamp, facts: OrderFacts) -> Option<Self> {
        let method = facts.method.unwrap_or(PaymentMethod::CreditCard);
        match kind {
            AnnouncementKind::Confirmed { .. } => {
                Some(Self::Confirmed { paid_at: facts.paid_at.unwrap_or(happened_at), method })
            }
            AnnouncementKind::DepositDue { due_at } => {
                facts.awaits_deposit.then_some(Self::DepositDue { due_at, account: facts.account })
            }
            AnnouncementKind::DepositMissed => Some(Self::DepositMissed),
            AnnouncementKind::CalledOff => Some(Self::CalledOff),
            AnnouncementKind::Refunded => Some(Self::Refunded { method }),
            AnnouncementKind::Shipped => Some(Self::Shipped),
            AnnouncementKind::Expired
            | AnnouncementKind::Cancelled
            | AnnouncementKind::Superseded
            | AnnouncementKind::Delivered => None,
        }
    }

    /// After which moment nobody has any use for the letter.
    pub const fn lapses_at(&self) -> Option<Timestamp> {
        match self {
            Self::DepositDue { due_at, .. } => Some(*due_at),
            Self::Confirmed { .. } | Self::DepositMissed | Self::CalledOff | Self::Refunded { .. } | Self::Shipped => {
                None
            }
        }
    }

    /// The letter's name in rows and logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Confirmed { .. } => "ORDER_CONFIRMED",
            Self::DepositDue { .. } => "ORDER_DEPOSIT_DUE",
            Self::DepositMissed => "ORDER_DEPOSIT_MISSED",
            Self::CalledOff => "ORDER_CALLED_OFF",
            Self::Refunded { .. } => "ORDER_REFUNDED",
            Self::Shipped => "ORDER_SHIPPED",
        }
    }
}

/// A line of an order, as its letter shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterLine {
    /// The product, as it was called when it was bought.
    pub product: String,
    /// The pack size.
    pub variant: String,
    /// Pieces.
    pub pieces: i64,
    /// The price of all of them.
    pub amount: Won,
}

/// Where the parcel goes, as a letter shows it. No telephone number: mailboxes are read over shoulders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterAddress {
    /// Who gets it.
    pub name: String,
    /// Five digits.
    pub postal_code: String,
    /// Street, number, floor, door.
    pub address: String,
}

/// A letter about an order. Whom and what it tells of is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderLetter {
    /// The order.
    pub number: OrderNumber,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What was bought: the first [`OrderLetter::MOST_LINES`] lines.
    pub lines: Vec<LetterLine>,
    /// How many lines there are besides.
    pub more_lines: u32,
    /// What is charged.
    pub total: Won,
    /// Where the parcel goes.
    pub address: LetterAddress,
    /// What there is to tell.
    pub news: OrderNews,
}

impl fmt::Debug for OrderLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderLetter").field("number", &self.number).finish_non_exhaustive()
    }
}

impl OrderLetter {
    /// How many lines a letter shows. An order may have a hundred, and a row of the outbox has an end.
    pub const MOST_LINES: u32 = 20;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    fn facts(awaits_deposit: bool) -> OrderFacts {
        OrderFacts { awaits_deposit, paid_at: None, method: None, account: None }
    }

    #[test]
    fn what_is_not_written_about_has_no_letter_and_what_is_has_one() {
        let kinds = [
            AnnouncementKind::Confirmed { witnessed: true },
            AnnouncementKind::Confirmed { witnessed: false },
            AnnouncementKind::DepositDue { due_at: at(60) },
            AnnouncementKind::DepositMissed,
            AnnouncementKind::Expired,
            AnnouncementKind::Cancelled,
            AnnouncementKind::CalledOff,
            AnnouncementKind::Superseded,
            AnnouncementKind::Refunded,
            AnnouncementKind::Shipped,
            AnnouncementKind::Delivered,
        ];
        for kind in kinds {
            let news = OrderNews::of(kind, at(0), facts(true));
            assert_eq!(news.is_some(), OrderNews::is_written(kind), "{kind:?}");
        }
    }

    #[test]
    fn nobody_is_asked_for_a_deposit_that_has_come() {
        let due = AnnouncementKind::DepositDue { due_at: at(60) };
        assert_eq!(OrderNews::of(due, at(0), facts(false)), None);
        let asked = OrderNews::of(due, at(0), facts(true)).unwrap();
        assert_eq!(asked.lapses_at(), Some(at(60)), "after that there is nothing to transfer any more");
    }
}
