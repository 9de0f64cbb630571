//! A place in a sorted list: from there the list goes on, whatever was put in front of it meanwhile.

use crate::shared::{ProductId, Timestamp, Won};

use super::product::ProductSummary;
use super::repository::{ProductOrder, SortKey};

/// What a product is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub enum SortValue {
    /// When it came into the shop.
    CreatedAt(Timestamp),
    /// Its list price.
    Price(Won),
    /// Its name.
    Name(String),
    /// Its average rating, as it is stored.
    Rating(f64),
    /// Nothing but its number.
    Id,
}

impl SortValue {
    /// Which key it is a value of.
    pub const fn key(&self) -> SortKey {
        match self {
            Self::CreatedAt(_) => SortKey::CreatedAt,
            Self::Price(_) => SortKey::Price,
            Self::Name(_) => SortKey::Name,
            Self::Rating(_) => SortKey::Rating,
            Self::Id => SortKey::Id,
        }
    }
}

/// Where a product stood in a list when it was shown. It may have moved since, or be gone; the place is still one.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductPlace {
    /// What it was sorted by.
    pub value: SortValue,
    /// Its number, which breaks ties.
    pub id: ProductId,
}

impl ProductPlace {
    /// Where that product stands in that order.
    pub fn of(product: &ProductSummary, order: ProductOrder) -> Self {
        let value = match order.key {
            SortKey::CreatedAt => SortValue::CreatedAt(product.created_at),
            SortKey::Price => SortValue::Price(product.price),
            SortKey::Name => SortValue::Name(product.name.clone()),
            SortKey::Rating => SortValue::Rating(product.average_rating),
            SortKey::Id => SortValue::Id,
        };
        Self { value, id: product.id }
    }
}
