//! The shelf: products, the pack sizes they come in, what is in them, and how shoppers browse.

mod browse_products;
mod nutrition;
mod product;
mod repository;

pub use browse_products::{BrowseProducts, FindProductError};
pub use nutrition::{
    Eaten, MacroNutrients, NUTRIENT_CODES, NutrientAmount, NutrientCode, NutrientShare, NutritionFacts,
    NutritionSummary,
};
pub use product::{
    GoalScores, ProductDetail, ProductStatus, ProductSummary, ShippingTerms, Tag, VariantView, WeightUnit,
};
#[cfg(any(test, feature = "mock"))]
pub use repository::MockCatalogueQueries;
pub use repository::{CatalogueQueries, ProductFilter, ProductOrder, SortDirection, SortKey};
