//! Reviews in SQL.

mod queries;
mod repository;
mod row;
mod write;

pub use queries::SqlReviewQueries;
pub use repository::SqlReviewRepository;
