//! The port through which the shelf is read.

use async_trait::async_trait;

use crate::shared::{Page, PageRequest, PortFailure, ProductId, Stretch, Won};

use super::{ProductDetail, ProductPlace, ProductStatus, ProductSummary};

/// How far a look goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shelf {
    /// What stands on the shelf.
    #[default]
    Front,
    /// And what was retired: it left the shelf and stays in the books.
    Whole,
}

/// Which products. Every given condition must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductFilter {
    /// Exactly this category.
    pub category: Option<String>,
    /// Each of the first eight words of this text, in any case, somewhere in the name, the brand, a tag or the name of a
    /// nutrient; not all of them in the same place. `%` and `_` stand for themselves.
    pub keyword: Option<String>,
    /// Exactly this status.
    pub status: Option<ProductStatus>,
    /// At least this list price.
    pub min_price: Option<Won>,
    /// At most this list price.
    pub max_price: Option<Won>,
    /// How far the look goes.
    pub shelf: Shelf,
}

/// What lists can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// When the product came into the shop.
    CreatedAt,
    /// List price.
    Price,
    /// Name.
    Name,
    /// Average rating.
    Rating,
    /// Number.
    Id,
}

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortDirection {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// How a list is sorted. Ties are always broken by id in the same direction, so that no row repeats or is skipped
/// between pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductOrder {
    /// By what.
    pub key: SortKey,
    /// Which way.
    pub direction: SortDirection,
}

impl ProductOrder {
    /// The newest product first: what a list without a wish gets.
    pub const NEWEST_FIRST: Self = Self { key: SortKey::CreatedAt, direction: SortDirection::Descending };
}

/// Products as pages show them.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait CatalogueQueries: Send + Sync {
    /// One page of the products that pass the filter. At most four statements, whatever the page's size.
    async fn list(
        &self,
        filter: &ProductFilter,
        order: ProductOrder,
        page: PageRequest,
    ) -> Result<Page<ProductSummary>, PortFailure>;

    /// What comes behind a place in the list, at most `size` rows: the same work however far behind it is, and no row
    /// that was seen before it comes again because another was put in front. The order is that of the place's key. At
    /// most four statements.
    async fn after(
        &self,
        filter: &ProductFilter,
        direction: SortDirection,
        place: &ProductPlace,
        size: u32,
    ) -> Result<Stretch<ProductSummary>, PortFailure>;

    /// One product, also one that was retired: links to it stay good. At most five statements.
    async fn find(&self, id: ProductId) -> Result<Option<ProductDetail>, PortFailure>;

    /// The names of all categories that have a product on the shelf, sorted.
    async fn categories(&self) -> Result<Vec<String>, PortFailure>;
}
