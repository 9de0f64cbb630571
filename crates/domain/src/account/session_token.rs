//! The tokens of a session, as far as a browser, the server and the store get to see them.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

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

/// A refresh token: session id and a secret of 256 bits, joined by a point.
#[derive(Clone)]
pub struct RefreshToken {
    session: SessionId,
    secret: SecretString,
}

impl RefreshToken {
    /// The first token of a new session.
    pub(super) fn first(entropy: &dyn Entropy) -> Self {
        let secret = SecretString::from(hex(&entropy.bytes::<32>()));
        Self { session: SessionId(entropy.hex_id()), secret }
    }

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

/// The key that derives a token's successor: at least 32 random bytes, the same on every instance.
pub struct SessionKeys(SecretBox<Vec<u8>>);

impl SessionKeys {
    /// The key.
    pub fn new(key: Vec<u8>) -> Self {
        Self(SecretBox::new(Box::new(key)))
    }

    /// The token that follows the given one.
    pub(super) fn successor(&self, token: &RefreshToken) -> RefreshToken {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).expect("HMAC takes keys of any length");
        mac.update(token.expose().expose_secret().as_bytes());
        let secret = SecretString::from(hex(&mac.finalize().into_bytes()));
        RefreshToken { session: token.session.clone(), secret }
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
