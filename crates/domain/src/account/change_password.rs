//! A member chooses another password.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::notice::{Letter, NewMail};
use crate::shared::{Actor, ClientAddress, Clock, PortFailure};

use super::{
    AccountRepository, Caller, ChangePasswordFailure, Credentials, GuessQueue, Password, PasswordChange,
    PasswordHasher, Sessions, SignedIn, Standing, Throttle, Throttled,
};

/// Changes passwords.
pub struct ChangePassword {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// Compares the old password, hashes the new one.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Ends all sessions and begins one.
    pub sessions: Arc<Sessions>,
    /// Stops guessers: whoever finds a browser open shall not find out the password as well.
    pub throttle: Arc<Throttle>,
    /// One guess after the other.
    pub queue: GuessQueue,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// What the form sends.
#[derive(Clone, Debug)]
pub struct ChangePasswordCommand {
    /// Who.
    pub actor: Actor,
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
    /// That is not his password.
    #[error("the current password is another one")]
    WrongPassword,
    /// The account has none: a partner's log-in opens it. A password is set by a mail to its address.
    #[error("the account has no password")]
    NoPassword,
    /// The new password is the old one.
    #[error("the new password is the old one")]
    Unchanged,
    /// Too many wrong passwords.
    #[error("too many failures")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The session ended meanwhile.
    #[error("signed out meanwhile")]
    SignedOut,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<Throttled> for ChangePasswordError {
    fn from(throttled: Throttled) -> Self {
        match throttled {
            Throttled::TooMany { retry_after } => Self::TooMany { retry_after },
            Throttled::Unavailable(failure) => Self::Unavailable(failure),
        }
    }
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
        let ChangePasswordCommand { actor, current, new, caller } = command;
        let user = actor.user;
        let known = self.accounts.credentials_of(user).await?.ok_or(ChangePasswordError::SignedOut)?;
        self.prove(&known, &current, caller.address).await?;
        if current.expose_secret() == new.expose() {
            return Err(ChangePasswordError::Unchanged);
        }
        let password = self.hasher.hash(new).await?;
        let at = self.clock.now();
        let letter = Letter::PasswordChanged { at };
        let mail = NewMail { to: known.email, user: Some(user), letter, lapses_at: None, queued_at: at };
        let change = PasswordChange { user, epoch: known.standing.session_epoch, password, mail, at };
        let session_epoch = self.accounts.change_password(&change).await?;
        self.sessions.clear(user).await;
        let standing = Standing { session_epoch, ..known.standing };
        Ok(self.sessions.begin_if_possible(user, standing, &caller.device).await)
    }

    /// A wrong password counts as a failed log-in to that account.
    async fn prove(
        &self,
        known: &Credentials,
        typed: &SecretString,
        address: ClientAddress,
    ) -> Result<(), ChangePasswordError> {
        let hash = known.password.clone().ok_or(ChangePasswordError::NoPassword)?;
        let _turn = self.queue.turn(known.email.as_str(), address).await;
        self.throttle.may_log_in(&known.email, address).await?;
        if !self.hasher.verify(typed.clone(), Some(hash)).await? {
            self.throttle.log_in_failed(&known.email, address).await?;
            return Err(ChangePasswordError::WrongPassword);
        }
        Ok(self.throttle.log_in_succeeded(&known.email, address).await?)
    }
}

#[cfg(test)]
#[path = "change_password_tests.rs"]
mod tests;
