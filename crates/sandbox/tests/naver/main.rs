//! The Naver stand-in against its checklist, over real sockets. A test states one fact of the reference.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that meets the unexpected should stop there")]

mod authorize;
mod disconnect;
mod faults;
mod openid;
mod profile;
mod restart;
mod support;
mod token;
