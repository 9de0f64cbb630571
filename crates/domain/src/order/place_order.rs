//! Placing an order: what is on the shelf is held for its buyer.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::shared::{Clock, Entropy, OrderId, PortFailure, ProductId, VariantId, Won};

use super::draft::{self, NewOrder, PlaceOrderCommand};
use super::{OfferQueries, OrderNumber, OrderRepository, PlaceFailure};

/// How often a placing is decided again when something moved underneath it.
const TRIES: u8 = 3;

/// How long an order holds its stock.
#[derive(Clone, Copy, Debug)]
pub struct HoldTime(pub Duration);

/// Places orders.
pub struct PlaceOrder {
    /// What is on the shelf.
    pub offers: Arc<dyn OfferQueries>,
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// Where order numbers come from.
    pub entropy: Arc<dyn Entropy>,
    /// How long an order holds its stock.
    pub hold: HoldTime,
}

/// A placed order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedOrder {
    /// Inside the shop.
    pub id: OrderId,
    /// Outside of it.
    pub number: OrderNumber,
    /// Whether it is a new one, rather than the same order asked for again while it is unpaid and nothing is left.
    pub is_new: bool,
}

/// Why an order was not placed. Nothing was held then.
#[derive(Debug, Error)]
pub enum PlaceOrderError {
    /// There is no such product.
    #[error("product {0} does not exist")]
    ProductNotFound(ProductId),
    /// There is no such variant, or the product has no default one.
    #[error("the variant does not exist")]
    VariantNotFound,
    /// The variant belongs to another product.
    #[error("variant {0} belongs to another product")]
    VariantOfAnotherProduct(VariantId),
    /// The product is not sold at present.
    #[error("product {0} is not for sale")]
    NotForSale(ProductId),
    /// The buyer saw another price.
    #[error("variant {variant} costs {current} now")]
    PriceChanged {
        /// The variant.
        variant: VariantId,
        /// What it costs now.
        current: Won,
    },
    /// More than the shop can account for.
    #[error("the total is too large")]
    TotalTooLarge,
    /// Not enough left of a variant.
    #[error("not enough left of variant {0}")]
    InsufficientStock(VariantId),
    /// Too much moved underneath; worth another try.
    #[error("the order kept colliding with others")]
    Conflict,
    /// The same request came again and was taken for the first one: that one places the order.
    #[error("the same request is under way elsewhere")]
    ClaimLost,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl PlaceOrder {
    /// Holds every line and stores the order, or does neither.
    ///
    /// A buyer is never blocked by his own hold. Where stock is short and an unpaid order of his holds just what he asks
    /// for, that order is the answer: a button pressed twice buys once. Where other unpaid orders of his hold some of
    /// it, they are superseded by the new one in the same transaction.
    pub async fn run(&self, command: PlaceOrderCommand) -> Result<PlacedOrder, PlaceOrderError> {
        let offers = self.offers.offers(&command.lines).await?;
        let (lines, total) = draft::price(&command.lines, &offers)?;
        let placed_at = self.clock.now();
        let mut order = NewOrder {
            number: OrderNumber::draw(self.entropy.as_ref()),
            buyer: command.buyer,
            recipient: command.recipient,
            lines,
            total,
            placed_at,
            expires_at: placed_at.after(self.hold.0),
            supersedes: Vec::new(),
            claim: command.claim,
        };
        let mut tries = 0;
        while tries < TRIES {
            match self.orders.place(&order).await {
                Ok(id) => return Ok(PlacedOrder { id, number: order.number, is_new: true }),
                Err(PlaceFailure::NumberTaken) => {
                    order.number = OrderNumber::draw(self.entropy.as_ref());
                    tries += 1;
                }
                Err(PlaceFailure::Stale) => {
                    order.supersedes.clear();
                    tries += 1;
                }
                // No try: each turn supersedes more of the buyer's own orders, and there is an end of those.
                Err(PlaceFailure::InsufficientStock(short)) => {
                    let holds = self.orders.live_holds(order.buyer.user).await?;
                    if let Some(same) = holds.iter().find(|hold| order.repeats(hold)) {
                        return Ok(PlacedOrder { id: same.id, number: same.number, is_new: false });
                    }
                    if !order.supersede(&holds, short) {
                        return Err(PlaceOrderError::InsufficientStock(short));
                    }
                }
                Err(PlaceFailure::ClaimLost) => return Err(PlaceOrderError::ClaimLost),
                Err(PlaceFailure::Unavailable(failure)) => return Err(failure.into()),
            }
        }
        Err(PlaceOrderError::Conflict)
    }
}

#[cfg(test)]
#[path = "place_order_tests.rs"]
mod tests;
