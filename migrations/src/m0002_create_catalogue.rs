//! The shelf: products and their pack sizes.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, col, create, index, references, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        create(
            manager,
            table("product", columns)
                .col(columns.exact("slug", 100).unique_key())
                .col(col("name").string_len(255).not_null())
                .col(col("description").text())
                .col(col("base_price").big_integer().not_null())
                .col(col("original_price").big_integer())
                .col(col("discount_rate").integer())
                .col(col("image_url").string_len(1000))
                .col(columns.exact("category", 100).not_null())
                .col(col("brand").string_len(100))
                .col(col("weight").double().not_null())
                .col(col("weight_unit").string_len(10).not_null())
                .col(col("status").string_len(20).not_null())
                .col(col("storage").string_len(200))
                .col(col("average_rating").double().not_null().default(0.0))
                .col(col("review_count").big_integer().not_null().default(0))
                .col(col("score_muscle_gain").double())
                .col(col("score_weight_loss").double())
                .col(col("score_energy").double())
                .col(col("score_recovery").double())
                .col(col("score_health").double())
                .col(col("shipping_fee").big_integer())
                .col(col("free_shipping_threshold").big_integer())
                .col(col("estimated_delivery_days").string_len(20))
                .check(Expr::col("base_price").gte(0))
                .check(Expr::col("weight").gt(0.0))
                .check(Expr::col("status").is_in(["AVAILABLE", "LOW_STOCK", "OUT_OF_STOCK", "DISCONTINUED"]))
                .take(),
            [
                index("product", &["category", "created_at"]),
                index("product", &["created_at", "id"]),
                index("product", &["base_price", "id"]),
                index("product", &["name", "id"]),
            ],
        )
        .await?;
        // The last line of defence: no bug in any query can promise a piece twice or sell one that is not there.
        let reserved_is_covered = Expr::col("reserved_stock").between(0, Expr::col("stock"));
        create(
            manager,
            table("product_variant", columns)
                .col(col("product_id").big_integer().not_null())
                .col(col("size").string_len(100).not_null())
                .col(col("price").big_integer().not_null())
                .col(col("stock").big_integer().not_null().default(0))
                .col(col("reserved_stock").big_integer().not_null().default(0))
                .col(col("weight_grams").double())
                .col(col("is_default").boolean().not_null().default(false))
                .index(
                    Index::create().name("ux_product_variant_product_id_size").col("product_id").col("size").unique(),
                )
                .foreign_key(&mut references("product_variant", "product_id", "product"))
                .check(Expr::col("price").gte(0))
                .check(reserved_is_covered)
                .take(),
            [],
        )
        .await?;
        Ok(())
    }
}
