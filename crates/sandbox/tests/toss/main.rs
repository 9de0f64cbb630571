//! The Toss stand-in against its checklist, over real sockets. A test states one fact of the reference.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that meets the unexpected should stop there")]

mod authentication;
mod browser;
mod cancel;
mod confirm;
mod expiry;
mod faults;
mod idempotency;
mod lookup;
mod restart;
mod support;
mod virtual_account;
mod webhooks;
