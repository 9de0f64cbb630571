//! The adapter over real sockets: against the sandbox, which plays Toss by its documents, and against a stub, which says
//! what the sandbox never would.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod broken_partner;
mod cancelling;
mod codes;
mod confirming;
mod faults;
mod requests;
mod stub;
mod support;
