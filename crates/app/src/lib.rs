//! The Energy Factory shop server.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions))]

pub mod clock;
pub mod config;
pub mod entropy;
pub mod keys;
pub mod passwords;
pub mod private_file;
pub mod shop;
pub mod telemetry;
pub mod tokens;
