//! Toss Payments behind the domain's payment gateway port.
//!
//! - `client.rs` makes one call: authentication, time-outs, trace ids. What it cannot tell apart, it calls unknown.
//! - `wire.rs` mirrors their documents, as far as the shop reads them; `convert.rs` turns them into the domain's words.
//! - `failure.rs` knows what each of their error codes says about the money.
//! - `gateway.rs` puts these together: [`TossPaymentGateway`].
//!
//! What it must never do: take "unknown" for "declined", guess at a code or a status that it does not know, write to the
//! log what identifies a buyer or opens an account, or run longer than its configuration allows.
//!
//! To add an error code: one word in the right row of `failure.rs`, and one in the table of `tests/wire/codes.rs`. To add an
//! operation: its path and documents in `wire.rs`, its table in `failure.rs`, its flow in `gateway.rs`.

mod client;
mod convert;
mod failure;
mod gateway;
mod wire;

pub use gateway::{TossConfig, TossPaymentGateway};
