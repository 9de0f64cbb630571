//! The transaction that erases a product which never was on sale.

use async_trait::async_trait;
use ef_domain::catalogue::Erasure;
use sea_orm::DatabaseTransaction;

use crate::audit;
use crate::sql::execute;
use crate::tx::{Stop, Work};

use super::write::{Refusal, refused};

/// What belongs to a product, and the product.
const BELONGINGS: [&str; 4] = [
    "DELETE FROM product_nutrients WHERE product_id = ?",
    "DELETE FROM product_tags WHERE product_id = ?",
    "DELETE FROM product_variant WHERE product_id = ?",
    "DELETE FROM product WHERE id = ?",
];

/// A product on its way out.
pub(super) struct Erasing<'a>(pub(super) &'a Erasure);

#[async_trait]
impl Work for Erasing<'_> {
    type Output = ();
    type Refusal = Refusal;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<Refusal>> {
        let Erasure { product, version, entry } = self.0;
        let sql = "UPDATE product SET version = version + 1 WHERE id = ? AND version = ?";
        if execute(tx, sql, [product.get().into(), version.get().into()]).await?.rows_affected() == 0 {
            return Err(Stop::Refused(Refusal::Stale));
        }
        // Orders, carts and the ledger refer to variants; their foreign keys refuse, and all of this is undone.
        for sql in BELONGINGS {
            execute(tx, sql, [product.get().into()]).await.map_err(refused)?;
        }
        audit::write(tx, entry).await?;
        Ok(())
    }
}
