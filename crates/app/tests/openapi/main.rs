//! The document of the API: committed as it is, complete in itself, and never worse for those who call it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail where it stands")]

mod breaking;
mod breaking_tests;
mod committed;
mod merged;
#[path = "../schema/mod.rs"]
mod schema;
mod sound;
