//! Sessions: how a device stays signed in.
//!
//! A session is a family of refresh tokens of which only the newest is good. Each use of it yields its successor. A
//! spent token that comes back later than a short grace is a copy in somebody else's hands: the whole family ends.
//! Within the grace it yields the very successor that its first use yielded, so that two tabs can refresh at once.
//! The store keeps hashes only; a successor is derived from its predecessor with a key that never leaves the server.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::shared::{Clock, Entropy, PortFailure, Timestamp, UserId};

use super::repository::Standing;
use super::{
    AccountRepository, Device, RefreshToken, Rotation, SessionId, SessionKeys, SessionRecord, SessionStore,
    SessionSummary, StorePulse, Throttle, Throttled,
};

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
    /// When the session began: when he last proved who he is.
    pub since: Timestamp,
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
    /// Stops who refreshes without pause.
    pub throttle: Arc<Throttle>,
    /// Whether the store answers.
    pub pulse: StorePulse,
}

/// Why a session was not renewed.
#[derive(Debug, Error)]
pub enum RefreshError {
    /// The token is not good, or not any more.
    #[error("the refresh token is not valid")]
    Invalid,
    /// Too many refreshes of this session.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl Sessions {
    /// Begins a session.
    pub async fn begin(&self, user: UserId, standing: Standing, device: &Device) -> Result<SignedIn, PortFailure> {
        let refresh = self.keys.first(self.entropy.as_ref());
        let began_at = self.clock.now();
        let session = SessionRecord {
            id: refresh.session().clone(),
            user,
            epoch: standing.session_epoch,
            current: refresh.hash(),
            device: device.clone(),
            began_at,
            expires_at: began_at.after(self.lifetime.refresh),
        };
        self.store.begin(&session).await?;
        Ok(SignedIn { user, standing, refresh, since: began_at })
    }

    /// Begins a session, or does without one where none can be had: what was done before stays done, and its owner logs
    /// in later.
    pub async fn begin_if_possible(&self, user: UserId, standing: Standing, device: &Device) -> Option<SignedIn> {
        match self.begin(user, standing, device).await {
            Ok(session) => Some(session),
            Err(failure) => {
                tracing::warn!(%user, error = failure.chain(), "somebody could not be signed in");
                None
            }
        }
    }

    /// Trades a refresh token for its successor. The account is asked for its standing: a role that was taken away or
    /// an epoch that ended does not survive a refresh. It is asked first: a token that was spent although its successor
    /// never left the server would soon look stolen.
    pub async fn refresh(&self, presented: &RefreshToken) -> Result<SignedIn, RefreshError> {
        // Only a token that was really issued may give itself away as stolen: a session's name is no secret, and whoever
        // knows it shall not be able to end it.
        if !self.keys.has_issued(presented) {
            return Err(RefreshError::Invalid);
        }
        let session = presented.session();
        let Some(owner) = self.store.owner(session).await? else {
            return Err(RefreshError::Invalid);
        };
        self.throttle.refresh(session).await?;
        let user = owner.user;
        let standing = self.accounts.standing(user).await?;
        let Some(standing) = standing.filter(|standing| standing.session_epoch == owner.epoch) else {
            self.store.end(session, &presented.hash()).await?;
            return Err(RefreshError::Invalid);
        };
        let successor = self.keys.successor(presented);
        let now = self.clock.now();
        let (hash, next) = (presented.hash(), successor.hash());
        let expires_at = now.after(self.lifetime.refresh);
        match self.store.rotate(session, &hash, &next, now, self.lifetime.grace, expires_at).await? {
            Rotation::Rotated { .. } | Rotation::WithinGrace { .. } => {
                Ok(SignedIn { user, standing, refresh: successor, since: owner.began_at })
            }
            Rotation::Reused => {
                tracing::warn!(session = session.as_str(), "a spent refresh token came back, its session is over");
                Err(RefreshError::Invalid)
            }
            Rotation::Unknown => Err(RefreshError::Invalid),
        }
    }

    /// Ends the session that the token belongs to.
    pub async fn end(&self, presented: &RefreshToken) -> Result<(), PortFailure> {
        self.store.end(presented.session(), &presented.hash()).await
    }

    /// Whether the session lives. While the store does not answer, it does: who is signed in stays so, and his access
    /// token runs out soon enough.
    pub async fn lives(&self, session: &SessionId) -> bool {
        let now = self.clock.now();
        if !self.pulse.may_ask(now) {
            return true;
        }
        match self.store.is_live(session, now).await {
            Ok(lives) => {
                if self.pulse.answered() {
                    tracing::info!("sessions can be looked up again");
                }
                lives
            }
            Err(failure) => {
                // One line for each spell of silence, not for each request.
                if self.pulse.was_silent(self.clock.now()) {
                    tracing::warn!(error = failure.chain(), "sessions cannot be looked up, access tokens decide alone");
                }
                true
            }
        }
    }

    /// The sessions of a user whose account has that epoch, the one used last first. One of an earlier epoch is over,
    /// whether the store was cleared of it or not.
    pub async fn list(&self, user: UserId, epoch: i64) -> Result<Vec<SessionSummary>, PortFailure> {
        let mut sessions = self.store.list(user, self.clock.now()).await?;
        sessions.retain(|session| session.epoch == epoch);
        Ok(sessions)
    }

    /// Ends one session of the user; `false` if he has no such session.
    pub async fn end_one(&self, user: UserId, session: &SessionId) -> Result<bool, PortFailure> {
        self.store.end_one(user, session).await
    }

    /// Ends all sessions of the user but the one that he goes on with.
    pub async fn end_others(&self, user: UserId, kept: &SessionId) -> Result<(), PortFailure> {
        self.store.end_others(user, kept).await
    }

    /// Ends all sessions of a user whose epoch was raised. They are over already; this only clears the store, so a
    /// failure is not worth an answer.
    pub async fn clear(&self, user: UserId) {
        if let Err(failure) = self.store.end_all(user).await {
            tracing::warn!(%user, error = failure.chain(), "sessions that are over stay in the store until they run out");
        }
    }
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
