//! The shelf: products, the pack sizes they come in, what is in them, how shoppers browse and how administrators keep it.

mod browse_products;
mod image;
mod image_store;
mod keep_images;
mod keep_products;
mod keep_tags;
mod nutrition;
mod place;
mod product;
mod product_repository;
mod repository;
mod sheet;
mod shelf_change;
#[cfg(test)]
mod shelf_change_tests;

pub use browse_products::{BrowseProducts, FindProductError};
pub use image::{CleanImage, ImageKind, ImageName};
pub use image_store::{CleanImageFailure, ImageCleaner, ImageLedger, ImageStore, ReleaseImageFailure};
#[cfg(any(test, feature = "mock"))]
pub use image_store::{MockImageCleaner, MockImageLedger, MockImageStore};
pub use keep_images::{EraseImageError, KeepImages};
pub use keep_products::{KeepProducts, KeepProductsError, ProductTarget, Removal, ShelfWish};
pub use keep_tags::{KeepTags, KeepTagsError};
pub use nutrition::{
    Eaten, MacroNutrients, NUTRIENT_CODES, NutrientAmount, NutrientCode, NutrientShare, NutritionFacts,
    NutritionSummary,
};
pub use place::{ProductPlace, SortValue};
pub use product::{
    GoalScores, ProductDetail, ProductStatus, ProductSummary, ShippingTerms, Tag, VariantView, WeightUnit,
};
pub use product_repository::{
    AdjustStockFailure, ChangeShelfFailure, ChangeTagFailure, ProductRepository, StockAdjustment, StockLevel,
    TagChange, TagRepository, TagUsage,
};
#[cfg(any(test, feature = "mock"))]
pub use product_repository::{MockProductRepository, MockTagRepository};
#[cfg(any(test, feature = "mock"))]
pub use repository::MockCatalogueQueries;
pub use repository::{CatalogueQueries, ProductFilter, ProductOrder, Shelf, SortDirection, SortKey};
pub use sheet::{FieldEdit, ProductFields, ProductSheet, VariantFields, VariantSheet};
pub use shelf_change::{
    Editor, Erasure, NewProduct, ProductEdit, ShelfChange, VariantChange, VariantEdit, VariantRefusal,
};
