//! What makes the shop worth a look on the first start: goods on the shelf, pictures of them, what people think of them,
//! and two accounts. Development only.
//!
//! To add a product: an entry in `demo/catalogue.toml`, `cargo xtask pictures`, and its slug in `pictures.rs`.

mod accounts;
mod catalogue;
mod pictures;
mod reviews;

pub use accounts::{DemoAccounts, DemoError, open_accounts, password};
pub use catalogue::{CatalogueError, catalogue};
pub use pictures::picture;
pub use reviews::{reviewers, reviews};
