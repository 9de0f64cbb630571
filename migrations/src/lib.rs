//! The schema: forward only, one change a file, the same for MySQL 8 and SQLite.
//!
//! How to change it without stopping the shop (expand, then contract) and how to add a file stands in `README.md`.
//! A migration that has been released is never edited.

mod columns;
mod m0001_create_users;
mod m0002_create_catalogue;
mod m0003_create_nutrients_and_tags;
mod m0004_create_carts;
mod m0005_create_orders;
mod m0006_create_payments;
mod m0007_create_stock_ledger;
mod m0008_create_outbox;
mod m0009_create_user_identities;
mod m0010_create_password_resets;
mod m0011_create_mail_outbox;
mod m0012_create_second_factors;
mod m0013_create_notifications;
mod m0014_create_audit_log;
mod m0015_version_products;
mod m0016_note_who_ends_orders;
mod m0017_keep_deposit_accounts;
mod m0018_create_reviews;
mod m0019_create_request_keys;
mod turn;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseConnection;

use turn::Turn;

/// Brings a database to the current schema.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_create_users::Migration),
            Box::new(m0002_create_catalogue::Migration),
            Box::new(m0003_create_nutrients_and_tags::Migration),
            Box::new(m0004_create_carts::Migration),
            Box::new(m0005_create_orders::Migration),
            Box::new(m0006_create_payments::Migration),
            Box::new(m0007_create_stock_ledger::Migration),
            Box::new(m0008_create_outbox::Migration),
            Box::new(m0009_create_user_identities::Migration),
            Box::new(m0010_create_password_resets::Migration),
            Box::new(m0011_create_mail_outbox::Migration),
            Box::new(m0012_create_second_factors::Migration),
            Box::new(m0013_create_notifications::Migration),
            Box::new(m0014_create_audit_log::Migration),
            Box::new(m0015_version_products::Migration),
            Box::new(m0016_note_who_ends_orders::Migration),
            Box::new(m0017_keep_deposit_accounts::Migration),
            Box::new(m0018_create_reviews::Migration),
            Box::new(m0019_create_request_keys::Migration),
        ]
    }
}

/// Brings a database to the current schema, one instance after the other: two that start at once on an empty MySQL
/// would otherwise both create the same tables.
///
/// # Errors
/// [`DbErr`] of the migration that failed, or of one that another instance does not come to an end with.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), DbErr> {
    let turn = Turn::take(database).await?;
    let outcome = Migrator::up(database, None).await;
    turn.give_back().await;
    outcome
}
