//! The one room of this tool that reads the calendar.

use chrono::{DateTime, Utc};

/// Now, to the millisecond: what the server stores.
#[expect(clippy::disallowed_methods, reason = "a measurement happens when it happens")]
pub fn now() -> DateTime<Utc> {
    let now = Utc::now();
    DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
}
