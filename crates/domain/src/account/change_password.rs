//! A member chooses another password.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::notice::{Letter, NewMail};
use crate::shared::{Actor, Clock, PortFailure};

use super::{
    AccountRepository, Caller, ChangePasswordFailure, Password, PasswordChange, PasswordHasher, ProvePassword,
    ProvePasswordError, Sessions, SignedIn, Standing,
};

/// Changes passwords.
pub struct ChangePassword {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// Asks for the old password: whoever finds a browser open shall not lock its owner out.
    pub proof: Arc<ProvePassword>,
    /// Hashes the new one.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Ends all sessions and begins one.
    pub sessions: Arc<Sessions>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// What the form sends.
#[derive(Clone, Debug)]
pub struct ChangePasswordCommand {
    /// Who.
    pub actor: Actor,
    /// The account's epoch when he signed in.
    pub epoch: i64,
    /// The password that he has.
    pub current: SecretString,
    /// The one that he wants.
    pub new: Password,
    /// From where.
    pub caller: Caller,
}

/// Why a password was not changed.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// The password was not proven.
    #[error(transparent)]
    Proof(#[from] ProvePasswordError),
    /// The account has none: a partner's log-in opens it. A password is set by a mail to its address.
    #[error("the account has no password")]
    NoPassword,
    /// The new password is the old one.
    #[error("the new password is the old one")]
    Unchanged,
    /// The session ended meanwhile.
    #[error("signed out meanwhile")]
    SignedOut,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<ChangePasswordFailure> for ChangePasswordError {
    fn from(failure: ChangePasswordFailure) -> Self {
        match failure {
            ChangePasswordFailure::Stale => Self::SignedOut,
            ChangePasswordFailure::Unavailable(failure) => Self::Unavailable(failure),
        }
    }
}

impl ChangePassword {
    /// Stores the new password and ends every session of the account: whoever knew the old password is out. This
    /// browser gets a new session, if one can be had.
    pub async fn run(&self, command: ChangePasswordCommand) -> Result<Option<SignedIn>, ChangePasswordError> {
        let ChangePasswordCommand { actor, epoch, current, new, caller } = command;
        let user = actor.user;
        let known = self.accounts.credentials_of(user).await?;
        let known = known.filter(|known| known.standing.session_epoch == epoch);
        let known = known.ok_or(ChangePasswordError::SignedOut)?;
        if known.password.is_none() {
            return Err(ChangePasswordError::NoPassword);
        }
        self.proof.check(&known, current.clone(), caller.address).await?;
        if current.expose_secret() == new.expose() {
            return Err(ChangePasswordError::Unchanged);
        }
        let password = self.hasher.hash(new).await?;
        let at = self.clock.now();
        let letter = Letter::PasswordChanged { at };
        let mail = NewMail { to: known.email, user: Some(user), letter, lapses_at: None, queued_at: at };
        let change = PasswordChange { user, epoch, password, mail, at };
        let session_epoch = self.accounts.change_password(&change).await?;
        tracing::info!(%user, "a password was changed");
        self.sessions.clear(user).await;
        let standing = Standing { session_epoch, ..known.standing };
        Ok(self.sessions.begin_if_possible(user, standing, &caller.device).await)
    }
}

#[cfg(test)]
#[path = "change_password_tests.rs"]
mod tests;
