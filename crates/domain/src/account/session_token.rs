//! The tokens of a session, as far as a browser, the server and the store get to see them.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::shared::{Entropy, hex};

/// A session's name: 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(String);

impl SessionId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An id as text gives it, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        is_hex(text, 32).then(|| Self(text.to_owned()))
    }
}

/// The SHA-256 of a refresh token in hexadecimal digits: what a store keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A refresh token: session id and secret, joined by a point. The first half of the secret is 128 random or derived bits,
/// the second half proves that this shop issued it: an invented token of a known session is told from a stolen one.
#[derive(Clone)]
pub struct RefreshToken {
    session: SessionId,
    secret: SecretString,
}

impl RefreshToken {
    /// The token that the text is, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let (session, secret) = text.split_once('.')?;
        let session = SessionId::parse(session)?;
        is_hex(secret, 64).then(|| Self { session, secret: SecretString::from(secret) })
    }

    /// The session that it belongs to.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// What a store keeps of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash(hex(&Sha256::digest(self.expose().expose_secret())))
    }

    /// The token as the cookie carries it.
    pub fn expose(&self) -> SecretString {
        SecretString::from(format!("{}.{}", self.session.0, self.secret.expose_secret()))
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken").field("session", &self.session).finish_non_exhaustive()
    }
}

/// The key that issues tokens: at least 32 random bytes, the same on every instance.
pub struct SessionKeys(SecretBox<Vec<u8>>);

/// Hexadecimal digits of each half of a secret.
const HALF: usize = 32;

impl SessionKeys {
    /// The key.
    pub fn new(key: Vec<u8>) -> Self {
        Self(SecretBox::new(Box::new(key)))
    }

    /// The first token of a new session.
    pub(super) fn first(&self, entropy: &dyn Entropy) -> RefreshToken {
        self.issue(SessionId(entropy.hex_id()), &entropy.hex_id())
    }

    /// The token that follows the given one.
    pub(super) fn successor(&self, token: &RefreshToken) -> RefreshToken {
        let derived = self.mac("successor", token.expose().expose_secret());
        self.issue(token.session.clone(), &derived)
    }

    /// Whether the token is one that this shop issued, ever.
    pub(super) fn has_issued(&self, token: &RefreshToken) -> bool {
        let Some((half, proof)) = token.secret.expose_secret().split_at_checked(HALF) else { return false };
        let expected = self.proof(&token.session, half);
        proof.as_bytes().ct_eq(expected.as_bytes()).into()
    }

    fn issue(&self, session: SessionId, half: &str) -> RefreshToken {
        let secret = SecretString::from(format!("{half}{}", self.proof(&session, half)));
        RefreshToken { session, secret }
    }

    fn proof(&self, session: &SessionId, half: &str) -> String {
        self.mac("issued", &format!("{}.{half}", session.0))
    }

    /// 128 bits of an HMAC under a purpose of its own, in hexadecimal digits.
    fn mac(&self, purpose: &str, text: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes()).chars().take(HALF).collect()
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
