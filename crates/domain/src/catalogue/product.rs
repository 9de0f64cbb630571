//! A product as shoppers see it.

use crate::shared::{ProductId, TagId, Timestamp, VariantId, Version, Won};

use super::NutritionFacts;

/// Whether a product can be bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProductStatus {
    /// Yes.
    Available,
    /// Yes, but hurry.
    LowStock,
    /// Not now.
    OutOfStock,
    /// Not any more.
    Discontinued,
}

impl ProductStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Available, Self::LowStock, Self::OutOfStock, Self::Discontinued];

    /// Its name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Available => "AVAILABLE",
            Self::LowStock => "LOW_STOCK",
            Self::OutOfStock => "OUT_OF_STOCK",
            Self::Discontinued => "DISCONTINUED",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether it may be put into a cart or an order.
    pub const fn is_for_sale(self) -> bool {
        matches!(self, Self::Available | Self::LowStock)
    }
}

/// The unit of a product's weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WeightUnit {
    /// Gram.
    Gram,
    /// Kilogram.
    Kilogram,
    /// Millilitre; counts as a gram.
    Millilitre,
    /// Litre; counts as a kilogram.
    Litre,
}

impl WeightUnit {
    /// Every unit.
    pub const ALL: [Self; 4] = [Self::Gram, Self::Kilogram, Self::Millilitre, Self::Litre];

    /// Its name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gram => "g",
            Self::Kilogram => "kg",
            Self::Millilitre => "ml",
            Self::Litre => "l",
        }
    }

    /// The unit of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name().eq_ignore_ascii_case(name))
    }

    /// That many grams, in the unit.
    pub fn amount(self, grams: f64) -> f64 {
        match self {
            Self::Gram | Self::Millilitre => grams,
            Self::Kilogram | Self::Litre => grams / 1000.0,
        }
    }

    /// That many of the unit, in grams.
    pub fn grams(self, amount: f64) -> f64 {
        match self {
            Self::Gram | Self::Millilitre => amount,
            Self::Kilogram | Self::Litre => amount * 1000.0,
        }
    }
}

/// A pack size of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantView {
    /// The variant.
    pub id: VariantId,
    /// Its name, unique within the product.
    pub name: String,
    /// The price of one.
    pub price: Won,
    /// Pieces on the shelf, held ones included.
    pub stock: i64,
    /// Pieces that unpaid orders hold.
    pub reserved: i64,
}

impl VariantView {
    /// Pieces that can be bought now.
    pub const fn available(&self) -> i64 {
        self.stock.saturating_sub(self.reserved)
    }
}

/// A word that products are found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The tag.
    pub id: TagId,
    /// Its text.
    pub name: String,
}

/// How well a product serves five goals, 0.0 to 5.0 each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GoalScores {
    /// Gaining muscle.
    pub muscle_gain: Option<f64>,
    /// Losing weight.
    pub weight_loss: Option<f64>,
    /// Energy.
    pub energy: Option<f64>,
    /// Recovery.
    pub recovery: Option<f64>,
    /// Health.
    pub health: Option<f64>,
}

/// What delivery of a product costs, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShippingTerms {
    /// The fee.
    pub fee: Won,
    /// From which total on it is waived.
    pub free_from: Option<Won>,
    /// How long it takes, in words.
    pub estimated_days: Option<String>,
}

/// A product in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductSummary {
    /// The product.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// The price that lists show and sort by: that of the default variant.
    pub price: Won,
    /// Its category.
    pub category: String,
    /// Its picture: absolute, or a path under this server.
    pub image: Option<String>,
    /// Its brand.
    pub brand: Option<String>,
    /// Net weight of the default variant.
    pub weight: f64,
    /// Its unit.
    pub weight_unit: WeightUnit,
    /// Whether it can be bought.
    pub status: ProductStatus,
    /// Average of its ratings, 0.0 without any.
    pub average_rating: f64,
    /// How many ratings.
    pub review_count: i64,
    /// Its tags, by name.
    pub tags: Vec<Tag>,
    /// The price before the discount.
    pub original_price: Option<Won>,
    /// The discount in percent.
    pub discount: Option<i32>,
    /// Its pack sizes, the default one first.
    pub variants: Vec<VariantView>,
    /// When it came into the shop.
    pub created_at: Timestamp,
}

/// A product with all that its page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductDetail {
    /// What lists show.
    pub summary: ProductSummary,
    /// About it.
    pub description: Option<String>,
    /// How to keep it.
    pub storage: Option<String>,
    /// What is in it.
    pub nutrition: NutritionFacts,
    /// How well it serves goals; `None` if nothing is known.
    pub goals: Option<GoalScores>,
    /// How many times it was changed, moves of stock not counted.
    pub version: Version,
    /// What delivery costs; `None` if nothing is known.
    pub shipping: Option<ShippingTerms>,
}
