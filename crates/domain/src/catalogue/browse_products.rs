//! A shopper browses.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Page, PageRequest, PortFailure, ProductId, Stretch};

use super::{
    CatalogueQueries, ProductDetail, ProductFilter, ProductOrder, ProductPlace, ProductSummary, SortDirection,
};

/// Shows the shelf.
pub struct BrowseProducts {
    /// Products as pages show them.
    pub products: Arc<dyn CatalogueQueries>,
}

/// Why a product is not shown.
#[derive(Debug, Error)]
pub enum FindProductError {
    /// There is no such product.
    #[error("the product does not exist")]
    NotFound,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl BrowseProducts {
    /// One page of the shelf.
    pub async fn list(
        &self,
        filter: &ProductFilter,
        order: ProductOrder,
        page: PageRequest,
    ) -> Result<Page<ProductSummary>, PortFailure> {
        self.products.list(filter, order, page).await
    }

    /// What comes behind a place in the list.
    pub async fn after(
        &self,
        filter: &ProductFilter,
        direction: SortDirection,
        place: &ProductPlace,
        size: u32,
    ) -> Result<Stretch<ProductSummary>, PortFailure> {
        self.products.after(filter, direction, place, size).await
    }

    /// One product.
    pub async fn find(&self, id: ProductId) -> Result<ProductDetail, FindProductError> {
        self.products.find(id).await?.ok_or(FindProductError::NotFound)
    }

    /// The names of all categories, sorted.
    pub async fn categories(&self) -> Result<Vec<String>, PortFailure> {
        self.products.categories().await
    }
}
