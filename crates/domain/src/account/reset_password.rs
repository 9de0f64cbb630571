//! Somebody who forgot his password chooses another one: asks for a code, enters it, enters the password.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::notice::{Letter, NewMail, OneTimeCode};
use crate::shared::{ClientAddress, Clock, Entropy, PortFailure};

use super::{
    AccountRepository, Email, FinishResetFailure, NewReset, Password, PasswordHasher, PasswordReset, Redemption,
    ResetKeys, ResetLifetime, ResetRepository, ResetToken, Sessions, Throttle, Throttled,
};

/// How many values a code has.
const CODES: u64 = 1_000_000;

/// Sends a code to somebody's mailbox.
pub struct RequestReset {
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRepository>,
    /// Where resets are kept.
    pub resets: Arc<dyn ResetRepository>,
    /// Stops who fills other people's mailboxes.
    pub throttle: Arc<Throttle>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// Where codes come from.
    pub entropy: Arc<dyn Entropy>,
    /// Hides addresses and codes.
    pub keys: Arc<ResetKeys>,
    /// How long a code is good for.
    pub lifetime: ResetLifetime,
}

/// Why no code was sent.
#[derive(Debug, Error)]
pub enum RequestResetError {
    /// The address asked a moment ago, or somebody asks for too many.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl RequestReset {
    /// Sends a code to the address, as the account has it. An address without an account gets none, and whoever asked
    /// is told and kept waiting for the same.
    pub async fn run(&self, email: &Email, from: ClientAddress) -> Result<(), RequestResetError> {
        self.throttle.reset_mail(email, from).await?;
        let known = self.accounts.credentials(email).await?;
        let code = self.draw_code();
        let now = self.clock.now();
        let address = self.keys.address(email);
        let expires_at = now.after(self.lifetime.code);
        let reset = NewReset {
            code: self.keys.code(&address, &code),
            address,
            expires_at,
            mail: NewMail {
                user: known.as_ref().map(|known| known.user),
                to: known.map_or_else(|| email.clone(), |known| known.email),
                letter: Letter::ResetCode { code, valid_for: self.lifetime.code },
                lapses_at: Some(expires_at),
                queued_at: now,
            },
        };
        Ok(self.resets.begin(&reset).await?)
    }

    fn draw_code(&self) -> OneTimeCode {
        let digits = format!("{:06}", self.entropy.below(CODES));
        OneTimeCode::parse(&digits).expect("a number below a million has six digits")
    }
}

/// Trades a code for a token.
pub struct VerifyResetCode {
    /// Where resets are kept.
    pub resets: Arc<dyn ResetRepository>,
    /// Stops who guesses at many addresses.
    pub throttle: Arc<Throttle>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// Where tokens come from.
    pub entropy: Arc<dyn Entropy>,
    /// Hides addresses and codes.
    pub keys: Arc<ResetKeys>,
    /// How long a token is good for.
    pub lifetime: ResetLifetime,
}

/// Why a code yields no token.
#[derive(Debug, Error)]
pub enum VerifyResetCodeError {
    /// There is no code: it ran out, was used, was tried too often, or was never asked for.
    #[error("there is no code to enter")]
    Void,
    /// It is another one.
    #[error("wrong code")]
    Wrong,
    /// Too many codes from there.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl VerifyResetCode {
    /// The token, if this is the code. The try is counted before the code is compared.
    pub async fn run(
        &self,
        email: &Email,
        code: &OneTimeCode,
        from: ClientAddress,
    ) -> Result<ResetToken, VerifyResetCodeError> {
        self.throttle.verification(from).await?;
        let address = self.keys.address(email);
        let now = self.clock.now();
        let expected = self.resets.take_try(&address, now).await?.ok_or(VerifyResetCodeError::Void)?;
        let entered = self.keys.code(&address, code);
        if !expected.matches(&entered) {
            return Err(VerifyResetCodeError::Wrong);
        }
        let token = ResetToken::draw(self.entropy.as_ref());
        let redemption = Redemption {
            address,
            code: expected,
            token: token.hash(),
            expires_at: now.after(self.lifetime.token),
            at: now,
        };
        if self.resets.redeem(&redemption).await? { Ok(token) } else { Err(VerifyResetCodeError::Void) }
    }
}

/// Trades a token for a new password.
pub struct ResetPassword {
    /// Where resets are kept.
    pub resets: Arc<dyn ResetRepository>,
    /// Hashes the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Clears the sessions that end.
    pub sessions: Arc<Sessions>,
    /// Stops who guesses.
    pub throttle: Arc<Throttle>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Why the password stays.
#[derive(Debug, Error)]
pub enum ResetPasswordError {
    /// The token is not good, or not any more.
    #[error("the reset token is not valid")]
    InvalidToken,
    /// Too many tokens from there.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<FinishResetFailure> for ResetPasswordError {
    fn from(failure: FinishResetFailure) -> Self {
        match failure {
            FinishResetFailure::Spent => Self::InvalidToken,
            FinishResetFailure::Unavailable(failure) => Self::Unavailable(failure),
        }
    }
}

impl ResetPassword {
    /// Gives the account the password, ends its sessions and removes partners' log-ins, and tells its owner so. A text
    /// that is no good token costs no hash.
    pub async fn run(
        &self,
        token: &SecretString,
        password: Password,
        from: ClientAddress,
    ) -> Result<(), ResetPasswordError> {
        self.throttle.verification(from).await?;
        let token = ResetToken::parse(token.expose_secret()).ok_or(ResetPasswordError::InvalidToken)?.hash();
        let owner = self.resets.owner(&token, self.clock.now()).await?.ok_or(ResetPasswordError::InvalidToken)?;
        let password = self.hasher.hash(password).await?;
        // Hashing waits for its turn: what is stored with the password happened after it.
        let at = self.clock.now();
        let mail = NewMail {
            to: owner.email,
            user: Some(owner.user),
            letter: Letter::PasswordReset { at },
            lapses_at: None,
            queued_at: at,
        };
        self.resets.finish(&PasswordReset { token, user: owner.user, epoch: owner.epoch, password, mail, at }).await?;
        tracing::info!(user = %owner.user, "a password was reset");
        self.sessions.clear(owner.user).await;
        Ok(())
    }
}

#[cfg(test)]
#[path = "reset_password_tests.rs"]
mod tests;
