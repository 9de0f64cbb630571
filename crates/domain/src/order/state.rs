//! The order and its state.

use crate::payment::PaymentKey;
use crate::shared::{Actor, OrderId, Timestamp, UserId, Version, Won};

use super::{OrderLine, OrderNumber, Parcel, Party, Recipient, RefundRequest, Withdrawal};

/// An order with its lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Inside the shop.
    pub id: OrderId,
    /// Outside of it: on screens, at the payment partner.
    pub number: OrderNumber,
    /// Who placed it.
    pub buyer: UserId,
    /// Who gets the parcel.
    pub recipient: Recipient,
    /// What was bought; at least one line.
    pub lines: Vec<OrderLine>,
    /// The sum of the lines: what is charged.
    pub total: Won,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Where it stands.
    pub state: OrderState,
    /// How many times it was changed.
    pub version: Version,
}

impl Order {
    /// Whether the actor is the buyer.
    pub fn belongs_to(&self, actor: &Actor) -> bool {
        self.buyer == actor.user
    }

    /// The payment that it bears: the one under way, or the one that paid it.
    pub const fn payment(&self) -> Option<&PaymentKey> {
        match &self.state {
            OrderState::Paying { payment, .. }
            | OrderState::AwaitingDeposit { payment, .. }
            | OrderState::Paid { payment, .. }
            | OrderState::Shipped { payment, .. }
            | OrderState::Delivered { payment, .. }
            | OrderState::Refunding { payment, .. }
            | OrderState::Cancelled(Cancellation { cause: CancelCause::Refunded { payment, .. }, .. }) => Some(payment),
            OrderState::AwaitingPayment { .. } | OrderState::Cancelled(_) => None,
        }
    }

    /// The refund that is under way.
    pub const fn refund_request(&self) -> Option<&RefundRequest> {
        match &self.state {
            OrderState::Refunding { request, .. } => Some(request),
            _ => None,
        }
    }

    /// The wish to end it before its deposit comes.
    pub const fn withdrawal(&self) -> Option<&Withdrawal> {
        match &self.state {
            OrderState::AwaitingDeposit { withdrawal, .. } => withdrawal.as_ref(),
            _ => None,
        }
    }
}

/// Where an order stands. Each variant holds exactly what is true in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// Placed; its stock is held until `expires_at`.
    AwaitingPayment {
        /// When the hold ends.
        expires_at: Timestamp,
    },
    /// A payment is under way: the hold lives until its outcome is known, however long that takes.
    Paying {
        /// When the hold would have ended, and ends again if the payment is declined.
        expires_at: Timestamp,
        /// The payment under way.
        payment: PaymentKey,
    },
    /// A virtual account was issued; the hold lives until the deposit is due.
    AwaitingDeposit {
        /// The payment that waits for its deposit.
        payment: PaymentKey,
        /// Until when the buyer may transfer.
        due_at: Timestamp,
        /// Who does not want the order any more: its account is being closed at the partner, and the order ends in his
        /// name unless a deposit is faster.
        withdrawal: Option<Withdrawal>,
    },
    /// The money is there and the stock is sold.
    Paid {
        /// The payment.
        payment: PaymentKey,
        /// When it was approved.
        paid_at: Timestamp,
    },
    /// The parcel is on its way.
    Shipped {
        /// The payment.
        payment: PaymentKey,
        /// When it was approved.
        paid_at: Timestamp,
        /// When the parcel left.
        shipped_at: Timestamp,
    },
    /// The parcel arrived.
    Delivered {
        /// The payment.
        payment: PaymentKey,
        /// When it was approved.
        paid_at: Timestamp,
        /// When the parcel left.
        shipped_at: Timestamp,
        /// When it arrived.
        delivered_at: Timestamp,
    },
    /// The money is on its way back; the parcel stays where it is until that is known.
    Refunding {
        /// The payment.
        payment: PaymentKey,
        /// When it was approved.
        paid_at: Timestamp,
        /// Where the goods are.
        parcel: Parcel,
        /// Who asked, and why.
        request: RefundRequest,
    },
    /// Over.
    Cancelled(Cancellation),
}

/// How an order ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// When.
    pub at: Timestamp,
    /// Why, as the shop sees it.
    pub cause: CancelCause,
    /// Whose doing it was.
    pub by: Party,
    /// Why, in the words of who cancelled.
    pub reason: Option<String>,
}

/// Why an order ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelCause {
    /// The buyer changed his mind before paying.
    ByBuyer,
    /// The shop called it off before it was paid.
    ByShop,
    /// Nobody paid in time.
    Expired,
    /// The same buyer placed a newer order that needed the held stock.
    Superseded,
    /// The deposit did not come in time.
    DepositMissed,
    /// It was paid and the money went back.
    Refunded {
        /// The payment that was refunded.
        payment: PaymentKey,
        /// When it had been approved.
        paid_at: Timestamp,
        /// Where the goods were.
        parcel: Parcel,
    },
}

impl CancelCause {
    /// The name that the database uses.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ByBuyer => "BY_BUYER",
            Self::ByShop => "BY_SHOP",
            Self::Expired => "EXPIRED",
            Self::Superseded => "SUPERSEDED",
            Self::DepositMissed => "DEPOSIT_MISSED",
            Self::Refunded { .. } => "REFUNDED",
        }
    }
}

/// The order's status in the words of the wire and of the `orders.status` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Not paid yet.
    Pending,
    /// Paid.
    Confirmed,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Over.
    Cancelled,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Confirmed, Self::Shipped, Self::Delivered, Self::Cancelled];

    /// Its name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Confirmed => "CONFIRMED",
            Self::Shipped => "SHIPPED",
            Self::Delivered => "DELIVERED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The status of that name, whatever its case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name().eq_ignore_ascii_case(name))
    }
}

/// The payment side of an order or a payment in the words of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentStatus {
    /// No money yet.
    Pending,
    /// The money is there.
    Completed,
    /// No money came.
    Failed,
    /// Never shown by this shop; accepted as a filter.
    Cancelled,
    /// The money went back.
    Refunded,
}

impl PaymentStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Completed, Self::Failed, Self::Cancelled, Self::Refunded];

    /// Its name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::Refunded => "REFUNDED",
        }
    }

    /// The status of that name, whatever its case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name().eq_ignore_ascii_case(name))
    }
}

impl OrderState {
    /// The order's status on the wire.
    pub const fn status(&self) -> OrderStatus {
        match self {
            Self::AwaitingPayment { .. } | Self::Paying { .. } | Self::AwaitingDeposit { .. } => OrderStatus::Pending,
            Self::Paid { .. } | Self::Refunding { parcel: Parcel::AtTheShop, .. } => OrderStatus::Confirmed,
            Self::Shipped { .. } | Self::Refunding { parcel: Parcel::Underway { .. }, .. } => OrderStatus::Shipped,
            Self::Delivered { .. } | Self::Refunding { parcel: Parcel::Arrived { .. }, .. } => OrderStatus::Delivered,
            Self::Cancelled(_) => OrderStatus::Cancelled,
        }
    }

    /// The payment status on the wire.
    pub const fn payment_status(&self) -> PaymentStatus {
        match self {
            Self::AwaitingPayment { .. } | Self::Paying { .. } | Self::AwaitingDeposit { .. } => PaymentStatus::Pending,
            Self::Paid { .. } | Self::Shipped { .. } | Self::Delivered { .. } | Self::Refunding { .. } => {
                PaymentStatus::Completed
            }
            Self::Cancelled(Cancellation { cause: CancelCause::Refunded { .. }, .. }) => PaymentStatus::Refunded,
            Self::Cancelled(_) => PaymentStatus::Failed,
        }
    }

    /// What the shop calls it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AwaitingPayment { .. } => "awaiting payment",
            Self::Paying { .. } => "paying",
            Self::AwaitingDeposit { .. } => "awaiting deposit",
            Self::Paid { .. } => "paid",
            Self::Shipped { .. } => "shipped",
            Self::Delivered { .. } => "delivered",
            Self::Refunding { .. } => "refunding",
            Self::Cancelled(_) => "cancelled",
        }
    }
}
