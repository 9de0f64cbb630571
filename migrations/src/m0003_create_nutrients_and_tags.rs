//! What products are known by: nutrients and tags.

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
            table("product_nutrients", columns)
                .col(col("product_id").big_integer().not_null())
                .col(columns.exact("code", 100).not_null())
                .col(col("name").string_len(100).not_null())
                .col(col("value").double().not_null())
                .col(col("unit").string_len(20).not_null())
                .col(col("daily_percentage").integer())
                .index(
                    Index::create().name("ux_product_nutrients_product_id_code").col("product_id").col("code").unique(),
                )
                .foreign_key(&mut references("product_nutrients", "product_id", "product"))
                .take(),
            [],
        )
        .await?;
        create(manager, table("tags", columns).col(columns.exact("name", 100).not_null().unique_key()).take(), [])
            .await?;
        create(
            manager,
            table("product_tags", columns)
                .col(col("product_id").big_integer().not_null())
                .col(col("tag_id").big_integer().not_null())
                .index(
                    Index::create().name("ux_product_tags_product_id_tag_id").col("product_id").col("tag_id").unique(),
                )
                .foreign_key(&mut references("product_tags", "product_id", "product"))
                .foreign_key(&mut references("product_tags", "tag_id", "tags"))
                .take(),
            [index("product_tags", &["tag_id"])],
        )
        .await?;
        Ok(())
    }
}
