//! The section about those who run the shop.

use super::reader::Reader;

/// Administrators.
#[derive(Clone, Copy, Debug)]
pub struct AdminConfig {
    /// Whether the administration is closed to administrators without a second factor.
    pub totp_required: bool,
}

impl AdminConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { totp_required: reader.flag("admin.totp_required") }
    }
}
