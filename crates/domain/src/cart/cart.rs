//! The cart as its page shows it.

use crate::catalogue::{Eaten, MacroNutrients, NutritionSummary, ProductStatus, WeightUnit};
use crate::shared::{CartItemId, MoneyError, ProductId, Quantity, VariantId, Won};

/// One variant in a cart, with what it costs and how much is left right now.
#[derive(Clone, Debug, PartialEq)]
pub struct CartLine {
    /// The line.
    pub id: CartItemId,
    /// The product.
    pub product: ProductId,
    /// Its name.
    pub product_name: String,
    /// Its picture.
    pub image: Option<String>,
    /// Its category.
    pub category: String,
    /// Whether it is for sale.
    pub status: ProductStatus,
    /// The variant.
    pub variant: VariantId,
    /// Its name.
    pub variant_name: String,
    /// The price of one.
    pub price: Won,
    /// Pieces.
    pub quantity: Quantity,
    /// Pieces that this shopper can buy now: what nobody else holds.
    pub available: i64,
    /// Net weight of one piece in grams.
    pub grams: f64,
    /// Weight of the product's default variant.
    pub weight: f64,
    /// Its unit.
    pub weight_unit: WeightUnit,
    /// Macros of 100 g; `None` if nothing is known.
    pub nutrition: Option<MacroNutrients>,
}

impl CartLine {
    /// Whether the wanted pieces can be bought now.
    pub fn is_available(&self) -> bool {
        self.status.is_for_sale() && self.quantity.get() <= self.available
    }

    /// The price of all pieces.
    pub fn total(&self) -> Result<Won, MoneyError> {
        self.price.times(self.quantity)
    }
}

/// A shopper's cart, newest line first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cart {
    /// The lines.
    pub lines: Vec<CartLine>,
}

impl Cart {
    /// The price of everything.
    pub fn total(&self) -> Result<Won, MoneyError> {
        self.lines.iter().map(CartLine::total).try_fold(Won::ZERO, |sum, line| sum.plus(line?))
    }

    /// All pieces.
    pub fn pieces(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity.get()).fold(0, i64::saturating_add)
    }

    /// What it amounts to as food.
    pub fn nutrition(&self) -> NutritionSummary {
        NutritionSummary::of(self.lines.iter().map(|line| Eaten {
            grams: line.grams,
            pieces: line.quantity.get(),
            macros: line.nutrition,
        }))
    }
}

/// The one rule for what delivery would cost. It is shown with the cart and, as the screens say that delivery is
/// free, never charged: an order costs the sum of its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShippingRule {
    /// The fee below the threshold.
    pub fee: Won,
    /// From which total on delivery is free.
    pub free_from: Won,
}

impl ShippingRule {
    /// The fee for goods of that price.
    pub fn fee_for(&self, total: Won) -> Won {
        if total >= self.free_from { Won::ZERO } else { self.fee }
    }
}
