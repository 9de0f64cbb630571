//! Where sessions are kept.

use std::time::Duration;

use async_trait::async_trait;

use crate::shared::{PortFailure, Timestamp, UserId};

use super::{Device, SessionId, TokenHash};

/// How many sessions one account may have: more than anybody has devices, and few enough to be looked through. Whoever
/// knows a password could fill the store otherwise.
pub const SESSIONS_OF_ACCOUNT: u32 = 50;

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
    /// What it was begun with.
    pub device: Device,
    /// When it began: when its owner last proved who he is.
    pub began_at: Timestamp,
    /// When it ends if nobody refreshes it.
    pub expires_at: Timestamp,
}

/// Whose session it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionOwner {
    /// The account.
    pub user: UserId,
    /// The account's epoch when the session began.
    pub epoch: i64,
    /// When it began.
    pub began_at: Timestamp,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSummary {
    /// Its name.
    pub id: SessionId,
    /// The account's epoch when it began.
    pub epoch: i64,
    /// What it was begun with.
    pub device: Device,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was refreshed last, or began.
    pub used_at: Timestamp,
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
///
/// A session that was stored before stores kept its beginning counts as begun in 1970: whatever asks for a fresh proof
/// of who somebody is asks for it.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Stores a new session. If its user has more than [`SESSIONS_OF_ACCOUNT`] by it, those others end that were used
    /// longest ago, in the same atomic step.
    async fn begin(&self, session: &SessionRecord) -> Result<(), PortFailure>;

    /// Whose session it is; `None` if there is no such session (any more).
    async fn owner(&self, session: &SessionId) -> Result<Option<SessionOwner>, PortFailure>;

    /// Whether there is such a session. Every signed-in request asks, so it waits for no writer.
    async fn is_live(&self, session: &SessionId, now: Timestamp) -> Result<bool, PortFailure>;

    /// The user's sessions that have not run out, the one used last first.
    async fn list(&self, user: UserId, now: Timestamp) -> Result<Vec<SessionSummary>, PortFailure>;

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

    /// Ends that session of the user; `false` if he has no such session.
    async fn end_one(&self, user: UserId, session: &SessionId) -> Result<bool, PortFailure>;

    /// Ends every session of the user but that one.
    async fn end_others(&self, user: UserId, kept: &SessionId) -> Result<(), PortFailure>;

    /// Ends every session of the user.
    async fn end_all(&self, user: UserId) -> Result<(), PortFailure>;
}
