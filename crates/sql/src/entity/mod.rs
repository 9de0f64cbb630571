//! The rows of the tables, as sea-orm sees them. Private to this crate: no port ever carries one.

pub(crate) mod mail_outbox;
pub(crate) mod order_items;
pub(crate) mod orders;
pub(crate) mod outbox;
pub(crate) mod payments;
pub(crate) mod product;
pub(crate) mod product_nutrients;
pub(crate) mod product_tags;
pub(crate) mod product_variant;
pub(crate) mod stock_ledger;
pub(crate) mod tags;
pub(crate) mod user;
