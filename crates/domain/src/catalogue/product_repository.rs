//! The ports through which the shelf is changed.

use async_trait::async_trait;
use thiserror::Error;

use crate::shared::{AuditEntry, Page, PageRequest, PortFailure, ProductId, TagId, VariantId};

use super::product::Tag;
use super::sheet::ProductSheet;
use super::shelf_change::{Editor, Erasure, NewProduct, ShelfChange};

/// Why a change of a product was not stored. Nothing of it was.
#[derive(Debug, Error)]
pub enum ChangeShelfFailure {
    /// Somebody else changed the product after it was read, or it is gone.
    #[error("the product was changed by somebody else")]
    Stale,
    /// Another variant has a name that the store cannot tell from this one.
    #[error("another variant of the product has that name")]
    NameTaken,
    /// What is to be erased was sold, lies in a cart, or was counted.
    #[error("something refers to what was to be erased")]
    InUse,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Pieces to count in or out by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockAdjustment {
    /// Of which variant.
    pub variant: VariantId,
    /// How many more, or, below zero, less. Never zero.
    pub delta: i64,
    /// Why.
    pub reason: String,
}

impl StockAdjustment {
    /// The most pieces that are counted in or out at a time.
    pub const MOST: i64 = 1_000_000;
    /// The most pieces on a shelf.
    pub const SHELF: i64 = 1_000_000_000;
}

/// Pieces of a variant, as the store counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockLevel {
    /// The product that it is of.
    pub product: ProductId,
    /// Pieces on the shelf, held ones included.
    pub stock: i64,
    /// Of them, held by unpaid orders.
    pub reserved: i64,
}

/// Why stock was not adjusted. It is as it was.
#[derive(Debug, Error)]
pub enum AdjustStockFailure {
    /// There is no such variant.
    #[error("there is no such variant")]
    NotFound,
    /// There would be less than unpaid orders hold, or more than a shelf bears.
    #[error("the stock would leave its bounds")]
    OutOfBounds {
        /// What there is.
        level: StockLevel,
    },
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Where the shelf is kept. Every write puts its entry into the audit trail, in the same transaction.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ProductRepository: Send + Sync {
    /// A product with all that can be edited of it. At most four statements.
    async fn sheet(&self, id: ProductId) -> Result<Option<ProductSheet>, PortFailure>;

    /// Stores a product with its default variant, and the tags that did not exist.
    async fn create(&self, product: &NewProduct, by: Editor) -> Result<ProductId, PortFailure>;

    /// Stores a decided change and raises the version, if the product still has `change.version()`; otherwise `Stale`.
    async fn apply(&self, change: &ShelfChange) -> Result<(), ChangeShelfFailure>;

    /// Erases a product with its variants, if it still has `erasure.version` and nothing refers to it: no order, no
    /// cart, no review, no line of the stock ledger. Otherwise `Stale` or `InUse`.
    async fn erase(&self, erasure: &Erasure) -> Result<(), ChangeShelfFailure>;

    /// Counts pieces in or out, as long as there are neither less than orders hold nor more than a shelf bears. The
    /// product's version stays: stock moves with every sale.
    async fn adjust_stock(&self, adjustment: &StockAdjustment, by: Editor) -> Result<StockLevel, AdjustStockFailure>;
}

/// A tag and how many products bear it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagUsage {
    /// The tag.
    pub tag: Tag,
    /// How many products.
    pub products: u64,
}

/// A decided change of a tag.
#[derive(Clone, Debug, PartialEq)]
pub struct TagChange {
    /// The tag as it was when that was decided.
    pub tag: Tag,
    /// Its new name; `None` erases it.
    pub name: Option<String>,
    /// What the trail says of it.
    pub entry: AuditEntry,
}

/// Why a change of a tag was not stored.
#[derive(Debug, Error)]
pub enum ChangeTagFailure {
    /// Somebody else renamed or erased it meanwhile.
    #[error("the tag was changed by somebody else")]
    Stale,
    /// Another tag has that name.
    #[error("another tag has that name")]
    NameTaken,
    /// Products bear it.
    #[error("products bear the tag")]
    InUse,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Where tags are kept.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait TagRepository: Send + Sync {
    /// One page of all tags by name, with how many products bear each. At most two statements.
    async fn list(&self, page: PageRequest) -> Result<Page<TagUsage>, PortFailure>;

    /// One tag.
    async fn find(&self, id: TagId) -> Result<Option<Tag>, PortFailure>;

    /// Renames or erases a tag, if it still has the name that it had, with an entry in the audit trail. A rename raises
    /// the version of every product that bears it; a tag that any product bears is not erased.
    async fn apply(&self, change: &TagChange) -> Result<(), ChangeTagFailure>;
}
