//! The guards that tests must miss, one row each.
//!
//! To add one: copy the row below, give it a name that says what the guard prevents, copy the guard's text into `find` (it
//! must occur exactly once in the file; take a neighbouring line along if it does not), write into `replace` the same
//! code without the guard, so that it still compiles, and name the test that must turn red. Then run
//! `cargo xtask mutate-guards NAME`.
//!
//! ```text
//! Guard {
//!     name: "reserve-only-what-is-there",
//!     file: "crates/sql/src/order/place.rs",
//!     find: "AND stock - reserved_stock >= ?",
//!     replace: "AND ? IS NOT NULL",
//!     package: "ef-sql",
//!     target: &["--test", "race"],
//!     test: "the_last_unit_is_sold_once",
//! },
//! ```

use super::Guard;

/// Every guard of the shop.
pub const GUARDS: &[Guard] = &[];
