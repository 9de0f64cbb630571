//! Passwords: the policy, and the port that hashes them.

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::shared::PortFailure;

/// A password that meets the shop's one policy: 8 to 200 characters with a lower-case letter, an upper-case letter, a
/// digit and a character that is none of these. It accepts whatever the sign-up and the reset form accept.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

impl Password {
    /// The most characters. Hashing is bounded by it.
    pub const MAX_CHARS: usize = 200;

    /// The password.
    ///
    /// # Errors
    /// The broken rule, as a Korean sentence. It never repeats the password.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let length = text.chars().count();
        if length < 8 {
            return Err("비밀번호는 8자 이상이어야 합니다.");
        }
        if length > Self::MAX_CHARS {
            return Err("비밀번호는 200자를 넘을 수 없습니다.");
        }
        let has = |kind: fn(char) -> bool| text.chars().any(kind);
        let fits = has(|c| c.is_ascii_lowercase())
            && has(|c| c.is_ascii_uppercase())
            && has(|c| c.is_ascii_digit())
            && has(|c| !c.is_ascii_alphanumeric() && !c.is_control() && c != ' ');
        if fits {
            Ok(Self(SecretString::from(text)))
        } else {
            Err("비밀번호에는 영문 대문자, 소문자, 숫자, 특수문자가 모두 들어가야 합니다.")
        }
    }

    /// The password in clear, for the hasher's eyes.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A hash in PHC string format; not secret in itself, and never shown all the same.
#[derive(Clone, Debug)]
pub struct HashedPassword(SecretString);

impl HashedPassword {
    /// A hash as the hasher made it or the store kept it.
    pub fn new(phc: String) -> Self {
        Self(SecretString::from(phc))
    }

    /// The PHC string.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Hashes passwords, slowly on purpose, and without starving anything else.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// The hash of a new password, under a fresh salt.
    async fn hash(&self, password: Password) -> Result<HashedPassword, PortFailure>;

    /// The hash of a password that was right a moment ago, whatever the policy of today says of it.
    async fn hash_again(&self, password: SecretString) -> Result<HashedPassword, PortFailure>;

    /// Whether the hash was made at another cost than today's.
    fn is_outdated(&self, hash: &HashedPassword) -> bool;

    /// Whether the text is the password. With no hash to compare to it takes the same time and says no, so that an
    /// unknown account cannot be told from a wrong password.
    async fn verify(&self, attempt: SecretString, hash: Option<HashedPassword>) -> Result<bool, PortFailure>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_accepts_whatever_the_forms_accept() {
        for special in "!@#$%^&*(),.?\":{}|<>".chars() {
            assert!(Password::parse(&format!("Abcdef1{special}")).is_ok(), "{special}");
        }
    }

    #[test]
    fn weak_and_endless_passwords_are_refused() {
        let endless = format!("Aa1!{}", "x".repeat(200));
        for text in ["", "Aa1!", "abcdefg1!", "ABCDEFG1!", "Abcdefgh!", "Abcdefgh1", "Abcdef 12", &endless] {
            assert!(Password::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let printed = format!("{:?}", Password::parse("Secret-1234").unwrap());
        assert!(!printed.contains("Secret-1234"), "{printed}");
    }
}
