//! Somebody who runs the shop takes a second factor, renews what stands in for it, or puts it away.

use std::sync::Arc;

use secrecy::SecretString;
use thiserror::Error;

use crate::notice::{Letter, NewMail};
use crate::shared::{Actor, Entropy, PortFailure, Role, Timestamp, UserId};

use super::repository::Standing;
use super::{
    Caller, Credentials, Device, FactorConfirmation, ProvePassword, ProvePasswordError, RecoveryCode, RecoveryHash,
    SecondFactors, Sessions, ShownSecret, SignedIn, Throttled,
};

/// How many recovery codes somebody gets.
const RECOVERY_CODES: usize = 10;

/// Enrols, renews and removes second factors.
pub struct ChangeSecondFactor {
    /// Asks for the password once more.
    pub password: Arc<ProvePassword>,
    /// Makes and checks them.
    pub factors: Arc<SecondFactors>,
    /// Ends all sessions and begins a new one.
    pub sessions: Arc<Sessions>,
    /// Where secrets come from.
    pub entropy: Arc<dyn Entropy>,
}

/// A second factor that its owner has shown to have.
#[derive(Debug)]
pub struct Enrolled {
    /// What stands in for it. Nobody can show these again.
    pub recovery: Vec<RecoveryCode>,
    /// The session of the browser in which it happened, if one could be had; all others are over.
    pub session: Option<SignedIn>,
}

/// Why a second factor stays as it is.
#[derive(Debug, Error)]
pub enum ChangeSecondFactorError {
    /// Second factors are for those who run the shop.
    #[error("only administrators have second factors")]
    NotAdministrator,
    /// The password was not proven.
    #[error(transparent)]
    Proof(#[from] ProvePasswordError),
    /// It is not the factor's code of now, or it was used before.
    #[error("wrong code")]
    WrongCode,
    /// There is one already.
    #[error("there is a second factor already")]
    AlreadyEnrolled,
    /// There is none.
    #[error("there is no second factor")]
    NotEnrolled,
    /// Too many codes.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl ChangeSecondFactor {
    /// Whether the account's log-in asks for a second factor.
    pub async fn is_enrolled(&self, user: UserId) -> Result<bool, PortFailure> {
        Ok(self.factors.repository.find(user).await?.is_some_and(|factor| factor.is_confirmed))
    }

    /// Makes up a secret and shows it. It takes the place of one that was shown and never confirmed, and is asked for
    /// nowhere before [`Self::confirm`].
    pub async fn enrol(
        &self,
        actor: Actor,
        password: SecretString,
        caller: &Caller,
    ) -> Result<ShownSecret, ChangeSecondFactorError> {
        if actor.role != Role::Admin {
            return Err(ChangeSecondFactorError::NotAdministrator);
        }
        let known = self.password.run(actor.user, password, caller.address).await?;
        let secret = self.factors.new_secret(self.entropy.as_ref(), known.email.as_str())?;
        let now = self.factors.clock.now();
        if self.factors.repository.enrol(actor.user, &secret.sealed, now).await? {
            Ok(secret.shown)
        } else {
            Err(ChangeSecondFactorError::AlreadyEnrolled)
        }
    }

    /// Its owner shows that he has it. Whoever was signed in before without it is signed out.
    pub async fn confirm(
        &self,
        actor: Actor,
        code: &SecretString,
        device: &Device,
    ) -> Result<Enrolled, ChangeSecondFactorError> {
        let user = actor.user;
        let factor = self.factors.repository.find(user).await?.ok_or(ChangeSecondFactorError::NotEnrolled)?;
        if factor.is_confirmed {
            return Err(ChangeSecondFactorError::AlreadyEnrolled);
        }
        let step = self.factors.step_of(user, &factor, code).await?.ok_or(ChangeSecondFactorError::WrongCode)?;
        let (recovery, hashes) = self.draw_recovery_codes();
        let known = self.password.accounts.credentials_of(user).await?.ok_or(ChangeSecondFactorError::NotEnrolled)?;
        let at = self.factors.clock.now();
        let mail = mail(known, Letter::SecondFactorEnrolled { at }, at);
        let sealed_secret = factor.sealed_secret;
        let confirmation = FactorConfirmation { user, sealed_secret, step, recovery: hashes, mail, at };
        let epoch = self.factors.repository.confirm(&confirmation).await?;
        // Another secret was made up meanwhile, or another tab has confirmed this one: the code is not what counts now.
        let epoch = epoch.ok_or(ChangeSecondFactorError::NotEnrolled)?;
        tracing::info!(%user, "a second factor was enrolled");
        self.factors.throttle.second_factor_succeeded(user).await;
        let standing = Standing { role: actor.role, session_epoch: epoch, second_factor: true };
        Ok(Enrolled { recovery, session: self.begin_again(user, standing, device).await })
    }

    /// New recovery codes in place of the old ones, for a code.
    pub async fn replace_recovery_codes(
        &self,
        actor: Actor,
        code: &SecretString,
    ) -> Result<Vec<RecoveryCode>, ChangeSecondFactorError> {
        self.prove(actor.user, code).await?;
        let (recovery, hashes) = self.draw_recovery_codes();
        let now = self.factors.clock.now();
        if self.factors.repository.replace_recovery(actor.user, &hashes, now).await? {
            Ok(recovery)
        } else {
            Err(ChangeSecondFactorError::NotEnrolled)
        }
    }

    /// Removes the second factor, for both password and code; the session of the browser in which it happened, if one
    /// could be had. All others are over.
    pub async fn remove(
        &self,
        actor: Actor,
        password: SecretString,
        code: &SecretString,
        caller: &Caller,
    ) -> Result<Option<SignedIn>, ChangeSecondFactorError> {
        let user = actor.user;
        let known = self.password.run(user, password, caller.address).await?;
        self.prove(user, code).await?;
        let at = self.factors.clock.now();
        let epoch = self.factors.repository.remove(user, &mail(known, Letter::SecondFactorRemoved { at }, at)).await?;
        let epoch = epoch.ok_or(ChangeSecondFactorError::NotEnrolled)?;
        tracing::info!(%user, "a second factor was removed");
        let standing = Standing { role: actor.role, session_epoch: epoch, second_factor: false };
        Ok(self.begin_again(user, standing, &caller.device).await)
    }

    async fn prove(&self, user: UserId, code: &SecretString) -> Result<(), ChangeSecondFactorError> {
        if !self.is_enrolled(user).await? {
            return Err(ChangeSecondFactorError::NotEnrolled);
        }
        if self.factors.accepts(user, code).await? { Ok(()) } else { Err(ChangeSecondFactorError::WrongCode) }
    }

    fn draw_recovery_codes(&self) -> (Vec<RecoveryCode>, Vec<RecoveryHash>) {
        let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| RecoveryCode::draw(self.entropy.as_ref())).collect();
        let hashes = codes.iter().map(RecoveryCode::hash).collect();
        (codes, hashes)
    }

    async fn begin_again(&self, user: UserId, standing: Standing, device: &Device) -> Option<SignedIn> {
        self.sessions.clear(user).await;
        self.sessions.begin_if_possible(user, standing, device).await
    }
}

fn mail(to: Credentials, letter: Letter, at: Timestamp) -> NewMail {
    NewMail { to: to.email, user: Some(to.user), letter, lapses_at: None, queued_at: at }
}

#[cfg(test)]
#[path = "change_second_factor_tests.rs"]
mod tests;
