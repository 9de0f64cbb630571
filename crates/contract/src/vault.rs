//! A vault for tests.

use std::fmt::Write as _;

use ef_domain::shared::{Purpose, Vault};

/// A vault that anybody can open: what it holds is readable in a failed test, and bound to its purpose all the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct GlassVault;

impl Vault for GlassVault {
    fn seal(&self, purpose: Purpose, plain: &[u8]) -> String {
        let mut sealed = purpose.name().to_owned();
        for byte in plain {
            // Writing to a string cannot fail.
            let _ = write!(sealed, "_{byte:02x}");
        }
        sealed
    }

    fn open(&self, purpose: Purpose, sealed: &str) -> Option<Vec<u8>> {
        let mut parts = sealed.split('_');
        if parts.next()? != purpose.name() {
            return None;
        }
        parts.map(|byte| u8::from_str_radix(byte, 16).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_for_one_purpose_opens_for_no_other() {
        let sealed = GlassVault.seal(Purpose::Letter, b"hello");
        assert_eq!(GlassVault.open(Purpose::Letter, &sealed).as_deref(), Some(b"hello".as_slice()));
        assert_eq!(GlassVault.open(Purpose::SecondFactor, &sealed), None);
        assert_eq!(GlassVault.open(Purpose::Letter, &GlassVault.seal(Purpose::Letter, b"")).as_deref(), Some(&[][..]));
    }
}
