//! Somebody comes back.

use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use futures::lock::{Mutex, MutexGuard};
use secrecy::SecretString;
use thiserror::Error;

use crate::shared::{ClientAddress, PortFailure};

use super::{
    AccountRepository, Caller, Credentials, Email, HashedPassword, PasswordHasher, SecondFactors, Sessions, SignedIn,
    Throttle, Throttled, TypedSecret,
};

/// Signs people in by e-mail and password.
pub struct LogIn {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// Compares the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Checks second factors.
    pub second_factors: Arc<SecondFactors>,
    /// Begins the session.
    pub sessions: Arc<Sessions>,
    /// Stops guessers.
    pub throttle: Arc<Throttle>,
    /// One guess after the other.
    pub queue: Arc<GuessQueue>,
}

/// What the log-in form sends.
#[derive(Clone, Debug)]
pub struct LogInCommand {
    /// The address; `None` where the text is none, which is nobody's.
    pub email: Option<Email>,
    /// The password; of somebody with a second factor, perhaps with his code behind it.
    pub password: SecretString,
    /// The code of the second factor, where the form has a field for it.
    pub code: Option<SecretString>,
    /// From where.
    pub caller: Caller,
}

/// Why somebody was not signed in.
#[derive(Debug, Error)]
pub enum LogInError {
    /// No such account, not its password, or not its code: one answer for all.
    #[error("wrong e-mail address or password")]
    WrongCredentials,
    /// The password is right, and this account needs a code besides.
    #[error("a second factor is needed")]
    SecondFactorRequired,
    /// Too many failures.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl LogIn {
    /// Signs the owner of the address in. An address that has no account costs as much time as a wrong password, and
    /// meets the same limits.
    pub async fn run(&self, command: LogInCommand) -> Result<SignedIn, LogInError> {
        let LogInCommand { email, password, code, caller } = command;
        let account = email.as_ref().map_or("", Email::as_str);
        // Ten guesses sent at once are still compared one after the other, so that the eleventh meets the limit.
        let turn = self.queue.turn(account, caller.address).await;
        self.throttle.may_log_in(&account, caller.address).await.inspect_err(|throttled| {
            if matches!(throttled, Throttled::TooMany { .. }) {
                tracing::warn!("a log-in was refused after too many failures");
            }
        })?;
        let known = match &email {
            Some(email) => self.accounts.credentials(email).await?,
            None => None,
        };
        let proven = self.prove(known, password, code).await;
        match &proven {
            Ok(_) => self.throttle.log_in_succeeded(&account, caller.address).await,
            Err(LogInError::WrongCredentials) => self.throttle.log_in_failed(&account, caller.address).await?,
            Err(_) => {}
        }
        drop(turn);
        let known = proven?;
        Ok(self.sessions.begin(known.user, known.standing, &caller.device).await?)
    }

    async fn prove(
        &self,
        known: Option<Credentials>,
        typed: SecretString,
        code: Option<SecretString>,
    ) -> Result<Credentials, LogInError> {
        let enrolled = known.as_ref().is_some_and(|known| known.standing.second_factor);
        let typed =
            if enrolled { TypedSecret::of_enrolled(typed, code) } else { TypedSecret { password: typed, code: None } };
        let hash = known.as_ref().and_then(|known| known.password.clone());
        let matches = self.hasher.verify(typed.password.clone(), hash).await?;
        let known = known.filter(|_| matches).ok_or(LogInError::WrongCredentials)?;
        if enrolled {
            let code = typed.code.ok_or(LogInError::SecondFactorRequired)?;
            if !self.second_factors.accepts(known.user, &code).await? {
                return Err(LogInError::WrongCredentials);
            }
        }
        self.renew_hash(&known, typed.password).await;
        Ok(known)
    }

    /// A password that was hashed at another cost is hashed again at today's, now that it is at hand. If that fails,
    /// the next log-in tries again.
    async fn renew_hash(&self, known: &Credentials, password: SecretString) {
        let Some(old) = known.password.as_ref().filter(|hash| self.hasher.is_outdated(hash)) else { return };
        let renewed = match self.hasher.hash_again(password).await {
            Ok(new) => self.store_hash(known, old, &new).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = renewed {
            tracing::warn!(user = %known.user, error = failure.chain(), "a password keeps its old hash");
        }
    }

    async fn store_hash(
        &self,
        known: &Credentials,
        old: &HashedPassword,
        new: &HashedPassword,
    ) -> Result<(), PortFailure> {
        self.accounts.replace_hash(known.user, old, new).await
    }
}

/// How many guesses at different accounts run side by side; far more than there are processors to compare them.
const LANES: usize = 256;

/// Lets guesses at one account from one address pass one after the other.
#[derive(Debug)]
pub struct GuessQueue {
    lanes: Vec<Mutex<()>>,
    hasher: std::hash::RandomState,
}

impl Default for GuessQueue {
    fn default() -> Self {
        Self { lanes: (0..LANES).map(|_| Mutex::new(())).collect(), hasher: std::hash::RandomState::new() }
    }
}

impl GuessQueue {
    /// Returns when it is this guess's turn; the next one waits until the turn is dropped.
    pub(super) async fn turn(&self, account: &str, address: ClientAddress) -> Option<MutexGuard<'_, ()>> {
        let lanes = u64::try_from(self.lanes.len()).ok()?;
        let lane = self.hasher.hash_one(Guess { account, address }).checked_rem(lanes)?;
        Some(self.lanes.get(usize::try_from(lane).ok()?)?.lock().await)
    }
}

#[derive(Hash)]
struct Guess<'a> {
    account: &'a str,
    address: ClientAddress,
}

#[cfg(test)]
#[path = "log_in_tests.rs"]
mod tests;
