//! Sessions: how a device stays signed in.
//!
//! A session is a family of refresh tokens of which only the newest is good. Each use of it yields its successor. A
//! spent token that comes back later than a short grace is a copy in somebody else's hands: the whole family ends.
//! Within the grace it yields the very successor that its first use yielded, so that two tabs can refresh at once.
//! The store keeps hashes only; a successor is derived from its predecessor with a key that never leaves the server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::shared::{Clock, Entropy, PortFailure, Timestamp, UserId, hex};

use super::AccountRepository;
use super::repository::Standing;

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

    fn successor(&self, token: &RefreshToken) -> RefreshToken {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).expect("HMAC takes keys of any length");
        mac.update(token.expose().expose_secret().as_bytes());
        let secret = SecretString::from(hex(&mac.finalize().into_bytes()));
        RefreshToken { session: token.session.clone(), secret }
    }
}

/// A session as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Its name.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The account's epoch when it began.
    pub epoch: i64,
    /// The hash of the only good token.
    pub current: TokenHash,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ends if nobody refreshes it.
    pub expires_at: Timestamp,
}

/// What came of presenting a token. Decided and stored in one atomic step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// It was the good one; its successor is now.
    Rotated {
        /// Whose session.
        user: UserId,
        /// The account's epoch when the session began.
        epoch: i64,
    },
    /// It was spent a moment ago; its successor is the good one still.
    WithinGrace {
        /// Whose session.
        user: UserId,
        /// The account's epoch when the session began.
        epoch: i64,
    },
    /// It was spent long ago or never existed: the session is over now.
    Reused,
    /// There is no such session (any more).
    Unknown,
}

/// Where sessions are kept. It survives a restart of the server.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Stores a new session.
    async fn begin(&self, session: &SessionRecord) -> Result<(), PortFailure>;

    /// Whose session it is and the account's epoch when it began; `None` if there is no such session (any more).
    async fn owner(&self, session: &SessionId) -> Result<Option<(UserId, i64)>, PortFailure>;

    /// If `presented` is the session's current token, makes `successor` current, remembers `presented` as spent `now`
    /// and moves the session's end to `expires_at`. If it is the one spent last, not longer than `grace` ago, changes
    /// nothing. Any other token of a living session ends it. Of any number of calls at once, one rotates.
    async fn rotate(
        &self,
        session: &SessionId,
        presented: &TokenHash,
        successor: &TokenHash,
        now: Timestamp,
        grace: Duration,
        expires_at: Timestamp,
    ) -> Result<Rotation, PortFailure>;

    /// Ends the session if `presented` is its current token or the one spent last; does nothing otherwise, so that
    /// an old copy cannot sign anybody out.
    async fn end(&self, session: &SessionId, presented: &TokenHash) -> Result<(), PortFailure>;

    /// Ends every session of the user.
    async fn end_all(&self, user: UserId) -> Result<(), PortFailure>;
}

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct SessionLifetime {
    /// Without a refresh.
    pub refresh: Duration,
    /// How long a spent token still yields its successor.
    pub grace: Duration,
}

/// A signed-in person and the token that keeps him so.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub user: UserId,
    /// His role and epoch.
    pub standing: Standing,
    /// Keeps him signed in.
    pub refresh: RefreshToken,
}

/// Begins, renews and ends sessions.
pub struct Sessions {
    /// Where sessions are kept.
    pub store: Arc<dyn SessionStore>,
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// Where secrets come from.
    pub entropy: Arc<dyn Entropy>,
    /// Derives successors.
    pub keys: SessionKeys,
    /// How long sessions live.
    pub lifetime: SessionLifetime,
}

/// Why a session was not renewed.
#[derive(Debug, Error)]
pub enum RefreshError {
    /// The token is not good, or not any more.
    #[error("the refresh token is not valid")]
    Invalid,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl Sessions {
    /// Begins a session.
    pub async fn begin(&self, user: UserId, standing: Standing) -> Result<SignedIn, PortFailure> {
        let secret = SecretString::from(hex(&self.entropy.bytes::<32>()));
        let refresh = RefreshToken { session: SessionId(self.entropy.hex_id()), secret };
        let began_at = self.clock.now();
        let session = SessionRecord {
            id: refresh.session.clone(),
            user,
            epoch: standing.session_epoch,
            current: refresh.hash(),
            began_at,
            expires_at: began_at.after(self.lifetime.refresh),
        };
        self.store.begin(&session).await?;
        Ok(SignedIn { user, standing, refresh })
    }

    /// Trades a refresh token for its successor. The account is asked for its standing: a role that was taken away or
    /// an epoch that ended does not survive a refresh. It is asked first: a token that was spent although its successor
    /// never left the server would soon look stolen.
    pub async fn refresh(&self, presented: &RefreshToken) -> Result<SignedIn, RefreshError> {
        let Some((user, epoch)) = self.store.owner(&presented.session).await? else {
            return Err(RefreshError::Invalid);
        };
        let standing = self.accounts.standing(user).await?;
        let Some(standing) = standing.filter(|standing| standing.session_epoch == epoch) else {
            self.store.end(&presented.session, &presented.hash()).await?;
            return Err(RefreshError::Invalid);
        };
        let successor = self.keys.successor(presented);
        let now = self.clock.now();
        let (hash, next) = (presented.hash(), successor.hash());
        let expires_at = now.after(self.lifetime.refresh);
        match self.store.rotate(&presented.session, &hash, &next, now, self.lifetime.grace, expires_at).await? {
            Rotation::Rotated { .. } | Rotation::WithinGrace { .. } => {
                Ok(SignedIn { user, standing, refresh: successor })
            }
            Rotation::Reused => {
                tracing::warn!(
                    session = presented.session.as_str(),
                    "a spent refresh token came back, its session is over"
                );
                Err(RefreshError::Invalid)
            }
            Rotation::Unknown => Err(RefreshError::Invalid),
        }
    }

    /// Ends the session that the token belongs to.
    pub async fn end(&self, presented: &RefreshToken) -> Result<(), PortFailure> {
        self.store.end(&presented.session, &presented.hash()).await
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
