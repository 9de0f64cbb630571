//! Attempts to take money.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub order_id: i64,
    pub order_number: i64,
    pub payment_key: String,
    pub status: String,
    pub method: Option<String>,
    pub amount: i64,
    pub idempotency_key: String,
    pub requested_at: DateTimeUtc,
    pub deposit_due_at: Option<DateTimeUtc>,
    pub approved_at: Option<DateTimeUtc>,
    pub decline_code: Option<String>,
    pub decline_repeatable: bool,
    pub refund_cause: Option<String>,
    pub refund_key: Option<String>,
    pub refunded_at: Option<DateTimeUtc>,
    pub deposit_bank: Option<String>,
    pub deposit_account: Option<String>,
    pub deposit_holder: Option<String>,
    pub refund_account: Option<String>,
    pub check_at: Option<DateTimeUtc>,
    pub checks: i64,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
