//! What can be set about requests that come under a key.

use std::time::Duration;

use super::reader::Reader;

/// Requests with an `Idempotency-Key`.
#[derive(Clone, Copy, Debug)]
pub struct OnceConfig {
    /// When whoever works on such a request counts as dead.
    pub lease: Duration,
    /// How long its key and its answer are kept.
    pub keep: Duration,
}

impl OnceConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            lease: Duration::from_secs(reader.number("idempotency.lease_seconds", 1..=3600)),
            keep: Duration::from_hours(reader.number("idempotency.keep_hours", 1..=720)),
        }
    }
}
