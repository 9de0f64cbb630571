//! Address books in SQL: `repository` reads, `write` changes.

mod repository;
mod write;

pub use repository::SqlAddressBook;
