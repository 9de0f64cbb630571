//! The mail stand-in against its checklist, over real sockets. A test states one fact of the reference.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that meets the unexpected should stop there")]

mod dialogue;
mod faults;
mod inbox;
mod limits;
mod notices;
mod restart;
mod support;
