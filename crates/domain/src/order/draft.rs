//! From what a buyer asks for to an order worth storing: `PlaceOrderCommand` + offers -> `NewOrder`.

use crate::catalogue::ProductStatus;
use crate::shared::{Actor, ProductId, Quantity, Timestamp, VariantId, Won, WorkClaim};

use super::{
    Order, OrderChange, OrderLine, OrderNumber, OrderState, PlaceOrderError, Recipient, StockEffect, StockMove,
};

/// What a buyer asks for.
#[derive(Clone, Debug)]
pub struct PlaceOrderCommand {
    /// Who buys.
    pub buyer: Actor,
    /// Who gets the parcel.
    pub recipient: Recipient,
    /// What; at least one line, at most [`PlaceOrderCommand::MAX_LINES`].
    pub lines: Vec<RequestedLine>,
    /// The claim under which the order is placed, if it was asked for under a key.
    pub claim: Option<WorkClaim>,
}

impl PlaceOrderCommand {
    /// The most lines of one order.
    pub const MAX_LINES: usize = 100;
}

/// One line of what a buyer asks for.
#[derive(Clone, Debug)]
pub struct RequestedLine {
    /// The product.
    pub product: ProductId,
    /// The pack size; the product's default when absent.
    pub variant: Option<VariantId>,
    /// Pieces.
    pub quantity: Quantity,
    /// The price of one piece that the buyer saw. Only compared, never charged.
    pub quoted_price: Won,
}

/// A variant as the shelf offers it right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The product.
    pub product: ProductId,
    /// Its name.
    pub product_name: String,
    /// Whether it is for sale.
    pub status: ProductStatus,
    /// Its picture.
    pub image: Option<String>,
    /// The pack size; `None` for a product without any.
    pub variant: Option<OfferedVariant>,
}

/// The variant side of an [`Offer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedVariant {
    /// The variant.
    pub id: VariantId,
    /// Its name.
    pub name: String,
    /// Its price.
    pub price: Won,
    /// Whether it is what a request without a variant means.
    pub is_default: bool,
}

/// An order that was checked and priced and is not stored yet.
#[derive(Clone, Debug, PartialEq)]
pub struct NewOrder {
    /// Its number.
    pub number: OrderNumber,
    /// Who buys.
    pub buyer: Actor,
    /// Who gets the parcel.
    pub recipient: Recipient,
    /// What, as offered now.
    pub lines: Vec<OrderLine>,
    /// The sum of the lines.
    pub total: Won,
    /// When.
    pub placed_at: Timestamp,
    /// When its hold ends.
    pub expires_at: Timestamp,
    /// Older orders of the same buyer that give their stock to this one, in the same transaction.
    pub supersedes: Vec<OrderChange>,
    /// The claim that is done with it, in the same transaction. It guards the order: one that was lost stores none.
    pub claim: Option<WorkClaim>,
}

impl NewOrder {
    /// Whether an order of the same buyer is this very order, still unpaid and with time left: the same pieces at the
    /// same prices to the same door.
    pub(super) fn repeats(&self, hold: &Order) -> bool {
        let alive = matches!(hold.state, OrderState::AwaitingPayment { expires_at } if expires_at > self.placed_at);
        let held = StockEffect::of(StockMove::Reserve, &hold.lines);
        alive && held == self.stock() && hold.total == self.total && hold.recipient == self.recipient
    }

    /// Lets the order take the place of one more of the buyer's unpaid orders, the oldest that holds the short variant;
    /// whether there was one. One at a time: no more of them end than must.
    pub(super) fn supersede(&mut self, holds: &[Order], short: VariantId) -> bool {
        let superseded = |order: &Order| self.supersedes.iter().any(|change| change.order() == order.id);
        let holds_short = |order: &Order| order.lines.iter().any(|line| line.variant == short);
        let mut fresh = holds.iter().filter(|order| !superseded(order) && holds_short(order));
        let next = fresh.find_map(|order| order.supersede(self.placed_at).ok()?.into_change());
        let found = next.is_some();
        self.supersedes.extend(next);
        found
    }

    /// The stock to reserve.
    pub fn stock(&self) -> StockEffect {
        StockEffect::of(StockMove::Reserve, &self.lines)
    }
}

/// Matches every requested line with its offer, checks the quoted prices and sums up.
///
/// There is no look at the stock here: it would be a promise that is stale a moment later. The guarded update that
/// stores the order decides.
pub(super) fn price(lines: &[RequestedLine], offers: &[Offer]) -> Result<(Vec<OrderLine>, Won), PlaceOrderError> {
    let lines = lines.iter().map(|line| price_line(line, offers)).collect::<Result<Vec<_>, _>>()?;
    let totals = lines.iter().map(OrderLine::total).collect::<Result<Vec<_>, _>>();
    let total = totals.and_then(Won::sum).map_err(|_| PlaceOrderError::TotalTooLarge)?;
    Ok((lines, total))
}

fn price_line(line: &RequestedLine, offers: &[Offer]) -> Result<OrderLine, PlaceOrderError> {
    let of_product = || offers.iter().filter(|offer| offer.product == line.product);
    let Some(product) = of_product().next() else {
        return Err(PlaceOrderError::ProductNotFound(line.product));
    };
    let offered = match line.variant {
        None => of_product().filter_map(|offer| offer.variant.as_ref()).find(|variant| variant.is_default),
        Some(id) => offers.iter().filter_map(|offer| offer.variant.as_ref()).find(|variant| variant.id == id),
    };
    let Some(offered) = offered else {
        return Err(PlaceOrderError::VariantNotFound);
    };
    if !of_product().any(|offer| offer.variant.as_ref().is_some_and(|variant| variant.id == offered.id)) {
        return Err(PlaceOrderError::VariantOfAnotherProduct(offered.id));
    }
    if !product.status.is_for_sale() {
        return Err(PlaceOrderError::NotForSale(line.product));
    }
    if offered.price != line.quoted_price {
        return Err(PlaceOrderError::PriceChanged { variant: offered.id, current: offered.price });
    }
    Ok(OrderLine {
        product: product.product,
        variant: offered.id,
        product_name: product.product_name.clone(),
        variant_name: offered.name.clone(),
        image: product.image.clone(),
        quantity: line.quantity,
        price: offered.price,
    })
}
