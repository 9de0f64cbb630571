//! What may become of an order: the state machine.

use std::time::Duration;

use thiserror::Error;

use crate::payment::PaymentKey;
use crate::shared::{Actor, OrderId, Timestamp, UserId};

use super::{
    CancelCause, Cancellation, Goods, Order, OrderChange, OrderEvent, OrderState, Parcel, Party, RefundRequest,
    StockMove, Withdrawal,
};

/// A partner's clock may be ahead of the shop's: an account that it closes so shortly before the due date was closed
/// because of it.
const CLOCKS_APART: Duration = Duration::from_mins(1);

/// Something that may be done to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Start taking the money.
    OpenPayment,
    /// The money is there.
    Approve,
    /// The money was definitely not taken.
    Decline,
    /// A virtual account was issued.
    AwaitDeposit,
    /// The buyer does not want it any more.
    Cancel,
    /// The shop does not want it any more.
    CallOff,
    /// The hold ran out.
    Expire,
    /// A newer order of the same buyer needs the stock.
    Supersede,
    /// Somebody wants it ended before its deposit comes.
    Withdraw,
    /// The virtual account was closed without a deposit.
    CloseDeposit,
    /// The parcel left.
    Ship,
    /// The parcel arrived.
    Deliver,
    /// Start giving the money back.
    OpenRefund,
    /// The money definitely stays.
    RefuseRefund,
    /// The money went back.
    Refund,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 15] = [
        Self::OpenPayment,
        Self::Approve,
        Self::Decline,
        Self::AwaitDeposit,
        Self::Cancel,
        Self::CallOff,
        Self::Expire,
        Self::Supersede,
        Self::Withdraw,
        Self::CloseDeposit,
        Self::Ship,
        Self::Deliver,
        Self::OpenRefund,
        Self::RefuseRefund,
        Self::Refund,
    ];

    /// What the shop calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenPayment => "open payment",
            Self::Approve => "approve",
            Self::Decline => "decline",
            Self::AwaitDeposit => "await deposit",
            Self::Cancel => "cancel",
            Self::CallOff => "call off",
            Self::Expire => "expire",
            Self::Supersede => "supersede",
            Self::Withdraw => "withdraw",
            Self::CloseDeposit => "close deposit",
            Self::Ship => "ship",
            Self::Deliver => "deliver",
            Self::OpenRefund => "open refund",
            Self::RefuseRefund => "refuse refund",
            Self::Refund => "refund",
        }
    }
}

/// What an allowed transition comes to.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "lives for the moment between deciding and storing, one at a time")]
pub enum Decision {
    /// Store this.
    Apply(OrderChange),
    /// It is so already: the same fact, told twice.
    AlreadyDone,
}

impl Decision {
    /// What is to be stored, if anything.
    pub fn into_change(self) -> Option<OrderChange> {
        match self {
            Self::Apply(change) => Some(change),
            Self::AlreadyDone => None,
        }
    }
}

/// How a buyer gets out of an order.
#[derive(Clone, Debug, PartialEq)]
pub enum WayOut {
    /// Nothing was paid: store this.
    Release(Box<OrderChange>),
    /// A virtual account waits for the money: it is closed at the partner first, else a deposit may come for nothing.
    CloseDeposit,
    /// It is paid: its money goes back.
    Refund,
}

/// The state does not allow it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("order {order} is {from}, which does not allow to {}", attempted.name())]
pub struct OrderTransitionError {
    /// The order.
    pub order: OrderId,
    /// Where it stands.
    pub from: &'static str,
    /// What was attempted.
    pub attempted: Action,
}

type Transition = Result<Decision, OrderTransitionError>;

impl Order {
    /// Starts a payment, which keeps the hold alive until its outcome is known. Refused once the hold is over: money
    /// is never taken for an order whose stock may already be somebody else's.
    pub fn open_payment(&self, payment: &PaymentKey, now: Timestamp) -> Transition {
        match &self.state {
            OrderState::AwaitingPayment { expires_at } if now < *expires_at => {
                let next = OrderState::Paying { expires_at: *expires_at, payment: payment.clone() };
                Ok(self.change(next, StockMove::None, None))
            }
            OrderState::Paying { payment: open, .. } if open == payment => Ok(Decision::AlreadyDone),
            _ => self.refuse(Action::OpenPayment),
        }
    }

    /// The money is there: the held stock is sold.
    pub fn approve(&self, payment: &PaymentKey, paid_at: Timestamp) -> Transition {
        match &self.state {
            OrderState::Paying { payment: open, .. } | OrderState::AwaitingDeposit { payment: open, .. }
                if open == payment =>
            {
                let next = OrderState::Paid { payment: payment.clone(), paid_at };
                Ok(self.change(next, StockMove::Commit, Some(OrderEvent::Paid)))
            }
            OrderState::Paid { payment: paid, .. }
            | OrderState::Shipped { payment: paid, .. }
            | OrderState::Delivered { payment: paid, .. }
            | OrderState::Refunding { payment: paid, .. }
                if paid == payment =>
            {
                Ok(Decision::AlreadyDone)
            }
            _ => self.refuse(Action::Approve),
        }
    }

    /// The money was definitely not taken: the order waits for another payment until its hold ends.
    pub fn decline(&self, payment: &PaymentKey) -> Transition {
        match &self.state {
            OrderState::Paying { expires_at, payment: open } if open == payment => {
                let next = OrderState::AwaitingPayment { expires_at: *expires_at };
                Ok(self.change(next, StockMove::None, None))
            }
            OrderState::AwaitingPayment { .. } => Ok(Decision::AlreadyDone),
            _ => self.refuse(Action::Decline),
        }
    }

    /// A virtual account was issued: the hold lives until the deposit is due.
    pub fn await_deposit(&self, payment: &PaymentKey, due_at: Timestamp) -> Transition {
        match &self.state {
            OrderState::Paying { payment: open, .. } if open == payment => {
                let next = OrderState::AwaitingDeposit { payment: payment.clone(), due_at, withdrawal: None };
                Ok(self.change(next, StockMove::None, Some(OrderEvent::DepositDue { due_at })))
            }
            OrderState::AwaitingDeposit { payment: open, .. } if open == payment => Ok(Decision::AlreadyDone),
            _ => self.refuse(Action::AwaitDeposit),
        }
    }

    /// The buyer does not want it any more. Only before money moves: a paid order is cancelled with its refund.
    pub fn cancel(&self, reason: Option<String>, now: Timestamp) -> Transition {
        match &self.state {
            OrderState::AwaitingPayment { .. } => Ok(self.end(CancelCause::ByBuyer, Party::Buyer, reason, now)),
            _ => self.refuse(Action::Cancel),
        }
    }

    /// Which way leads a buyer out of the order: up to the moment when the parcel leaves there is one, except while a
    /// payment is under way.
    ///
    /// # Errors
    /// [`OrderTransitionError`] where there is none.
    pub fn way_out(&self, reason: Option<String>, now: Timestamp) -> Result<WayOut, OrderTransitionError> {
        match &self.state {
            OrderState::AwaitingDeposit { .. } => Ok(WayOut::CloseDeposit),
            OrderState::Paid { .. } | OrderState::Refunding { parcel: Parcel::AtTheShop, .. } => Ok(WayOut::Refund),
            _ => match self.cancel(reason, now)? {
                Decision::Apply(change) => Ok(WayOut::Release(Box::new(change))),
                Decision::AlreadyDone => self.refuse(Action::Cancel),
            },
        }
    }

    /// Whether it is over and nobody has paid for it, or not any more.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.state, OrderState::Cancelled(_))
    }

    /// The shop does not want it any more: like [`Order::cancel`], in an administrator's name.
    pub fn call_off(&self, by: UserId, reason: Option<String>, now: Timestamp) -> Transition {
        match &self.state {
            OrderState::AwaitingPayment { .. } => {
                Ok(self.end(CancelCause::ByShop, Party::Administrator(by), reason, now))
            }
            OrderState::Cancelled(Cancellation { cause: CancelCause::ByShop, .. }) => Ok(Decision::AlreadyDone),
            _ => self.refuse(Action::CallOff),
        }
    }

    /// Nobody paid in time.
    pub fn expire(&self, now: Timestamp) -> Transition {
        match &self.state {
            OrderState::AwaitingPayment { expires_at } if *expires_at <= now => {
                Ok(self.end(CancelCause::Expired, Party::Shop, None, now))
            }
            OrderState::Cancelled(Cancellation { cause: CancelCause::Expired, .. }) => Ok(Decision::AlreadyDone),
            _ => self.refuse(Action::Expire),
        }
    }

    /// A newer order of the same buyer needs the stock that this one holds.
    pub fn supersede(&self, now: Timestamp) -> Transition {
        match &self.state {
            OrderState::AwaitingPayment { .. } => Ok(self.end(CancelCause::Superseded, Party::Shop, None, now)),
            OrderState::Cancelled(Cancellation { cause: CancelCause::Superseded, .. }) => Ok(Decision::AlreadyDone),
            _ => self.refuse(Action::Supersede),
        }
    }

    /// Somebody does not want it any more while a virtual account waits for its money. That is noted before the account
    /// is closed at the partner, so that whoever hears of the closing first ends the order in the right name. The stock
    /// is held until then: a deposit may still be faster. Of several wishes the first one stands.
    pub fn withdraw(&self, wish: &Withdrawal) -> Transition {
        match &self.state {
            OrderState::AwaitingDeposit { payment, due_at, withdrawal: None } => {
                let (payment, due_at, withdrawal) = (payment.clone(), *due_at, Some(wish.clone()));
                let next = OrderState::AwaitingDeposit { payment, due_at, withdrawal };
                Ok(self.change(next, StockMove::None, None))
            }
            OrderState::AwaitingDeposit { withdrawal: Some(_), .. } => Ok(Decision::AlreadyDone),
            _ => self.refuse(Action::Withdraw),
        }
    }

    /// The virtual account is closed at the partner and no deposit came: none can come any more. It was closed because
    /// somebody wanted it, because its time was over, or else at the partner's console.
    pub fn close_deposit(&self, payment: &PaymentKey, now: Timestamp) -> Transition {
        match &self.state {
            OrderState::AwaitingDeposit { payment: open, due_at, withdrawal } if open == payment => {
                Ok(match withdrawal {
                    Some(Withdrawal { by: Party::Buyer, reason }) => {
                        self.end(CancelCause::ByBuyer, Party::Buyer, reason.clone(), now)
                    }
                    Some(Withdrawal { by, reason }) => self.end(CancelCause::ByShop, *by, reason.clone(), now),
                    None if *due_at <= now.after(CLOCKS_APART) => {
                        self.end(CancelCause::DepositMissed, Party::Shop, None, now)
                    }
                    None => self.end(CancelCause::ByShop, Party::Partner, None, now),
                })
            }
            OrderState::Cancelled(Cancellation { cause: CancelCause::DepositMissed, .. }) => Ok(Decision::AlreadyDone),
            _ => self.refuse(Action::CloseDeposit),
        }
    }

    /// The parcel left.
    pub fn ship(&self, now: Timestamp) -> Transition {
        match &self.state {
            OrderState::Paid { payment, paid_at } => {
                let next = OrderState::Shipped { payment: payment.clone(), paid_at: *paid_at, shipped_at: now };
                Ok(self.change(next, StockMove::None, Some(OrderEvent::Shipped)))
            }
            OrderState::Shipped { .. } => Ok(Decision::AlreadyDone),
            _ => self.refuse(Action::Ship),
        }
    }

    /// The parcel arrived.
    pub fn deliver(&self, now: Timestamp) -> Transition {
        match &self.state {
            OrderState::Shipped { payment, paid_at, shipped_at } => {
                let next = OrderState::Delivered {
                    payment: payment.clone(),
                    paid_at: *paid_at,
                    shipped_at: *shipped_at,
                    delivered_at: now,
                };
                Ok(self.change(next, StockMove::None, Some(OrderEvent::Delivered)))
            }
            OrderState::Delivered { .. } => Ok(Decision::AlreadyDone),
            _ => self.refuse(Action::Deliver),
        }
    }

    /// Starts giving the money back, which keeps the parcel where it is until the outcome is known. A buyer may ask
    /// until the parcel leaves; after that goods come back first, and the shop decides.
    pub fn open_refund(&self, request: &RefundRequest) -> Transition {
        if matches!(self.state, OrderState::Refunding { .. }) {
            return Ok(Decision::AlreadyDone);
        }
        match self.sale() {
            Some((payment, paid_at, parcel)) if parcel == Parcel::AtTheShop || request.by.administrator().is_some() => {
                let next =
                    OrderState::Refunding { payment: payment.clone(), paid_at, parcel, request: request.clone() };
                Ok(self.change(next, StockMove::None, None))
            }
            _ => self.refuse(Action::OpenRefund),
        }
    }

    /// The partner will definitely not give the money back: the sale stands as it stood.
    pub fn refuse_refund(&self, payment: &PaymentKey) -> Transition {
        match &self.state {
            OrderState::Refunding { payment: paid, paid_at, parcel, .. } if paid == payment => {
                let (payment, paid_at) = (payment.clone(), *paid_at);
                let next = match *parcel {
                    Parcel::AtTheShop => OrderState::Paid { payment, paid_at },
                    Parcel::Underway { shipped_at } => OrderState::Shipped { payment, paid_at, shipped_at },
                    Parcel::Arrived { shipped_at, delivered_at } => {
                        OrderState::Delivered { payment, paid_at, shipped_at, delivered_at }
                    }
                };
                Ok(self.change(next, StockMove::None, None))
            }
            _ => self.refuse(Action::RefuseRefund),
        }
    }

    /// The money went back in full. Where nobody of the shop asked for it, it happened at the partner's console: goods
    /// that are still in the shop return to the shelf, others are gone. `reason` is the partner's word for it then.
    pub fn refund(&self, payment: &PaymentKey, reason: Option<String>, now: Timestamp) -> Transition {
        if let OrderState::Refunding { payment: paid, paid_at, parcel, request } = &self.state
            && paid == payment
        {
            let reason = Some(request.reason.clone());
            return Ok(self.refunded((paid, *paid_at, *parcel), request.by, reason, request.goods, now));
        }
        match (self.sale(), &self.state) {
            (Some((paid, paid_at, parcel)), _) if paid == payment => {
                let goods = if parcel == Parcel::AtTheShop { Goods::BackOnTheShelf } else { Goods::Gone };
                Ok(self.refunded((paid, paid_at, parcel), Party::Partner, reason, goods, now))
            }
            (_, OrderState::Cancelled(Cancellation { cause: CancelCause::Refunded { payment: back, .. }, .. }))
                if back == payment =>
            {
                Ok(Decision::AlreadyDone)
            }
            _ => self.refuse(Action::Refund),
        }
    }

    /// The payment of a standing sale, when it was approved, and where the goods are.
    fn sale(&self) -> Option<(&PaymentKey, Timestamp, Parcel)> {
        match &self.state {
            OrderState::Paid { payment, paid_at } => Some((payment, *paid_at, Parcel::AtTheShop)),
            OrderState::Shipped { payment, paid_at, shipped_at } => {
                Some((payment, *paid_at, Parcel::Underway { shipped_at: *shipped_at }))
            }
            OrderState::Delivered { payment, paid_at, shipped_at, delivered_at } => {
                let parcel = Parcel::Arrived { shipped_at: *shipped_at, delivered_at: *delivered_at };
                Some((payment, *paid_at, parcel))
            }
            OrderState::AwaitingPayment { .. }
            | OrderState::Paying { .. }
            | OrderState::AwaitingDeposit { .. }
            | OrderState::Refunding { .. }
            | OrderState::Cancelled(_) => None,
        }
    }

    fn refunded(
        &self,
        (payment, paid_at, parcel): (&PaymentKey, Timestamp, Parcel),
        by: Party,
        reason: Option<String>,
        goods: Goods,
        now: Timestamp,
    ) -> Decision {
        let cause = CancelCause::Refunded { payment: payment.clone(), paid_at, parcel };
        let stock = match goods {
            Goods::BackOnTheShelf => StockMove::Restock,
            Goods::Gone => StockMove::None,
        };
        let next = OrderState::Cancelled(Cancellation { at: now, cause, by, reason });
        self.change(next, stock, Some(OrderEvent::Refunded))
    }

    /// The actor's own order, or nothing to see. Every use case that starts from a shopper's request goes through it.
    pub fn owned_by(self, actor: &Actor) -> Option<Self> {
        self.belongs_to(actor).then_some(self)
    }

    fn end(&self, cause: CancelCause, by: Party, reason: Option<String>, now: Timestamp) -> Decision {
        let event = match cause {
            CancelCause::Expired | CancelCause::DepositMissed => OrderEvent::Expired,
            CancelCause::ByBuyer | CancelCause::ByShop | CancelCause::Superseded => OrderEvent::Cancelled,
            CancelCause::Refunded { .. } => OrderEvent::Refunded,
        };
        let next = OrderState::Cancelled(Cancellation { at: now, cause, by, reason });
        self.change(next, StockMove::Release, Some(event))
    }

    fn change(&self, next: OrderState, stock: StockMove, event: Option<OrderEvent>) -> Decision {
        Decision::Apply(OrderChange::new(self, next, stock, event))
    }

    fn refuse<T>(&self, attempted: Action) -> Result<T, OrderTransitionError> {
        Err(OrderTransitionError { order: self.id, from: self.state.name(), attempted })
    }
}
