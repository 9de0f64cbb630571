//! The adapter over real sockets: against the sandbox, which plays Naver by its documents, and against a stub, which says
//! what the sandbox never would.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where it cannot go on")]

mod broken_partner;
mod faults;
mod flows;
mod identity_tokens;
mod profiles;
mod stub;
mod support;
