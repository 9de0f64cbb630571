//! Placing an order: what is on the shelf is held for its buyer.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::shared::{Clock, Entropy, OrderId, PortFailure, ProductId, VariantId, Won};

use super::draft::{self, NewOrder, PlaceOrderCommand};
use super::{Decision, OfferQueries, OrderChange, OrderNumber, OrderRepository, PlaceFailure};

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
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl PlaceOrder {
    /// Holds every line and stores the order, or does neither.
    ///
    /// A buyer is never blocked by his own hold: where stock is short and older unpaid orders of his hold some of it,
    /// those are superseded by the new one in the same transaction.
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
        };
        for _ in 0..TRIES {
            match self.orders.place(&order).await {
                Ok(id) => {
                    return Ok(PlacedOrder { id, number: order.number });
                }
                Err(PlaceFailure::NumberTaken) => order.number = OrderNumber::draw(self.entropy.as_ref()),
                Err(PlaceFailure::InsufficientStock(short)) => {
                    let own = self.own_holds(&order, short).await?;
                    if own.is_empty() || own == order.supersedes {
                        return Err(PlaceOrderError::InsufficientStock(short));
                    }
                    order.supersedes = own;
                }
                Err(PlaceFailure::Stale) => order.supersedes.clear(),
                Err(PlaceFailure::Unavailable(failure)) => return Err(failure.into()),
            }
        }
        Err(PlaceOrderError::Conflict)
    }

    /// The buyer's own unpaid orders that hold a short variant (or were superseded for another one already).
    async fn own_holds(&self, order: &NewOrder, short: VariantId) -> Result<Vec<OrderChange>, PortFailure> {
        let holds = self.orders.live_holds(order.buyer.user).await?;
        let needed = |hold: &super::Order| {
            let already = order.supersedes.iter().any(|change| change.order() == hold.id);
            already || hold.lines.iter().any(|line| line.variant == short)
        };
        let changes =
            holds.iter().filter(|hold| needed(hold)).filter_map(|hold| match hold.supersede(order.placed_at) {
                Ok(Decision::Apply(change)) => Some(change),
                Ok(Decision::AlreadyDone) | Err(_) => None,
            });
        Ok(changes.collect())
    }
}

#[cfg(test)]
#[path = "place_order_tests.rs"]
mod tests;
