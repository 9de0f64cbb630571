//! Orders and their lines.

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
            table("orders", columns)
                .col(col("order_number").big_integer().not_null().unique_key())
                .col(col("user_id").big_integer().not_null())
                .col(col("status").string_len(20).not_null())
                .col(col("payment_status").string_len(20).not_null())
                .col(col("total_amount").big_integer().not_null())
                .col(col("recipient_name").string_len(100).not_null())
                .col(col("phone_number").string_len(20).not_null())
                .col(col("postal_code").string_len(10).not_null())
                .col(col("address_line1").string_len(500).not_null())
                .col(col("address_line2").string_len(500))
                .col(columns.moment("hold_expires_at"))
                .col(columns.exact("payment_key", 200))
                .col(columns.moment("deposit_due_at"))
                .col(columns.moment("paid_at"))
                .col(columns.moment("shipped_at"))
                .col(columns.moment("delivered_at"))
                .col(columns.moment("cancelled_at"))
                .col(col("cancel_cause").string_len(20))
                .col(col("cancel_reason").string_len(200))
                .col(col("version").big_integer().not_null().default(0))
                .foreign_key(&mut references("orders", "user_id", "user"))
                .check(Expr::col("total_amount").gte(0))
                .check(Expr::col("status").is_in(["PENDING", "CONFIRMED", "SHIPPED", "DELIVERED", "CANCELLED"]))
                .check(Expr::col("payment_status").is_in(["PENDING", "COMPLETED", "FAILED", "REFUNDED"]))
                .take(),
            // The history of a buyer; his live holds; the holds that fall due (set only while an order awaits payment).
            [
                index("orders", &["user_id", "created_at"]),
                index("orders", &["user_id", "hold_expires_at"]),
                index("orders", &["hold_expires_at"]),
            ],
        )
        .await?;
        create(
            manager,
            table("order_items", columns)
                .col(col("order_id").big_integer().not_null())
                .col(col("line_no").integer().not_null())
                .col(col("product_id").big_integer().not_null())
                .col(col("variant_id").big_integer().not_null())
                .col(col("product_name").string_len(255).not_null())
                .col(col("variant_name").string_len(100).not_null())
                .col(col("image_url").string_len(1000))
                .col(col("quantity").big_integer().not_null())
                .col(col("price").big_integer().not_null())
                .col(col("total_price").big_integer().not_null())
                .index(Index::create().name("ux_order_items_order_id_line_no").col("order_id").col("line_no").unique())
                .foreign_key(&mut references("order_items", "order_id", "orders"))
                .foreign_key(&mut references("order_items", "product_id", "product"))
                .foreign_key(&mut references("order_items", "variant_id", "product_variant"))
                .check(Expr::col("quantity").between(1, 999))
                .check(Expr::col("price").gte(0))
                .take(),
            [index("order_items", &["variant_id"])],
        )
        .await?;
        Ok(())
    }
}
