//! What shoppers mean to buy.

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
            table("cart_items", columns)
                .col(col("user_id").big_integer().not_null())
                .col(col("product_id").big_integer().not_null())
                .col(col("variant_id").big_integer().not_null())
                .col(col("quantity").big_integer().not_null())
                .index(
                    Index::create().name("ux_cart_items_user_id_variant_id").col("user_id").col("variant_id").unique(),
                )
                .foreign_key(&mut references("cart_items", "user_id", "user"))
                .foreign_key(&mut references("cart_items", "product_id", "product"))
                .foreign_key(&mut references("cart_items", "variant_id", "product_variant"))
                .check(Expr::col("quantity").between(1, 999))
                .take(),
            [index("cart_items", &["variant_id"])],
        )
        .await?;
        Ok(())
    }
}
