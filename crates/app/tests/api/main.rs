//! The API as browsers use it: a real server on a free port with SQLite and the sandbox, nothing mocked.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test that cannot go on should stop")]

mod accounts;
mod attacks;
mod bad_input;
mod browse;
mod caching;
mod cart;
mod cms;
mod desk;
mod edge;
mod images;
mod limits;
#[path = "../listening/mod.rs"]
mod listening;
mod mails;
mod naver;
mod notifications;
mod once;
mod order_mails;
mod orders;
mod pages;
mod payments;
mod profile;
mod promised;
mod random_input;
mod refunds;
mod reset;
mod reviews;
#[path = "../schema/mod.rs"]
mod schema;
mod scroll;
mod second_factor;
mod sessions;
mod slow_body;
mod support;
