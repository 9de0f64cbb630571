//! Where carts are kept.

use async_trait::async_trait;

use crate::catalogue::ProductStatus;
use crate::shared::{CartItemId, PortFailure, ProductId, Quantity, UserId, VariantId};

use super::{Cart, CartLine};

/// What a shopper who wants a variant must know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuyableVariant {
    /// The product that it belongs to.
    pub product: ProductId,
    /// Whether that is for sale.
    pub status: ProductStatus,
    /// Pieces that this shopper can buy now: not held by anybody else.
    pub available: i64,
    /// Pieces that are in his cart already; 0 if none.
    pub in_cart: i64,
}

/// Where carts are kept. A line that is somebody else's does not exist for these methods.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait CartRepository: Send + Sync {
    /// The whole cart, newest line first. At most two statements.
    async fn cart(&self, user: UserId) -> Result<Cart, PortFailure>;

    /// One line. At most two statements.
    async fn line(&self, user: UserId, item: CartItemId) -> Result<Option<CartLine>, PortFailure>;

    /// The line of a variant. At most two statements.
    async fn line_of(&self, user: UserId, variant: VariantId) -> Result<Option<CartLine>, PortFailure>;

    /// Whether a product of that id exists, and the variant as this user can buy it. One statement.
    async fn buyable(
        &self,
        user: UserId,
        product: ProductId,
        variant: VariantId,
    ) -> Result<(bool, Option<BuyableVariant>), PortFailure>;

    /// Adds pieces of a variant: to its line if there is one, never beyond [`Quantity::MAX`], else on a new line. One
    /// statement, so that parallel calls neither fail nor lose a piece.
    async fn add(
        &self,
        user: UserId,
        product: ProductId,
        variant: VariantId,
        quantity: Quantity,
    ) -> Result<(), PortFailure>;

    /// Sets a line's pieces; whether there was such a line.
    async fn change(&self, user: UserId, item: CartItemId, quantity: Quantity) -> Result<bool, PortFailure>;

    /// Removes lines; how many there were.
    async fn remove(&self, user: UserId, items: &[CartItemId]) -> Result<u64, PortFailure>;

    /// Removes every line.
    async fn clear(&self, user: UserId) -> Result<(), PortFailure>;
}
