//! What can be set about telling shoppers live.

use std::time::Duration;

use super::reader::Reader;
use super::sections::millis;

/// Telling shoppers live.
#[derive(Clone, Copy, Debug)]
pub struct LiveConfig {
    /// How often an idle stream says that it is there, and looks whether its session still lives.
    pub heartbeat: Duration,
    /// How long the delivery of announcements pauses between two looks into the outbox.
    pub pause: Duration,
    /// How many events it takes at a time.
    pub batch: u32,
    /// How long announcements, and the events that they came from, are kept.
    pub kept: Duration,
}

impl LiveConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            heartbeat: millis(reader, "notifications.heartbeat_ms", 10, 60_000),
            pause: millis(reader, "notifications.deliver_ms", 10, 3_600_000),
            batch: reader.number("notifications.deliver_batch", 1..=1000),
            kept: Duration::from_hours(24 * reader.number("notifications.keep_days", 1..=3650)),
        }
    }
}
