//! Which requests are the same one.

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::shared::{UserId, hex};

/// What can be asked for under a key. A key belongs to one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Place an order.
    PlaceOrder,
    /// Cancel an order.
    CancelOrder,
    /// Take an order's money.
    ConfirmPayment,
    /// Give it back.
    RefundPayment,
}

impl Operation {
    /// The name that the ledger uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PlaceOrder => "PLACE_ORDER",
            Self::CancelOrder => "CANCEL_ORDER",
            Self::ConfirmPayment => "CONFIRM_PAYMENT",
            Self::RefundPayment => "REFUND_PAYMENT",
        }
    }
}

/// A key that a client drew for one request. Kept as a hash only: it is the client's business what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey(String);

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("1~255자의 출력 가능한 ASCII 문자여야 합니다.")]
pub struct RequestKeyError;

impl RequestKey {
    /// The longest key.
    pub const MAX_LENGTH: usize = 255;

    /// The key of that text: 1 to 255 printable ASCII characters, none of which means anything.
    ///
    /// # Errors
    /// [`RequestKeyError`] for anything else.
    pub fn parse(text: &[u8]) -> Result<Self, RequestKeyError> {
        let printable = text.iter().all(|byte| matches!(byte, b' '..=b'~'));
        if printable && (1..=Self::MAX_LENGTH).contains(&text.len()) {
            Ok(Self(hex(&Sha256::digest(text))))
        } else {
            Err(RequestKeyError)
        }
    }

    /// The key as it is kept.
    pub fn hash(&self) -> &str {
        &self.0
    }
}

/// What was asked for, so that a key that is used for something else is noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of those parts. Each counts with its length: no two lists of parts run into the same bytes.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(part.len().to_string());
            digest.update(b":");
            digest.update(part);
        }
        Self(hex(&digest.finalize()))
    }

    /// A fingerprint as it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The fingerprint as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A request that came with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Who asks. Nobody ever meets another account's key.
    pub user: UserId,
    /// What for.
    pub operation: Operation,
    /// Under which key.
    pub key: RequestKey,
    /// With which words.
    pub fingerprint: Fingerprint,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_printable_and_not_too_long() {
        for good in ["k", "8e03978e-40d5-43dd-bc93-6894a57f9324", "\"quoted\"", "a b~!", &"x".repeat(255)] {
            assert!(RequestKey::parse(good.as_bytes()).is_ok(), "{good:?}");
        }
        for bad in ["", "\t", "a\nb", "키", "\u{7f}", &"x".repeat(256)] {
            assert_eq!(RequestKey::parse(bad.as_bytes()), Err(RequestKeyError), "{bad:?}");
        }
    }

    #[test]
    fn keys_differ_by_every_character_and_are_not_kept_as_they_came() {
        let hash = |text: &str| RequestKey::parse(text.as_bytes()).unwrap().hash().to_owned();
        assert_ne!(hash("key"), hash("Key"));
        assert_ne!(hash("key"), hash("\"key\""));
        assert_eq!(hash("key").len(), 64);
        assert!(!hash("deadbeef").contains("deadbeef"));
    }

    #[test]
    fn no_part_of_a_fingerprint_runs_into_the_next() {
        let of = |parts: &[&str]| Fingerprint::of(parts.iter().map(|part| part.as_bytes()));
        assert_eq!(of(&["POST", "/api/orders", "{}"]), of(&["POST", "/api/orders", "{}"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a", ""]), of(&["a"]));
        assert_ne!(of(&["1:a"]), of(&["a"]));
        assert_ne!(of(&["{\"a\":1}"]), of(&["{\"a\": 1}"]));
    }
}
