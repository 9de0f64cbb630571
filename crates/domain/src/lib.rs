//! The shop's rules: what an order is, when stock moves, who may do what.
//!
//! This crate decides and never acts. It reads no clock, draws no random number, opens no socket and knows no
//! database, HTTP or JSON type; whatever it needs from outside is a port (a trait) that an adapter implements.
//!
//! # Map
//!
//! | feature | what it holds |
//! | --- | --- |
//! | [`shared`] | values that every feature speaks: money, quantities, ids, time, pages, failures |
//! | [`catalogue`] | products, variants, nutrition arithmetic, and how shoppers browse them |
//! | [`review`] | what buyers think of products: ratings kept exactly, one review a buyer and product |
//! | [`cart`] | what a shopper means to buy |
//! | [`order`] | the model feature: hold, payment, shipping, cancellation as one state machine |
//! | [`payment`] | one attempt to take money: intent, call, settle, reconcile, refund |
//! | [`account`] | who somebody is: accounts, passwords, sessions, Naver, second factors |
//! | [`announce`] | what shoppers are told live: announcements, the bell, read and unread |
//! | [`once`] | what a client asks for under a key of its own: done once, answered alike |
//! | [`notice`] | what the shop writes to people: letters, the outbox, and what becomes of them |
//!
//! # The dependency rule
//!
//! Nothing of ours stands below this crate. Adapters (`ef-sql`, `ef-redis`, `ef-embedded`, `ef-toss`) depend on it and
//! implement its ports; the server (`energy-factory`) wires them to its use cases. `tests/architecture.rs` refuses any
//! other arrow.
//!
//! # How to add a use case
//!
//! 1. Put the decision on the entity, as a method that borrows, decides and returns a value.
//! 2. Write a struct of `Arc<dyn Port>`s with one `run(command)`: load, decide, store, return facts.
//! 3. Give it one error enum whose variants are outcomes that a caller can act on.
//! 4. Test the decision with a table, and the absence of a call (never the presence) with a mock.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::float_cmp,
        clippy::duration_suboptimal_units
    )
)]

pub mod account;
pub mod announce;
pub mod cart;
pub mod catalogue;
pub mod notice;
pub mod once;
pub mod order;
pub mod payment;
pub mod review;
pub mod shared;
#[cfg(test)]
mod testing;
