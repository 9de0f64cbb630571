//! The administrators' list of the orders whose payment stands as they ask.

use sea_orm_migration::prelude::*;

use crate::columns::add_index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The newest first, as the list is shown.
        add_index(manager, "orders", &["payment_status", "created_at"]).await
    }
}
