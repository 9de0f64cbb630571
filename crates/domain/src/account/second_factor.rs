//! The second factor: a code that changes every half minute (TOTP, RFC 6238), or a recovery code that is good once.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::{Digest, Sha256};

use crate::notice::NewMail;
use crate::shared::{Clock, Entropy, FailureKind, PortFailure, Purpose, Timestamp, UserId, Vault, hex};

use super::{Throttle, Throttled};

/// Random bytes of a new secret: 160 bits, the length that the algorithm's authors recommend.
const SECRET_BYTES: usize = 20;

/// A code that stands in for a lost second factor, once: `ABCDE-FGHIJ`, 50 random bits in letters and digits that are
/// not taken for each other.
#[derive(Clone, Debug)]
pub struct RecoveryCode(SecretString);

impl RecoveryCode {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const HALF: usize = 5;

    /// A new one.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let drawn = entropy.bytes::<{ 2 * Self::HALF }>();
        // The alphabet has 32 characters, a divisor of 256: every one is equally likely.
        let mut code: String =
            drawn.iter().filter_map(|byte| Self::ALPHABET.chars().nth(usize::from(byte % 32))).collect();
        code.insert(Self::HALF, '-');
        Self(code.into())
    }

    /// The code, for its owner's eyes.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What a store keeps of it.
    pub fn hash(&self) -> RecoveryHash {
        RecoveryHash::of(self.expose())
    }
}

/// The SHA-256 of a recovery code in hexadecimal digits: what a store keeps. Such a code has 50 random bits and is
/// guessed at no faster than passwords are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecoveryHash(String);

impl RecoveryHash {
    /// What is kept of the code, in whatever spelling it is typed.
    pub fn of(code: &str) -> Self {
        let canonical: String =
            code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        Self(hex(&Sha256::digest(canonical)))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A second factor as its row keeps it.
#[derive(Clone, Debug)]
pub struct StoredFactor {
    /// The secret, sealed for [`Purpose::SecondFactor`].
    pub sealed_secret: String,
    /// Whether its owner has shown that he has it: an unconfirmed one is asked for nowhere.
    pub is_confirmed: bool,
}

/// A second factor whose owner has shown that he has it.
#[derive(Clone, Debug)]
pub struct FactorConfirmation {
    /// Whose.
    pub user: UserId,
    /// The secret that his code belongs to, as its row keeps it.
    pub sealed_secret: String,
    /// The step of his code.
    pub step: u64,
    /// What stands in for the factor.
    pub recovery: Vec<RecoveryHash>,
    /// What he is told.
    pub mail: NewMail,
    /// Now.
    pub at: Timestamp,
}

/// Where second factors are kept.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SecondFactorRepository: Send + Sync {
    /// The account's factor, confirmed or not.
    async fn find(&self, user: UserId) -> Result<Option<StoredFactor>, PortFailure>;

    /// Stores an unconfirmed factor in place of another unconfirmed one. Changes nothing and says `false` where the
    /// account has a confirmed one.
    async fn enrol(&self, user: UserId, sealed_secret: &str, now: Timestamp) -> Result<bool, PortFailure>;

    /// Confirms the factor if it is the unconfirmed one with that secret, notes the step as used, stores the recovery
    /// codes, ends every session and queues the mail; the account's new epoch, or `None` where there is no such factor.
    async fn confirm(&self, confirmation: &FactorConfirmation) -> Result<Option<i64>, PortFailure>;

    /// Uses the codes up to and including that step; `false` if that one or a later one was used before. Of two calls
    /// at once with one step, one succeeds.
    async fn spend_step(&self, user: UserId, step: u64, now: Timestamp) -> Result<bool, PortFailure>;

    /// Uses the recovery code; `false` if the account has no such unused one.
    async fn spend_recovery(&self, user: UserId, code: &RecoveryHash, now: Timestamp) -> Result<bool, PortFailure>;

    /// Puts new recovery codes in place of the old ones; `false` where there is no confirmed factor.
    async fn replace_recovery(
        &self,
        user: UserId,
        recovery: &[RecoveryHash],
        now: Timestamp,
    ) -> Result<bool, PortFailure>;

    /// Removes the factor, confirmed or not, with its recovery codes, ends every session and queues the mail; the
    /// account's new epoch, or `None` where there was no factor.
    async fn remove(&self, user: UserId, mail: &NewMail) -> Result<Option<i64>, PortFailure>;
}

/// Codes out of a secret and the time.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait OneTimePasswords: Send + Sync {
    /// The step whose code it is, if it is that of now or of the step before or after.
    fn step_of(&self, code: &str, secret: &SecretSlice<u8>, now: Timestamp) -> Option<u64>;

    /// The secret as its owner takes it into his authenticator.
    fn show(&self, secret: &SecretSlice<u8>, account: &str) -> Result<ShownSecret, PortFailure>;
}

/// A secret in the two spellings that authenticators know.
#[derive(Clone, Debug)]
pub struct ShownSecret {
    /// In Base32, to be typed.
    pub text: SecretString,
    /// The `otpauth://` address, to be scanned as a picture.
    pub address: SecretString,
}

/// Makes and checks second factors.
pub struct SecondFactors {
    /// Where they are kept.
    pub repository: Arc<dyn SecondFactorRepository>,
    /// Opens their secrets.
    pub vault: Arc<dyn Vault>,
    /// Computes their codes.
    pub codes: Arc<dyn OneTimePasswords>,
    /// Stops guessers.
    pub throttle: Arc<Throttle>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// A secret that nobody has yet.
#[derive(Debug)]
pub struct NewSecret {
    /// What its row keeps.
    pub sealed: String,
    /// What its owner is shown, once.
    pub shown: ShownSecret,
}

/// Digits of a code.
const CODE_DIGITS: usize = 6;

impl SecondFactors {
    /// Whether the text is a code of the account's that was not used before. It is used up by this. Attempts count,
    /// wherever they come from: a million codes are few for somebody who has the password and many machines.
    pub async fn accepts(&self, user: UserId, code: &SecretString) -> Result<bool, Throttled> {
        self.throttle.second_factor(user).await?;
        let accepted = self.spend(user, &typed(code)).await?;
        if accepted {
            self.throttle.second_factor_succeeded(user).await;
        }
        Ok(accepted)
    }

    async fn spend(&self, user: UserId, code: &str) -> Result<bool, PortFailure> {
        let now = self.clock.now();
        if !is_step_code(code) {
            return self.repository.spend_recovery(user, &RecoveryHash::of(code), now).await;
        }
        let Some(factor) = self.repository.find(user).await?.filter(|factor| factor.is_confirmed) else {
            return Ok(false);
        };
        match self.codes.step_of(code, &self.secret(&factor)?, now) {
            Some(step) => self.repository.spend_step(user, step, now).await,
            None => Ok(false),
        }
    }

    /// The step of a code of that factor, used or not; `None` where it is none. Counts as an attempt.
    pub async fn step_of(
        &self,
        user: UserId,
        factor: &StoredFactor,
        code: &SecretString,
    ) -> Result<Option<u64>, Throttled> {
        self.throttle.second_factor(user).await?;
        let code = typed(code);
        let secret = self.secret(factor)?;
        Ok(is_step_code(&code).then(|| self.codes.step_of(&code, &secret, self.clock.now())).flatten())
    }

    /// A new secret for the account of that name.
    pub fn new_secret(&self, entropy: &dyn Entropy, account: &str) -> Result<NewSecret, PortFailure> {
        let secret = SecretSlice::from(entropy.bytes::<SECRET_BYTES>().to_vec());
        Ok(NewSecret {
            sealed: self.vault.seal(Purpose::SecondFactor, secret.expose_secret()),
            shown: self.codes.show(&secret, account)?,
        })
    }

    fn secret(&self, factor: &StoredFactor) -> Result<SecretSlice<u8>, PortFailure> {
        let secret = self.vault.open(Purpose::SecondFactor, &factor.sealed_secret);
        let secret = secret.ok_or_else(|| {
            PortFailure::new(FailureKind::Corrupt, "opening a second factor", "it was sealed by another key")
        })?;
        Ok(SecretSlice::from(secret))
    }
}

/// The code without the blanks that authenticators show between its halves.
fn typed(code: &SecretString) -> String {
    code.expose_secret().split_whitespace().collect()
}

fn is_step_code(text: &str) -> bool {
    text.len() == CODE_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What somebody typed in place of a password, taken apart: a form with one field takes the second factor directly
/// behind the password.
#[derive(Clone, Debug)]
pub struct TypedSecret {
    /// The password.
    pub password: SecretString,
    /// The code, if there is one.
    pub code: Option<SecretString>,
}

impl TypedSecret {
    /// Both parts of what an enrolled person typed. A code in a field of its own leaves the password whole; else six
    /// digits at the end are the code, or a recovery code as it is printed (`ABCDE-FGHIJ`).
    pub fn of_enrolled(typed: SecretString, code: Option<SecretString>) -> Self {
        if code.is_some() {
            return Self { password: typed, code };
        }
        let text = typed.expose_secret();
        let split = behind(text, CODE_DIGITS, is_step_code).or_else(|| behind(text, RECOVERY_CHARS, is_recovery_code));
        match split {
            Some((password, code)) => Self { password: password.into(), code: Some(code.into()) },
            None => Self { password: typed, code: None },
        }
    }
}

/// Characters of a recovery code with its hyphen.
const RECOVERY_CHARS: usize = 11;

fn is_recovery_code(text: &str) -> bool {
    text.bytes().enumerate().all(|(place, byte)| match place {
        5 => byte == b'-',
        _ => byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte),
    })
}

/// The text and its last `length` bytes, if those are what `is` asks for.
fn behind(text: &str, length: usize, is: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let (head, tail) = text.split_at_checked(text.len().checked_sub(length)?)?;
    is(tail).then_some((head, tail))
}

#[cfg(test)]
#[path = "second_factor_tests.rs"]
mod tests;
