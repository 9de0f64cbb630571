//! From where somebody acts.

use crate::shared::ClientAddress;

/// The most characters of a device's own description that are kept.
const MAX_DEVICE_CHARS: usize = 200;

/// From where somebody acts: what limits count, and what he recognises a session by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Where the request comes from.
    pub address: ClientAddress,
    /// What his browser or program calls itself.
    pub device: Device,
}

/// What a browser or program calls itself: printable text of at most 200 characters; empty if it says nothing. It is
/// shown to the session's owner and believed by nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device(String);

impl Device {
    /// The description, cut and cleaned.
    pub fn new(text: &str) -> Self {
        Self(text.chars().filter(|c| !c.is_control()).take(MAX_DEVICE_CHARS).collect())
    }

    /// The description.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_cannot_break_out_of_a_line_or_fill_a_store() {
        assert_eq!(Device::new("Firefox\r\nX: y").as_str(), "FirefoxX: y");
        assert_eq!(Device::new(&"x".repeat(1000)).as_str().len(), MAX_DEVICE_CHARS);
    }
}
