//! Accounts in SQL.

mod change;
mod close;
mod repository;
mod row;

pub use repository::SqlAccountRepository;
pub(crate) use row::{STANDING, StandingRow, new_row};
