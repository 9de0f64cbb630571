//! The shop as a buyer's browser meets it: a real Chromium, a page on an origin of its own, the shipped binaries.
//!
//! What is proved here is what no client without a browser can: that the cookies survive the way to the payment window
//! and back, that CORS lets our page in and no other, that the script of the payment partner's stand-in works, and that
//! its pages can be used. The page in `front.html` makes the calls that the React front end makes, in its order.
//!
//! Each story leaves a picture in `target/screenshots`. The browser is named by `EF_TEST_CHROMIUM` and its driver by
//! `EF_TEST_CHROMEDRIVER`; `cargo xtask test` finds or fetches them.
//!
//! To add a story: a test that begins with [`Visit::begin`](visit::Visit::begin) and says what the buyer does and sees.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop on a surprise")]

/// How the system tests start the shop; this program uses a part of it.
#[allow(dead_code, unused_imports, unused_macros, reason = "shared with the system tests, which use all of it")]
#[path = "../system"]
mod shared {
    pub mod binaries;
    pub mod process;
    pub mod sandbox;
    pub mod shopper;
    pub mod stores;
    pub mod world;
}
use shared::{binaries, process, sandbox, shopper, stores, world};

mod chromium;
mod front;
mod visit;

mod deposits;
mod naver;
mod newcomer;
mod one_process;
mod origins;
mod payments;
mod shelf;
