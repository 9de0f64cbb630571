//! Orders as those see them who run the shop: the port behind the administrators' pages.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::payment::Payment;
use crate::shared::{OrderId, Page, PageRequest, PortFailure, ProductId, Timestamp, UserId, VariantId, Version, Won};

use super::{OrderKeyword, OrderStatus, OrderSummary, PaymentStatus, StockMove};

/// Which orders are listed. What is not asked for does not matter; everything that is must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskFilter {
    /// Only this status.
    pub status: Option<OrderStatus>,
    /// Only this payment status.
    pub payment_status: Option<PaymentStatus>,
    /// Only those placed at or after this moment.
    pub placed_from: Option<Timestamp>,
    /// Only those placed before this moment.
    pub placed_before: Option<Timestamp>,
    /// Only this buyer's.
    pub buyer: Option<UserId>,
    /// Only those in which somebody finds this.
    pub keyword: Option<OrderKeyword>,
}

/// In which order orders are listed. Those of one moment by their ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeskOrder {
    /// The latest first.
    #[default]
    NewestFirst,
    /// The earliest first: who waits longest.
    OldestFirst,
}

/// Who bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuyerCard {
    /// The account.
    pub id: UserId,
    /// His name; that of nobody once the account was closed.
    pub name: String,
    /// His address; none once the account was closed.
    pub email: Option<String>,
    /// His telephone number, if he told it.
    pub phone: Option<String>,
    /// Since when the account is closed.
    pub closed_at: Option<Timestamp>,
}

/// An order in the administrators' list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderCard {
    /// What its buyer sees of it.
    pub summary: OrderSummary,
    /// Who bought.
    pub buyer: BuyerCard,
    /// Whether its money is on the way back.
    pub is_refunding: bool,
    /// How many times it was changed.
    pub version: Version,
}

/// One page of the administrators' list.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskPage {
    /// The page.
    pub page: Page<OrderCard>,
    /// How many orders of each status there are, whatever status was asked for; everything else that was asked for
    /// holds. A status that no order has is not among them.
    pub by_status: BTreeMap<&'static str, u64>,
}

/// A move of stock that an order caused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerMove {
    /// The variant.
    pub variant: VariantId,
    /// Which way.
    pub direction: StockMove,
    /// What it added to the pieces on the shelf.
    pub stock: i64,
    /// What it added to the pieces that are held.
    pub reserved: i64,
    /// When.
    pub at: Timestamp,
}

/// What stands behind an order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderBackground {
    /// Who bought.
    pub buyer: BuyerCard,
    /// The name of the administrator who ended it or asked for its refund; `None` where nobody did.
    pub ended_by_name: Option<String>,
    /// Every attempt to take its money, also those that were declined; the earliest first.
    pub payments: Vec<Payment>,
    /// Every move of stock, the earliest first.
    pub moves: Vec<LedgerMove>,
}

/// How the shop does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopFigures {
    /// Orders placed since the moment that was asked for.
    pub placed: u64,
    /// Of them, those whose money is there.
    pub paid: u64,
    /// What those were charged together.
    pub revenue: Won,
    /// Paid orders whose parcel has not left, of any day, without those whose money is on the way back.
    pub to_ship: u64,
    /// Payments of any day whose money is on the way back, also that which no order can keep.
    pub refunding: u64,
    /// When the longest waiting of those to ship was placed.
    pub oldest_to_ship: Option<Timestamp>,
    /// Variants on sale of which little is left, the scarcest first.
    pub low_stock: Vec<LowStock>,
}

/// A variant of which little is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowStock {
    /// The variant.
    pub variant: VariantId,
    /// Its product.
    pub product: ProductId,
    /// The product's name.
    pub product_name: String,
    /// The variant's name.
    pub variant_name: String,
    /// What can still be bought.
    pub available: i64,
}

/// Orders as those see them who run the shop.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait OrderDeskQueries: Send + Sync {
    /// One page of all orders that the filter lets through, those that await payment among them. Two statements,
    /// whatever the page's size.
    async fn list(&self, filter: &DeskFilter, order: DeskOrder, page: PageRequest) -> Result<DeskPage, PortFailure>;

    /// What stands behind an order. At most three statements.
    async fn background(&self, order: OrderId) -> Result<Option<OrderBackground>, PortFailure>;

    /// How the shop does: orders placed at or after `since`, and variants of which at most `little` can be bought, at
    /// most `limit` of them. At most four statements.
    async fn figures(&self, since: Timestamp, little: i64, limit: u32) -> Result<ShopFigures, PortFailure>;
}
