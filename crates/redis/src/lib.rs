//! Sessions, limits and the bell for announcements in Redis, shared by every instance of the shop.
//!
//! - [`RedisSessionStore`] implements the domain's `SessionStore`. Whatever must happen at once is one Lua script in
//!   `scripts/`: Redis runs a script with nothing in between.
//! - [`RedisRateLimiter`] implements `RateLimiter` likewise.
//! - [`RedisAnnouncer`] implements `Announcer` with a channel that every instance is subscribed to.
//! - `key.rs` knows the name of every key. No other file spells one.
//! - `server.rs` bounds every call in time and translates what goes wrong.
//!
//! What it must never do: read a clock (the time is an argument, and lifetimes are differences of arguments), keep a
//! token in the clear, or make the shop wait for a Redis that is down: a call fails within two seconds.
//!
//! The scripts compute one key from another, which a Redis *cluster* does not allow; a primary with replicas is fine.
//!
//! To add a store: its keys go into `key.rs`, its scripts into `scripts/`, and its port's suite from `ef-contract` into
//! `tests/contract.rs`.

mod bus;
mod key;
mod limits;
mod server;
mod sessions;

pub use bus::RedisAnnouncer;
pub use limits::RedisRateLimiter;
pub use server::{RedisServer, RedisTimeouts};
pub use sessions::RedisSessionStore;
