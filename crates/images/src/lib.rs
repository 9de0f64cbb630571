//! Pictures of products: made anew, and kept in a bucket that speaks S3 or in a folder.
//!
//! - `clean.rs` makes of an upload a picture that we encoded ourselves: [`ReencodingCleaner`].
//! - `store.rs` keeps pictures through the `object_store` crate: [`ObjectImageStore`], in a bucket or in a folder.
//! - `wire.rs` lends that crate our own HTTP client, for the bucket.
//!
//! What it must never do: let a byte of an upload through, decode what nobody has measured, take an address for its own
//! that it would not give out, or run longer than its configuration allows. Why all this: `docs/adr/0016`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions))]

mod clean;
mod store;
mod wire;

pub use clean::{CleaningLimits, ReencodingCleaner};
pub use store::{Bucket, BucketKeys, ObjectImageStore};
