//! An order: a promise of stock to a buyer, kept for fifteen minutes, turned into a sale by a payment.
//!
//! | From | Action | To | Stock |
//! | --- | --- | --- | --- |
//! | - | place | awaiting payment | reserve |
//! | awaiting payment | open payment | paying | - |
//! | paying | approve | paid | commit |
//! | paying | decline | awaiting payment | - |
//! | paying | await deposit | awaiting deposit | - |
//! | awaiting deposit | approve | paid | commit |
//! | awaiting payment | cancel, call off, expire, supersede | cancelled | release |
//! | awaiting deposit | withdraw | awaiting deposit, and somebody wants it ended | - |
//! | awaiting deposit | close deposit | cancelled | release |
//! | paid | ship | shipped | - |
//! | shipped | deliver | delivered | - |
//! | paid, shipped, delivered | open refund | refunding | - |
//! | refunding | refuse refund | as before | - |
//! | refunding | refund | cancelled | restock, unless the goods are gone |
//! | paid, shipped, delivered | refund (at the partner's console) | cancelled | restock if not shipped |
//!
//! Everything else is refused. `docs/states.md` is the full table, printed from [`OrderState`] by a test. A transition
//! borrows the order and returns an [`OrderChange`]; [`OrderRepository::apply`] stores it if nobody moved the order
//! meanwhile. The words (hold, commit, release, restock) are those of `docs/domain.md`.

mod advance;
mod advance_order;
mod cancel_order;
mod change;
mod desk;
mod draft;
mod expire_orders;
mod keyword;
mod line;
mod number;
mod place_order;
mod recipient;
mod refund;
mod repository;
mod review_orders;
mod state;
mod track_orders;
mod transition;

pub use advance::{Advance, AdvanceRefusal, DeskAction};
pub use advance_order::{AdvanceOrder, AdvanceOrderCommand, AdvanceOrderError, OrderTarget, RefundOrderCommand};
pub use cancel_order::{CancelOrder, CancelOrderCommand, CancelOrderError};
pub use change::{OrderChange, OrderEvent, StockEffect, StockLine, StockMove};
#[cfg(any(test, feature = "mock"))]
pub use desk::MockOrderDeskQueries;
pub use desk::{
    BuyerCard, DeskFilter, DeskOrder, DeskPage, LedgerMove, LowStock, OrderBackground, OrderCard, OrderDeskQueries,
    ShopFigures,
};
pub use draft::{NewOrder, Offer, OfferedVariant, PlaceOrderCommand, RequestedLine};
pub use expire_orders::{ExpireOrders, ExpiryReport};
pub use keyword::OrderKeyword;
pub use line::OrderLine;
pub use number::{OrderNumber, OrderNumberError};
pub use place_order::{HoldTime, PlaceOrder, PlaceOrderError, PlacedOrder};
pub use recipient::{PostalCode, Recipient};
pub use refund::{Asker, Goods, Parcel, Party, RefundRequest, Withdrawal};
pub use repository::{
    ApplyFailure, HistoryFilter, LineToday, OfferQueries, OrderDetail, OrderDetailLine, OrderEnd, OrderQueries,
    OrderRepository, OrderSummary, PaymentSummary, PlaceFailure,
};
#[cfg(any(test, feature = "mock"))]
pub use repository::{MockOfferQueries, MockOrderQueries, MockOrderRepository};
pub use review_orders::{LITTLE_STOCK, OrderFile, ReviewOrderError, ReviewOrders};
pub use state::{CancelCause, Cancellation, Order, OrderState, OrderStatus, PaymentStatus};
pub use track_orders::{TrackOrderError, TrackOrders};
pub use transition::{Action, Decision, OrderTransitionError, WayOut};
