//! The adapter over real sockets: against the sandbox, which plays Amazon SES and SNS by their documents, and against a
//! stub, which does what no relay should.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where it cannot go on")]

mod connections;
mod faults;
mod notices;
mod refusals;
mod sending;
mod stub;
mod support;
