//! The second factor: a code that changes every half minute (TOTP, RFC 6238), or a recovery code that is good once.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::{Digest, Sha256};

use crate::shared::{Clock, FailureKind, PortFailure, Purpose, Timestamp, UserId, Vault, hex};

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
    /// codes and ends every session; the account's new epoch, or `None` where there is no such factor.
    async fn confirm(
        &self,
        user: UserId,
        sealed_secret: &str,
        step: u64,
        recovery: &[RecoveryHash],
        now: Timestamp,
    ) -> Result<Option<i64>, PortFailure>;

    /// Uses the codes up to and including that step; `false` if that one or a later one was used before. Of two calls
    /// at once with one step, one succeeds.
    async fn spend_step(&self, user: UserId, step: u64, now: Timestamp) -> Result<bool, PortFailure>;

    /// Uses the recovery code; `false` if the account has no such unused one.
    async fn spend_recovery(&self, user: UserId, code: &RecoveryHash, now: Timestamp) -> Result<bool, PortFailure>;

    /// Puts new recovery codes in place of the old ones.
    async fn replace_recovery(
        &self,
        user: UserId,
        recovery: &[RecoveryHash],
        now: Timestamp,
    ) -> Result<(), PortFailure>;

    /// Removes the factor and its recovery codes and ends every session; the account's new epoch, or `None` where
    /// there was no factor.
    async fn remove(&self, user: UserId, now: Timestamp) -> Result<Option<i64>, PortFailure>;
}

/// Codes out of a secret and the time.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait OneTimePasswords: Send + Sync {
    /// The step whose code it is, if it is that of now or of the step before or after.
    fn step_of(&self, code: &str, secret: &SecretSlice<u8>, now: Timestamp) -> Option<u64>;

    /// The `otpauth://` address that an authenticator scans.
    fn address(&self, secret: &SecretSlice<u8>, account: &str) -> Result<SecretString, PortFailure>;
}

/// Checks second factors.
pub struct SecondFactors {
    /// Where they are kept.
    pub repository: Arc<dyn SecondFactorRepository>,
    /// Opens their secrets.
    pub vault: Arc<dyn Vault>,
    /// Computes their codes.
    pub codes: Arc<dyn OneTimePasswords>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Digits of a code.
const CODE_DIGITS: usize = 6;

impl SecondFactors {
    /// Whether the text is a code of the account's that was not used before. It is used up by this.
    pub async fn accepts(&self, user: UserId, code: &SecretString) -> Result<bool, PortFailure> {
        let code = code.expose_secret().trim();
        let now = self.clock.now();
        if code.len() != CODE_DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
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

    /// The secret of a stored factor.
    pub fn secret(&self, factor: &StoredFactor) -> Result<SecretSlice<u8>, PortFailure> {
        let secret = self.vault.open(Purpose::SecondFactor, &factor.sealed_secret);
        let secret = secret.ok_or_else(|| {
            PortFailure::new(FailureKind::Corrupt, "opening a second factor", "it was sealed by another key")
        })?;
        Ok(SecretSlice::from(secret))
    }
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
        let split = behind(text, CODE_DIGITS, |tail| tail.bytes().all(|byte| byte.is_ascii_digit()))
            .or_else(|| behind(text, RECOVERY_CHARS, is_recovery_code));
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
mod tests {
    use super::*;

    fn parts(typed: &str, code: Option<&str>) -> (String, Option<String>) {
        let parts = TypedSecret::of_enrolled(typed.into(), code.map(SecretString::from));
        (parts.password.expose_secret().to_owned(), parts.code.map(|code| code.expose_secret().to_owned()))
    }

    #[test]
    fn six_digits_behind_the_password_are_the_code() {
        assert_eq!(parts("Geheim!1123456", None), ("Geheim!1".to_owned(), Some("123456".to_owned())));
        assert_eq!(parts("Geheim!1ABCDE-23456", None), ("Geheim!1".to_owned(), Some("ABCDE-23456".to_owned())));
        assert_eq!(parts("Geheim!1", None), ("Geheim!1".to_owned(), None));
        assert_eq!(parts("가나다", None), ("가나다".to_owned(), None));
        assert_eq!(parts("12345", None), ("12345".to_owned(), None));
    }

    #[test]
    fn a_code_in_its_own_field_leaves_the_password_whole() {
        assert_eq!(parts("Geheim!123456", Some("654321")), ("Geheim!123456".to_owned(), Some("654321".to_owned())));
    }

    #[test]
    fn a_recovery_code_is_the_same_in_every_spelling() {
        assert_eq!(RecoveryHash::of("abcde-fghij"), RecoveryHash::of(" ABCDEFGHIJ "));
        assert_ne!(RecoveryHash::of("ABCDE-FGHIJ"), RecoveryHash::of("ABCDE-FGHIK"));
    }
}
