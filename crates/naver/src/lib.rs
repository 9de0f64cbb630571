//! Naver Login behind the domain's partner log-in port.
//!
//! - `transport.rs` makes one call: time-outs, bounded answers, no redirect, no proxy.
//! - `openid.rs` speaks OpenID Connect through the `openidconnect` crate: discovery, keys, PKCE, the identity token.
//! - `classic.rs` speaks the older protocol, which knows neither PKCE nor an identity token.
//! - `token.rs` straightens what the token endpoints answer before anybody reads it by the standard.
//! - `profile.rs` reads who it was; `notice.rs` the notice of a link that its owner cut at Naver.
//! - `log_in.rs` puts these together: [`NaverLogIn`].
//!
//! What it must never do: present a code twice, take a bare access token as proof of anything, write a code, a token or
//! a profile to the log, or guess at a profile without an id.
//!
//! To read one more field of the profile: its wire form in `profile.rs` and its place in the domain's `Profile`. What
//! Naver withholds or misspells is absent, never an error.

mod classic;
mod log_in;
mod notice;
mod openid;
mod profile;
mod token;
mod transport;

pub use log_in::{NaverConfig, NaverLogIn, Protocol};
