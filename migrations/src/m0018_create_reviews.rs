//! What buyers think of products, and indices for every way in which the shelf is sorted.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add_index, col, create, index, references, table, unique};

/// The half steps of the scale, as exact decimals.
const RATINGS: &str = "rating IN (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        create(
            manager,
            table("review", columns)
                .col(col("user_id").big_integer().not_null())
                .col(col("product_id").big_integer().not_null())
                .col(col("rating").custom(Alias::new("DECIMAL(2,1)")).not_null())
                .col(col("body").text())
                .col(col("version").big_integer().not_null().default(0))
                .foreign_key(&mut references("review", "user_id", "user"))
                .foreign_key(&mut references("review", "product_id", "product"))
                .check(Expr::cust(RATINGS))
                .take(),
            // One for each product and buyer; a product's reviews by their age; their sum without reading them.
            [
                unique("review", &["user_id", "product_id"]),
                index("review", &["product_id", "created_at", "id"]),
                index("review", &["product_id", "rating"]),
            ],
        )
        .await?;
        for columns in [
            ["average_rating", "id"].as_slice(),
            &["category", "base_price", "id"],
            &["category", "name", "id"],
            &["category", "average_rating", "id"],
        ] {
            add_index(manager, "product", columns).await?;
        }
        Ok(())
    }
}
