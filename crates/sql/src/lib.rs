//! The SQL adapters: one set of repositories through sea-orm for MySQL 8 (production) and SQLite (the embedded default).
//!
//! # Rules of the house
//! - A transaction begins in `tx` and nowhere else, lives inside one port method, and awaits nothing but the database.
//! - Every write carries its guard in its `WHERE`; the number of rows touched is the verdict.
//! - Rows are locked in one order everywhere: order, payment, cart, variants by ascending id. A deadlock that happens
//!   all the same (a foreign key, an index gap) is repeated and surfaces as no error.
//! - A row that no transition could have written is `Corrupt`, never a guess.
//! - SQL is written once and means the same to both databases; what differs lives in `connect` and `failure`.
//!
//! # How to add a repository
//! Put its entity into `entity`, implement the port in a module of its own, add the port's contract suite to
//! `ef-contract` and run it in `tests/contract.rs` on both databases, and its statement count to `tests/budget.rs`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions))]

mod account;
mod address_book;
mod announcement;
mod audit;
mod cart;
mod catalogue;
mod connect;
mod entity;
mod failure;
mod identity;
mod mail;
mod order;
mod outbox;
mod password_reset;
mod payment;
mod request_key;
mod review;
mod second_factor;
mod seed;
mod seed_reviews;
mod shelf;
mod sql;
mod stock;
mod sweep;
mod tx;

pub use account::SqlAccountRepository;
pub use address_book::SqlAddressBook;
pub use announcement::{SqlAnnouncementQueries, SqlAnnouncementRepository};
pub use audit::SqlAuditQueries;
pub use cart::SqlCartRepository;
pub use catalogue::SqlCatalogueQueries;
pub use connect::{Database, DatabaseOptions, StatementObserver, connect};
pub use identity::SqlIdentityRepository;
pub use mail::{SqlMailOutbox, SqlSuppressionList};
pub use order::{SqlOfferQueries, SqlOrderDeskQueries, SqlOrderQueries, SqlOrderRepository};
pub use password_reset::SqlResetRepository;
pub use payment::SqlPaymentRepository;
pub use request_key::SqlRequestLedger;
pub use review::{SqlReviewQueries, SqlReviewRepository};
pub use second_factor::SqlSecondFactorRepository;
pub use seed::{SeedNutrient, SeedProduct, SeedVariant, seed_catalogue};
pub use seed_reviews::{SeedReview, SeedReviewer, seed_reviews};
pub use shelf::{SqlImageLedger, SqlProductRepository, SqlTagRepository};
