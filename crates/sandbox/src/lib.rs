//! The outside world on one machine: stand-ins for the shop's partners that speak their own protocols over real sockets,
//! so that the real adapters run unchanged in development, in demos and in tests.
//!
//! - [`Sandbox`] binds one address and serves every partner below it: `toss/` plays Toss Payments, `naver/` Naver Login,
//!   `mail/` Amazon SES, whose SMTP relay has an address of its own.
//! - It remembers, as the real partners do: whatever it answered is on disk before the answer leaves (`store.rs`).
//! - Time is its own and can be moved forward (`clock.rs`), so that a thirty-minute expiry takes no thirty minutes.
//!
//! What it must never do: know anything of the shop's domain, or depend on another crate of ours. It is judged by the
//! partners' documents alone, otherwise it would agree with our misunderstandings.
//!
//! To add a partner: one sibling module of `toss` with its state, its routes (mounted in `server.rs`) and its control
//! endpoints outside the imitated paths; its records go into the same store (`store.rs`) under their own kind.

mod clock;
mod console;
mod control;
mod courier;
mod entropy;
mod faults;
mod html;
mod keys;
mod mail;
mod naver;
mod sandbox;
mod server;
mod store;
mod toss;
mod world;

pub use mail::{SmtpCredentials, TlsError};
pub use naver::NaverApp;
pub use sandbox::{Sandbox, SandboxConfig, SandboxError};
pub use store::StoreError;
pub use toss::{AmountMismatch, KeyPair};
