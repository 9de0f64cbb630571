//! The same ports as `ef-redis`, for one machine without Redis: what `cargo run` starts with.
//!
//! - [`EmbeddedSessionStore`] implements the domain's `SessionStore` in an SQLite file of its own, so that a restart or
//!   a crash of the server signs nobody out.
//! - [`EmbeddedRateLimiter`] implements the domain's `RateLimiter` in memory.
//! - [`EmbeddedAnnouncer`] implements the domain's `Announcer` in memory.
//! - `file.rs` opens such a file and translates what goes wrong.
//!
//! What it must never do: be shared by two machines (that is what Redis is for), share a file with the shop's own
//! database (its one writer would wait for the shop's), or keep a token in the clear.
//!
//! To add a store: a module beside `sessions.rs` with its tables of its own, and its port's suite from
//! `ef-contract` in `tests/contract.rs`.

mod bus;
mod file;
mod limits;
mod sessions;

pub use bus::EmbeddedAnnouncer;
pub use limits::EmbeddedRateLimiter;
pub use sessions::EmbeddedSessionStore;
