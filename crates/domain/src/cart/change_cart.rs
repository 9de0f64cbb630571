//! A shopper fills, changes and empties a cart.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Actor, CartItemId, PortFailure, ProductId, Quantity, VariantId};

use super::{Cart, CartLine, CartRepository};

/// Fills, changes and empties carts.
pub struct ChangeCart {
    /// Where carts are kept.
    pub carts: Arc<dyn CartRepository>,
}

/// What is to be added.
#[derive(Clone, Copy, Debug)]
pub struct AddToCartCommand {
    /// Whose cart.
    pub actor: Actor,
    /// The product.
    pub product: ProductId,
    /// The variant.
    pub variant: VariantId,
    /// Pieces.
    pub quantity: Quantity,
}

/// Why a cart was not changed.
#[derive(Debug, Error)]
pub enum ChangeCartError {
    /// There is no such product.
    #[error("the product does not exist")]
    ProductNotFound(ProductId),
    /// There is no such variant.
    #[error("the variant does not exist")]
    VariantNotFound(VariantId),
    /// The variant belongs to another product.
    #[error("the variant belongs to another product")]
    VariantOfAnotherProduct(VariantId),
    /// The product is not sold at present.
    #[error("the product is not for sale")]
    NotForSale(ProductId),
    /// Not so many left, counting what is in the cart already.
    #[error("not enough left")]
    InsufficientStock(VariantId),
    /// More than one line can hold.
    #[error("a line holds at most 999 pieces")]
    TooMany,
    /// The cart has no such line.
    #[error("the cart has no such line")]
    LineNotFound,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl ChangeCart {
    /// The actor's cart.
    pub async fn show(&self, actor: &Actor) -> Result<Cart, PortFailure> {
        self.carts.cart(actor.user).await
    }

    /// Adds pieces of a variant; the line as it is then. What is in the cart is checked against what can be bought
    /// now, but holds nothing: placing the order decides.
    pub async fn add(&self, command: AddToCartCommand) -> Result<CartLine, ChangeCartError> {
        let AddToCartCommand { actor, product, variant, quantity } = command;
        let (product_exists, buyable) = self.carts.buyable(actor.user, product, variant).await?;
        if !product_exists {
            return Err(ChangeCartError::ProductNotFound(product));
        }
        let buyable = buyable.ok_or(ChangeCartError::VariantNotFound(variant))?;
        if buyable.product != product {
            return Err(ChangeCartError::VariantOfAnotherProduct(variant));
        }
        if !buyable.status.is_for_sale() {
            return Err(ChangeCartError::NotForSale(product));
        }
        let wanted = buyable.in_cart.saturating_add(quantity.get());
        if wanted > buyable.available {
            return Err(ChangeCartError::InsufficientStock(variant));
        }
        Quantity::try_new(wanted).map_err(|_| ChangeCartError::TooMany)?;
        self.carts.add(actor.user, product, variant, quantity).await?;
        self.carts.line_of(actor.user, variant).await?.ok_or(ChangeCartError::LineNotFound)
    }

    /// Sets a line's pieces; the line as it is then.
    pub async fn change(
        &self,
        actor: &Actor,
        item: CartItemId,
        quantity: Quantity,
    ) -> Result<CartLine, ChangeCartError> {
        let line = self.carts.line(actor.user, item).await?.ok_or(ChangeCartError::LineNotFound)?;
        if !line.status.is_for_sale() {
            return Err(ChangeCartError::NotForSale(line.product));
        }
        if quantity.get() > line.available {
            return Err(ChangeCartError::InsufficientStock(line.variant));
        }
        if !self.carts.change(actor.user, item, quantity).await? {
            return Err(ChangeCartError::LineNotFound);
        }
        Ok(CartLine { quantity, ..line })
    }

    /// Removes one line.
    pub async fn remove(&self, actor: &Actor, item: CartItemId) -> Result<(), ChangeCartError> {
        match self.carts.remove(actor.user, &[item]).await? {
            0 => Err(ChangeCartError::LineNotFound),
            _ => Ok(()),
        }
    }

    /// Removes the named lines; those that are not the actor's are left alone.
    pub async fn remove_selected(&self, actor: &Actor, items: &[CartItemId]) -> Result<(), PortFailure> {
        self.carts.remove(actor.user, items).await.map(|_| ())
    }

    /// Removes every line.
    pub async fn clear(&self, actor: &Actor) -> Result<(), PortFailure> {
        self.carts.clear(actor.user).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cart::{BuyableVariant, MockCartRepository};
    use crate::catalogue::ProductStatus;
    use crate::testing::BUYER;

    const PRODUCT: ProductId = ProductId::new(3);
    const VARIANT: VariantId = VariantId::new(5);

    fn buyable() -> BuyableVariant {
        BuyableVariant { product: PRODUCT, status: ProductStatus::Available, available: 1500, in_cart: 0 }
    }

    /// Adds 10 pieces to a cart that must refuse: the mock panics if anything is stored.
    async fn refusal(product_exists: bool, buyable: Option<BuyableVariant>) -> ChangeCartError {
        let mut carts = MockCartRepository::new();
        carts.expect_buyable().returning(move |_, _, _| Ok((product_exists, buyable)));
        let quantity = Quantity::try_new(10).unwrap();
        let command = AddToCartCommand { actor: BUYER, product: PRODUCT, variant: VARIANT, quantity };
        ChangeCart { carts: Arc::new(carts) }.add(command).await.unwrap_err()
    }

    #[tokio::test]
    async fn what_cannot_be_bought_does_not_enter_the_cart() {
        assert!(matches!(refusal(false, None).await, ChangeCartError::ProductNotFound(PRODUCT)));
        assert!(matches!(refusal(true, None).await, ChangeCartError::VariantNotFound(VARIANT)));
        let foreign = BuyableVariant { product: ProductId::new(4), ..buyable() };
        assert!(matches!(refusal(true, Some(foreign)).await, ChangeCartError::VariantOfAnotherProduct(VARIANT)));
        let gone = BuyableVariant { status: ProductStatus::Discontinued, ..buyable() };
        assert!(matches!(refusal(true, Some(gone)).await, ChangeCartError::NotForSale(PRODUCT)));
        let scarce = BuyableVariant { available: 12, in_cart: 3, ..buyable() };
        assert!(matches!(refusal(true, Some(scarce)).await, ChangeCartError::InsufficientStock(VARIANT)));
        let full = BuyableVariant { in_cart: 990, ..buyable() };
        assert!(matches!(refusal(true, Some(full)).await, ChangeCartError::TooMany));
    }
}
