//! The Energy Factory shop server: the only crate that knows every other one.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`config`] | what can be set, and the only reader of the environment |
//! | [`server`] | start and stop |
//! | [`wiring`] | adapters into ports, ports into use cases: the single composition root |
//! | [`shop`] | the use cases, as requests and jobs see them |
//! | [`arguments`], [`admin`] | the commands beside serving |
//! | [`http`] | requests in, answers out |
//! | [`jobs`] | work beside requests |
//! | [`live`] | the streams that are open, and what they are told |
//! | [`demo`] | goods and accounts of the development profile |
//! | [`tokens`], [`passwords`], [`totp`], [`keys`] | who somebody is |
//! | [`vault`] | secrets in cookies and rows |
//! | [`clock`], [`entropy`] | the one room each for time and for chance |
//!
//! What it must never do: decide. A rule of the shop belongs into `ef-domain`, a statement into an adapter.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions))]

pub mod admin;
pub mod arguments;
pub mod banner;
pub mod clock;
pub mod config;
pub mod demo;
pub mod entropy;
pub mod http;
pub mod jobs;
pub mod keys;
pub mod live;
pub mod passwords;
pub mod private_file;
pub mod server;
pub mod shop;
pub mod telemetry;
pub mod tokens;
pub mod totp;
pub mod vault;
pub mod wiring;
