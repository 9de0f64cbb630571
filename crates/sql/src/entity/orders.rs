//! Orders.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub order_number: i64,
    pub user_id: i64,
    pub status: String,
    pub payment_status: String,
    pub total_amount: i64,
    pub recipient_name: String,
    pub phone_number: String,
    pub postal_code: String,
    pub address_line1: String,
    pub address_line2: Option<String>,
    pub hold_expires_at: Option<DateTimeUtc>,
    pub payment_key: Option<String>,
    pub deposit_due_at: Option<DateTimeUtc>,
    pub paid_at: Option<DateTimeUtc>,
    pub shipped_at: Option<DateTimeUtc>,
    pub delivered_at: Option<DateTimeUtc>,
    pub cancelled_at: Option<DateTimeUtc>,
    pub cancel_cause: Option<String>,
    pub cancel_reason: Option<String>,
    pub ended_by: Option<String>,
    pub ended_by_user: Option<i64>,
    pub refund_restock: Option<bool>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
