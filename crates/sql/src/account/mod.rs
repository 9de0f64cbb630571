//! Accounts in SQL.

mod change;
mod close;
mod repository;
mod row;

pub use repository::SqlAccountRepository;
