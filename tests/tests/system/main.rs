//! Whole stories over the shipped binaries: `energy-factory` and `ef-sandbox` as processes, on every store.
//!
//! What is proved here is what no test inside one process can: that the parts are wired together, that a start from
//! nothing works, and that whatever a killed process leaves behind, the next one makes good. Every test has its own
//! data folder, its own MySQL database and ports that the system chose.
//!
//! To add a story: a function that takes a [`World`](world::World), and its name in an `on_every_store!`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop on a surprise")]

mod binaries;
mod line;
mod process;
mod sandbox;
mod shopper;
mod stores;
mod world;

mod audit;
mod mails;
mod once;
mod outage;
mod payments;
mod refunds;
mod restart;
mod start;
mod story;
