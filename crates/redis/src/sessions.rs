//! Sessions.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_redis::redis::Script;
use ef_domain::account::{Rotation, SessionId, SessionRecord, SessionStore, TokenHash};
use ef_domain::shared::{FailureKind, PortFailure, Timestamp, UserId};

use crate::key;
use crate::server::{RedisServer, RedisTimeouts};

/// Sessions in a Redis server.
pub struct RedisSessionStore {
    server: RedisServer,
    begin: Script,
    rotate: Script,
    end: Script,
    end_all: Script,
    owner: Script,
}

impl RedisSessionStore {
    /// A store in the server at `url`, with connections of its own.
    ///
    /// # Errors
    /// [`FailureKind::Corrupt`] for an address that is none.
    pub fn connect(url: &str, timeouts: RedisTimeouts) -> Result<Self, PortFailure> {
        Ok(Self::new(RedisServer::at(url, timeouts)?))
    }

    /// A store in that server.
    pub fn new(server: RedisServer) -> Self {
        Self {
            server,
            begin: Script::new(include_str!("scripts/begin.lua")),
            rotate: Script::new(include_str!("scripts/rotate.lua")),
            end: Script::new(include_str!("scripts/end.lua")),
            end_all: Script::new(include_str!("scripts/end_all.lua")),
            owner: Script::new(include_str!("scripts/owner.lua")),
        }
    }
}

impl fmt::Debug for RedisSessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSessionStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl SessionStore for RedisSessionStore {
    async fn begin(&self, session: &SessionRecord) -> Result<(), PortFailure> {
        let mut call = self.begin.key(key::session(&session.id));
        call.key(key::sessions_of(session.user))
            .arg(session.id.as_str())
            .arg(session.user.get())
            .arg(session.epoch)
            .arg(session.current.as_str())
            .arg(session.began_at.millis())
            .arg(session.expires_at.millis());
        self.server.run("beginning a session", &call).await
    }

    async fn rotate(
        &self,
        session: &SessionId,
        presented: &TokenHash,
        successor: &TokenHash,
        now: Timestamp,
        grace: Duration,
        expires_at: Timestamp,
    ) -> Result<Rotation, PortFailure> {
        const DURING: &str = "rotating a session's token";
        let mut call = self.rotate.key(key::session(session));
        call.arg(session.as_str())
            .arg(presented.as_str())
            .arg(successor.as_str())
            .arg(now.millis())
            .arg(u64::try_from(grace.as_millis()).unwrap_or(u64::MAX))
            .arg(expires_at.millis())
            .arg(key::SESSIONS_OF);
        let answer: Vec<String> = self.server.run(DURING, &call).await?;
        rotation(&answer)
            .ok_or_else(|| PortFailure::new(FailureKind::Corrupt, DURING, format!("the script answered {answer:?}")))
    }

    async fn end(&self, session: &SessionId, presented: &TokenHash) -> Result<(), PortFailure> {
        let mut call = self.end.key(key::session(session));
        call.arg(session.as_str()).arg(presented.as_str()).arg(key::SESSIONS_OF);
        self.server.run("ending a session", &call).await
    }

    async fn owner(&self, session: &SessionId) -> Result<Option<(UserId, i64)>, PortFailure> {
        const DURING: &str = "looking a session's owner up";
        let call = self.owner.key(key::session(session));
        let whose: Vec<String> = self.server.run(DURING, &call).await?;
        match whose.as_slice() {
            [] => Ok(None),
            [user, epoch] => match (user.parse(), epoch.parse()) {
                (Ok(user), Ok(epoch)) => Ok(Some((UserId::new(user), epoch))),
                _ => Err(PortFailure::new(FailureKind::Corrupt, DURING, "an owner that is none")),
            },
            _ => Err(PortFailure::new(FailureKind::Corrupt, DURING, "an answer of another shape")),
        }
    }

    async fn end_all(&self, user: UserId) -> Result<(), PortFailure> {
        let mut call = self.end_all.key(key::sessions_of(user));
        call.arg(key::SESSION);
        self.server.run("ending all sessions of a user", &call).await
    }
}

/// What `rotate.lua` answers: a word and, where somebody stays signed in, who.
fn rotation(answer: &[String]) -> Option<Rotation> {
    let whose = |user: &str, epoch: &str| Some((UserId::new(user.parse().ok()?), epoch.parse().ok()?));
    match answer.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["unknown"] => Some(Rotation::Unknown),
        ["reused"] => Some(Rotation::Reused),
        ["rotated", user, epoch] => whose(user, epoch).map(|(user, epoch)| Rotation::Rotated { user, epoch }),
        ["within grace", user, epoch] => whose(user, epoch).map(|(user, epoch)| Rotation::WithinGrace { user, epoch }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_no_script_of_ours_gives_is_no_rotation() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(rotation(&words(&["reused"])), Some(Rotation::Reused));
        assert_eq!(
            rotation(&words(&["rotated", "3", "9"])),
            Some(Rotation::Rotated { user: UserId::new(3), epoch: 9 })
        );
        for strange in [&[][..], &["rotated"], &["rotated", "x", "1"], &["rotated", "1", ""], &["gone"]] {
            assert_eq!(rotation(&words(strange)), None, "{strange:?}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_repeating_it() {
        let failure = RedisSessionStore::connect("http://:secret@nowhere", RedisTimeouts::default()).unwrap_err();
        let chain = format!("{failure} {:?}", std::error::Error::source(&failure));
        assert!(!chain.contains("secret"), "{chain}");
    }
}
