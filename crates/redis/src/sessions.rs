//! Sessions.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_redis::redis::Script;
use ef_domain::account::{
    Device, Rotation, SESSIONS_OF_ACCOUNT, SessionId, SessionOwner, SessionRecord, SessionStore, SessionSummary,
    TokenHash,
};
use ef_domain::shared::{FailureKind, PortFailure, Timestamp, UserId};

use crate::key;
use crate::server::{RedisServer, RedisTimeouts};

/// Sessions in a Redis server.
pub struct RedisSessionStore {
    server: RedisServer,
    begin: Script,
    rotate: Script,
    owner: Script,
    is_live: Script,
    list: Script,
    end: Script,
    end_one: Script,
    end_others: Script,
    end_all: Script,
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
            owner: Script::new(include_str!("scripts/owner.lua")),
            is_live: Script::new(include_str!("scripts/is_live.lua")),
            list: Script::new(include_str!("scripts/list.lua")),
            end: Script::new(include_str!("scripts/end.lua")),
            end_one: Script::new(include_str!("scripts/end_one.lua")),
            end_others: Script::new(include_str!("scripts/end_others.lua")),
            end_all: Script::new(include_str!("scripts/end_all.lua")),
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
            .arg(session.device.as_str())
            .arg(session.began_at.millis())
            .arg(session.expires_at.millis())
            .arg(SESSIONS_OF_ACCOUNT)
            .arg(key::SESSION);
        self.server.run("beginning a session", &call).await
    }

    async fn owner(&self, session: &SessionId) -> Result<Option<SessionOwner>, PortFailure> {
        const DURING: &str = "looking a session's owner up";
        let call = self.owner.key(key::session(session));
        let answer: Vec<String> = self.server.run(DURING, &call).await?;
        if answer.is_empty() {
            return Ok(None);
        }
        owner(&answer).map(Some).ok_or_else(|| strange(DURING, &answer))
    }

    async fn is_live(&self, session: &SessionId, now: Timestamp) -> Result<bool, PortFailure> {
        let mut call = self.is_live.key(key::session(session));
        call.arg(now.millis());
        self.server.run("looking whether a session lives", &call).await
    }

    async fn list(&self, user: UserId, now: Timestamp) -> Result<Vec<SessionSummary>, PortFailure> {
        const DURING: &str = "listing a user's sessions";
        let mut call = self.list.key(key::sessions_of(user));
        call.arg(now.millis()).arg(key::SESSION);
        let answer: Vec<Vec<String>> = self.server.run(DURING, &call).await?;
        let sessions: Option<Vec<SessionSummary>> = answer.iter().map(|session| summary(session)).collect();
        let mut sessions = sessions.ok_or_else(|| strange(DURING, &answer))?;
        sessions.sort_by(|a, b| b.used_at.cmp(&a.used_at).then_with(|| a.id.as_str().cmp(b.id.as_str())));
        Ok(sessions)
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
        rotation(&answer).ok_or_else(|| strange(DURING, &answer))
    }

    async fn end(&self, session: &SessionId, presented: &TokenHash) -> Result<(), PortFailure> {
        let mut call = self.end.key(key::session(session));
        call.arg(session.as_str()).arg(presented.as_str()).arg(key::SESSIONS_OF);
        self.server.run("ending a session", &call).await
    }

    async fn end_one(&self, user: UserId, session: &SessionId) -> Result<bool, PortFailure> {
        let mut call = self.end_one.key(key::session(session));
        call.key(key::sessions_of(user)).arg(session.as_str()).arg(user.get());
        self.server.run("ending one session of a user", &call).await
    }

    async fn end_others(&self, user: UserId, kept: &SessionId) -> Result<(), PortFailure> {
        let mut call = self.end_others.key(key::sessions_of(user));
        call.arg(key::SESSION).arg(kept.as_str());
        self.server.run("ending a user's other sessions", &call).await
    }

    async fn end_all(&self, user: UserId) -> Result<(), PortFailure> {
        let mut call = self.end_all.key(key::sessions_of(user));
        call.arg(key::SESSION);
        self.server.run("ending all sessions of a user", &call).await
    }
}

/// An answer that no script of ours gives.
fn strange(during: &'static str, answer: &impl fmt::Debug) -> PortFailure {
    PortFailure::new(FailureKind::Corrupt, during, format!("the script answered {answer:?}"))
}

/// What `owner.lua` answers about a session that there is.
fn owner(answer: &[String]) -> Option<SessionOwner> {
    let [user, epoch, began_at] = answer else { return None };
    let user = UserId::new(user.parse().ok()?);
    Some(SessionOwner { user, epoch: epoch.parse().ok()?, began_at: moment(began_at)? })
}

/// What `list.lua` answers about each session. One was used when its last token was spent; one that never was, when it
/// began.
fn summary(answer: &[String]) -> Option<SessionSummary> {
    let [id, epoch, device, began_at, spent_at, expires_at] = answer else { return None };
    let began_at = moment(began_at)?;
    Some(SessionSummary {
        id: SessionId::parse(id)?,
        epoch: epoch.parse().ok()?,
        device: Device::new(device),
        began_at,
        used_at: if spent_at.is_empty() { began_at } else { moment(spent_at)? },
        expires_at: moment(expires_at)?,
    })
}

fn moment(millis: &str) -> Option<Timestamp> {
    Timestamp::from_millis(millis.parse().ok()?)
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
    fn an_answer_that_no_script_of_ours_gives_is_none() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(rotation(&words(&["reused"])), Some(Rotation::Reused));
        assert_eq!(
            rotation(&words(&["rotated", "3", "9"])),
            Some(Rotation::Rotated { user: UserId::new(3), epoch: 9 })
        );
        for strange in [&[][..], &["rotated"], &["rotated", "x", "1"], &["rotated", "1", ""], &["gone"]] {
            assert_eq!(rotation(&words(strange)), None, "{strange:?}");
            assert_eq!(owner(&words(strange)), None, "{strange:?}");
            assert_eq!(summary(&words(strange)), None, "{strange:?}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_repeating_it() {
        let failure = RedisSessionStore::connect("http://:secret@nowhere", RedisTimeouts::default()).unwrap_err();
        let chain = format!("{failure} {:?}", std::error::Error::source(&failure));
        assert!(!chain.contains("secret"), "{chain}");
    }
}
