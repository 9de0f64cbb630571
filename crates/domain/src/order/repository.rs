//! The ports of the order feature.

use async_trait::async_trait;
use thiserror::Error;

use crate::catalogue::{MacroNutrients, NutrientShare};
use crate::payment::{Deposit, PaymentMethod};
use crate::shared::{
    OrderId, OrderLineId, Page, PageRequest, PaymentId, PortFailure, ProductId, Quantity, Timestamp, UserId, VariantId,
    Won,
};

use super::{NewOrder, Offer, Order, OrderChange, OrderNumber, OrderStatus, PaymentStatus, Recipient, RequestedLine};

/// Why an order was not stored. Nothing was.
#[derive(Debug, Error)]
pub enum PlaceFailure {
    /// Not enough left of this variant.
    #[error("not enough left of variant {0}")]
    InsufficientStock(VariantId),
    /// Another order has the number: draw again.
    #[error("the order number is taken")]
    NumberTaken,
    /// An order to be superseded moved meanwhile: decide again.
    #[error("an order to be superseded has changed")]
    Stale,
    /// The claim under which it was to be placed is somebody else's by now.
    #[error("the claim is somebody else's")]
    ClaimLost,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Why a change was not stored. Nothing of it was.
#[derive(Debug, Error)]
pub enum ApplyFailure {
    /// Somebody else moved the order since the change was decided: reload and decide again.
    #[error("the order has changed")]
    Stale,
    /// The store failed, or (`FailureKind::Corrupt`) the stock counters contradict the order.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Where orders are kept. Every write is one short transaction that carries its own guard.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait OrderRepository: Send + Sync {
    /// Reserves every line, applies the superseding changes and stores the order, or does nothing at all.
    ///
    /// Stock is reserved only while `stock - reserved_stock` covers it, decided by the write itself: however many
    /// buyers call at once, no piece is promised twice. A claim of the order is marked as done in the same transaction,
    /// and nothing is stored without it: of two who hold one key, one places an order.
    async fn place(&self, order: &NewOrder) -> Result<OrderId, PlaceFailure>;

    /// Stores a decided change with its stock effect, its ledger rows and its event, if the order still has
    /// `change.version()`; otherwise [`ApplyFailure::Stale`] and nothing is stored.
    async fn apply(&self, change: &OrderChange) -> Result<(), ApplyFailure>;

    /// Applies many independent changes, each all or nothing; how many were stored. A stale one is skipped. One whose
    /// order contradicts the stock is logged and set aside: the end of its hold, and nothing else, moves a minute on,
    /// because it must not keep the others from their turn. Fails only where the store cannot be reached or does not
    /// answer in time.
    async fn apply_each(&self, changes: &[OrderChange]) -> Result<usize, PortFailure>;

    /// The order, with its lines.
    async fn find(&self, id: OrderId) -> Result<Option<Order>, PortFailure>;

    /// The order of that number, with its lines.
    async fn find_by_number(&self, number: OrderNumber) -> Result<Option<Order>, PortFailure>;

    /// Orders awaiting payment, without a payment under way, whose hold ended at or before `now`: the oldest first,
    /// at most `limit`.
    async fn due_holds(&self, now: Timestamp, limit: u32) -> Result<Vec<Order>, PortFailure>;

    /// The buyer's orders that hold stock and have no payment under way, oldest first.
    async fn live_holds(&self, buyer: UserId) -> Result<Vec<Order>, PortFailure>;
}

/// What is on the shelf, for pricing.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait OfferQueries: Send + Sync {
    /// All variants of every named product, every named variant, and a variant-less offer for a named product that has
    /// none. One statement.
    async fn offers(&self, lines: &[RequestedLine]) -> Result<Vec<Offer>, PortFailure>;
}

/// Which orders of a buyer's history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Only this status.
    pub status: Option<OrderStatus>,
    /// Only this payment status. With neither filter, orders that await payment are left out.
    pub payment_status: Option<PaymentStatus>,
}

/// The payment of an order, as its buyer sees it: the one that took the money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentSummary {
    /// The payment.
    pub id: PaymentId,
    /// How the buyer paid.
    pub method: PaymentMethod,
    /// Completed or refunded.
    pub status: PaymentStatus,
    /// The partner's key.
    pub key: String,
    /// How much.
    pub amount: Won,
    /// When it was approved.
    pub paid_at: Timestamp,
}

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSummary {
    /// Inside the shop.
    pub id: OrderId,
    /// Outside of it.
    pub number: OrderNumber,
    /// What was charged.
    pub total: Won,
    /// Status.
    pub status: OrderStatus,
    /// Payment status.
    pub payment_status: PaymentStatus,
    /// Who gets the parcel.
    pub recipient_name: String,
    /// Address lines, joined by a space.
    pub address: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// How many lines.
    pub line_count: u32,
    /// The first line's product name.
    pub first_product_name: String,
    /// The first line's picture.
    pub first_product_image: Option<String>,
    /// The payment that took the money.
    pub payment: Option<PaymentSummary>,
}

/// A line of an [`OrderDetail`].
#[derive(Clone, Debug, PartialEq)]
pub struct OrderDetailLine {
    /// The line.
    pub id: OrderLineId,
    /// The product.
    pub product: ProductId,
    /// The variant.
    pub variant: VariantId,
    /// The product's name when it was bought.
    pub product_name: String,
    /// The variant's name when it was bought.
    pub variant_name: String,
    /// Its picture when it was bought.
    pub image: Option<String>,
    /// Pieces.
    pub quantity: Quantity,
    /// The price of one.
    pub price: Won,
    /// Net weight of one piece in grams.
    pub grams: f64,
    /// Nutrition per 100 g; `None` if nothing is known.
    pub nutrition: Option<MacroNutrients>,
    /// Vitamins and minerals.
    pub vitamins: Vec<NutrientShare>,
    /// What buying it again would find.
    pub today: LineToday,
}

/// What whoever buys a line again finds on the shelf right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineToday {
    /// The price of one.
    pub price: Won,
    /// Pieces that can be bought.
    pub available: i64,
    /// Whether the product is sold at all.
    pub is_for_sale: bool,
}

impl LineToday {
    /// Whether at least one piece can be bought.
    pub const fn can_be_bought(self) -> bool {
        self.is_for_sale && self.available > 0
    }
}

/// An order with all that its page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderDetail {
    /// Inside the shop.
    pub id: OrderId,
    /// Outside of it.
    pub number: OrderNumber,
    /// Who placed it.
    pub buyer: UserId,
    /// What was charged.
    pub total: Won,
    /// Status.
    pub status: OrderStatus,
    /// Payment status.
    pub payment_status: PaymentStatus,
    /// Who gets the parcel.
    pub recipient: Recipient,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What was bought, in the order in which it was asked for.
    pub lines: Vec<OrderDetailLine>,
    /// The payment that took the money.
    pub payment: Option<PaymentSummary>,
    /// The virtual account that waits for the money.
    pub deposit: Option<Deposit>,
    /// How it ended, or is about to.
    pub end: Option<OrderEnd>,
}

/// How an order ended, or is about to: its money is on the way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderEnd {
    /// When; `None` while its money is on the way back.
    pub at: Option<Timestamp>,
    /// Whose doing it is: the name of a [`Party`](super::Party).
    pub by: &'static str,
    /// Why, in his words.
    pub reason: Option<String>,
}

/// Orders as pages show them.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait OrderQueries: Send + Sync {
    /// The buyer's orders, newest first, ties by id. At most three statements.
    async fn history(
        &self,
        buyer: UserId,
        filter: HistoryFilter,
        page: PageRequest,
    ) -> Result<Page<OrderSummary>, PortFailure>;

    /// The order of that number, whoever's it is. At most three statements.
    async fn detail(&self, number: OrderNumber) -> Result<Option<OrderDetail>, PortFailure>;
}
