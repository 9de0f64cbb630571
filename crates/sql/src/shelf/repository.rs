//! The shelf behind its port.

use async_trait::async_trait;
use ef_domain::catalogue::{
    AdjustStockFailure, ChangeShelfFailure, Editor, Erasure, NewProduct, ProductRepository, ProductSheet, ShelfChange,
    StockAdjustment, StockLevel,
};
use ef_domain::shared::{FailureKind, PortFailure, ProductId};

use crate::connect::Database;
use crate::tx::{self, TxFailure};

use super::erase::Erasing;
use super::sheet;
use super::stock::{self, Adjusting};
use super::write::{Changing, Creating, Refusal};

const CREATING: &str = "creating a product";
const CHANGING: &str = "changing a product";
const ERASING: &str = "erasing a product";
const ADJUSTING: &str = "adjusting stock";

/// The shelf in MySQL or SQLite.
pub struct SqlProductRepository {
    database: Database,
}

impl SqlProductRepository {
    /// A repository over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl ProductRepository for SqlProductRepository {
    async fn sheet(&self, id: ProductId) -> Result<Option<ProductSheet>, PortFailure> {
        sheet::read(self.database.reader(), id).await
    }

    async fn create(&self, product: &NewProduct, by: Editor) -> Result<ProductId, PortFailure> {
        match tx::run(&self.database, CREATING, &Creating { product, by }).await {
            Ok(id) => Ok(id),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
            Err(TxFailure::Refused(())) => Err(PortFailure::new(FailureKind::Corrupt, CREATING, "nothing refuses")),
        }
    }

    async fn apply(&self, change: &ShelfChange) -> Result<(), ChangeShelfFailure> {
        tx::run(&self.database, CHANGING, &Changing(change)).await.map_err(failure)
    }

    async fn erase(&self, erasure: &Erasure) -> Result<(), ChangeShelfFailure> {
        tx::run(&self.database, ERASING, &Erasing(erasure)).await.map_err(failure)
    }

    async fn adjust_stock(&self, adjustment: &StockAdjustment, by: Editor) -> Result<StockLevel, AdjustStockFailure> {
        match tx::run(&self.database, ADJUSTING, &Adjusting { adjustment, by }).await {
            Ok(level) => Ok(level),
            Err(TxFailure::Refused(stock::Refusal::NotFound)) => Err(AdjustStockFailure::NotFound),
            Err(TxFailure::Refused(stock::Refusal::OutOfBounds(level))) => {
                Err(AdjustStockFailure::OutOfBounds { level })
            }
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure.into()),
        }
    }
}

fn failure(failure: TxFailure<Refusal>) -> ChangeShelfFailure {
    match failure {
        TxFailure::Refused(Refusal::Stale) => ChangeShelfFailure::Stale,
        TxFailure::Refused(Refusal::NameTaken) => ChangeShelfFailure::NameTaken,
        TxFailure::Refused(Refusal::InUse) => ChangeShelfFailure::InUse,
        TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure) => failure.into(),
    }
}
