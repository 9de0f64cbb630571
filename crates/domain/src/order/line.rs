//! A line of an order.

use crate::shared::{MoneyError, ProductId, Quantity, VariantId, Won};

/// What was bought, as it was when it was bought: renaming the product later does not rewrite the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// The product.
    pub product: ProductId,
    /// The pack size.
    pub variant: VariantId,
    /// The product's name.
    pub product_name: String,
    /// The pack size's name.
    pub variant_name: String,
    /// Its picture.
    pub image: Option<String>,
    /// Pieces.
    pub quantity: Quantity,
    /// The price of one.
    pub price: Won,
}

impl OrderLine {
    /// The price of all pieces.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] past the largest amount; a placed order was checked against it.
    pub fn total(&self) -> Result<Won, MoneyError> {
        self.price.times(self.quantity)
    }
}
