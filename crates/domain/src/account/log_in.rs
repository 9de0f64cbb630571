//! Somebody comes back.

use std::sync::Arc;

use secrecy::SecretString;
use thiserror::Error;

use crate::shared::PortFailure;

use super::{AccountRepository, Email, PasswordHasher, Sessions, SignedIn};

/// Signs people in by e-mail and password.
pub struct LogIn {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// Compares the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Begins the session.
    pub sessions: Arc<Sessions>,
}

/// Why somebody was not signed in.
#[derive(Debug, Error)]
pub enum LogInError {
    /// No such account, or not its password: one answer for both.
    #[error("wrong e-mail address or password")]
    WrongCredentials,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl LogIn {
    /// Signs the owner of the address in. An address that has no account costs as much time as a wrong password.
    pub async fn run(&self, email: Option<&Email>, password: SecretString) -> Result<SignedIn, LogInError> {
        let known = match email {
            Some(email) => self.accounts.credentials(email).await?,
            None => None,
        };
        let hash = known.as_ref().and_then(|known| known.password.clone());
        let matches = self.hasher.verify(password, hash).await?;
        match known {
            Some(known) if matches => Ok(self.sessions.begin(known.user, known.standing).await?),
            _ => Err(LogInError::WrongCredentials),
        }
    }
}
