//! Password resets under way, and where they are kept.
//!
//! An address that asks for a reset gets a code by mail, trades the code for a token, and the token for a new password.
//! Addresses without an account go the same way with a decoy that no mail tells the code of, so that nobody learns from
//! the answers which addresses have accounts.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::notice::{NewMail, OneTimeCode};
use crate::shared::{Entropy, PortFailure, Timestamp, UserId, hex};

use super::{Email, HashedPassword};

/// How often a code may be entered.
pub const RESET_TRIES: u32 = 5;

/// How long the steps of a reset stay open.
#[derive(Clone, Copy, Debug)]
pub struct ResetLifetime {
    /// From asking for a code to entering it.
    pub code: Duration,
    /// From entering the code to choosing the password.
    pub token: Duration,
}

/// An address under the shop's key: what finds a reset. A plain hash of an address could be looked up in a list of
/// addresses by whoever reads the table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResetAddress(String);

impl ResetAddress {
    /// The digest, in hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A code under the shop's key. Six digits have a million values: a plain hash of them would hide nothing.
#[derive(Clone)]
pub struct CodeHash(String);

impl CodeHash {
    /// A hash as the store kept it.
    pub fn stored(digits: String) -> Self {
        Self(digits)
    }

    /// The digest, in hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are of the same code, in a time that does not tell where they differ.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeHash(..)")
    }
}

/// The key that hides addresses and codes: at least 32 random bytes, the same on every instance. With another key,
/// resets under way have to begin again.
pub struct ResetKeys(SecretBox<Vec<u8>>);

impl ResetKeys {
    /// The key.
    pub fn new(key: Vec<u8>) -> Self {
        Self(SecretBox::new(Box::new(key)))
    }

    /// What finds the reset of that address.
    pub fn address(&self, email: &Email) -> ResetAddress {
        ResetAddress(self.digest(&["address", email.as_str()]))
    }

    /// What is kept of a code. The same code of another address has another hash.
    pub fn code(&self, address: &ResetAddress, code: &OneTimeCode) -> CodeHash {
        CodeHash(self.digest(&["code", address.as_str(), code.expose()]))
    }

    fn digest(&self, parts: &[&str]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(part.as_bytes());
            // No address and no code contains it: no two lists of parts make one text.
            mac.update(&[0]);
        }
        hex(&mac.finalize().into_bytes())
    }
}

impl fmt::Debug for ResetKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResetKeys(..)")
    }
}

/// Lets its holder choose a new password, once: 256 random bits as 64 hexadecimal digits.
#[derive(Clone)]
pub struct ResetToken(SecretString);

impl ResetToken {
    /// A new token.
    pub(super) fn draw(entropy: &dyn Entropy) -> Self {
        Self(SecretString::from(hex(&entropy.bytes::<32>())))
    }

    /// The token that the text is, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 64 && text.bytes().all(is_digit)).then(|| Self(SecretString::from(text)))
    }

    /// The digits.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the store keeps of it. Nobody guesses 256 bits, so this needs no key.
    pub fn hash(&self) -> ResetTokenHash {
        ResetTokenHash(hex(&Sha256::digest(self.expose())))
    }
}

impl fmt::Debug for ResetToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResetToken(..)")
    }
}

/// The SHA-256 of a reset token, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetTokenHash(String);

impl ResetTokenHash {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A reset that begins.
#[derive(Clone, Debug)]
pub struct NewReset {
    /// What finds it.
    pub address: ResetAddress,
    /// The code that continues it.
    pub code: CodeHash,
    /// Until when.
    pub expires_at: Timestamp,
    /// The letter with the code. `mail.user` is whose password it is about; where it is `None` the reset is a decoy, and
    /// the letter goes nowhere.
    pub mail: NewMail,
}

/// A code that was entered and is right.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// What finds the reset.
    pub address: ResetAddress,
    /// The code, which is void from now on.
    pub code: CodeHash,
    /// The token in its place.
    pub token: ResetTokenHash,
    /// Until when the token is good.
    pub expires_at: Timestamp,
    /// Now.
    pub at: Timestamp,
}

/// Whose password a token may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetOwner {
    /// The account.
    pub user: UserId,
    /// Its address, as the account has it.
    pub email: Email,
    /// The account's epoch, which is what it was when the code was entered.
    pub epoch: i64,
}

/// A reset that comes to its end.
#[derive(Clone, Debug)]
pub struct PasswordReset {
    /// The token, which is spent by this.
    pub token: ResetTokenHash,
    /// Whose password.
    pub user: UserId,
    /// The account's epoch that the token is good in.
    pub epoch: i64,
    /// The new one.
    pub password: HashedPassword,
    /// What its owner is told.
    pub mail: NewMail,
    /// Now.
    pub at: Timestamp,
}

/// Why a password was not reset.
#[derive(Debug, Error)]
pub enum FinishResetFailure {
    /// The token is spent or ran out, or the account is closed or in another epoch.
    #[error("the reset token is not good any more")]
    Spent,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Where password resets are kept: one for each address, forgotten a day after its last step.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ResetRepository: Send + Sync {
    /// Stores the code in place of any earlier one of the address, with all of its tries, and queues the letter, or
    /// does neither. A token that an earlier code of the same account led to stays good: anybody can ask for a code, and
    /// must not undo by it what the owner of the mailbox has proved. A decoy costs the same.
    async fn begin(&self, reset: &NewReset) -> Result<(), PortFailure>;

    /// Counts a try, and only then says what the code is: `None` if there is none (any more), or it was tried five
    /// times. Of any number of calls at once no more than five get to see it.
    async fn take_try(&self, address: &ResetAddress, now: Timestamp) -> Result<Option<CodeHash>, PortFailure>;

    /// Voids the code and stores the token, with the account's epoch, in place of it and of any earlier token; `false`
    /// if that is not the code any more. Of any number of calls at once, one succeeds.
    async fn redeem(&self, redemption: &Redemption) -> Result<bool, PortFailure>;

    /// Whose password the token may change; `None` if it is not good, is a decoy's, or the account is closed or in
    /// another epoch than when the code was entered: its owner changed his password since, or what else proves who he
    /// is.
    async fn owner(&self, token: &ResetTokenHash, now: Timestamp) -> Result<Option<ResetOwner>, PortFailure>;

    /// Spends the token, stores the password, raises the account's epoch, which ends every session, removes the
    /// log-ins at partners, which somebody else may have put there, and queues the letter, or does none of it. The
    /// account must be in the reset's epoch still. Of any number of calls at once with one token, one succeeds.
    async fn finish(&self, reset: &PasswordReset) -> Result<(), FinishResetFailure>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::CountingEntropy;

    fn keys() -> ResetKeys {
        ResetKeys::new(vec![7; 32])
    }

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    #[test]
    fn a_mailbox_has_one_reset_however_it_is_spelt() {
        assert_eq!(keys().address(&email("Shopper@A.kr ")), keys().address(&email("shopper@a.kr")));
        assert_ne!(keys().address(&email("shopper@a.kr")), keys().address(&email("shopper@b.kr")));
    }

    #[test]
    fn a_code_matches_itself_at_its_own_address_under_the_same_key() {
        let (code, other) = (OneTimeCode::parse("012345").unwrap(), OneTimeCode::parse("012346").unwrap());
        let (here, there) = (keys().address(&email("a@a.kr")), keys().address(&email("b@a.kr")));
        let hash = keys().code(&here, &code);
        assert!(hash.matches(&keys().code(&here, &code)));
        assert!(!hash.matches(&keys().code(&here, &other)));
        assert!(!hash.matches(&keys().code(&there, &code)));
        assert!(!hash.matches(&ResetKeys::new(vec![8; 32]).code(&here, &code)));
        assert!(!hash.matches(&CodeHash::stored(String::new())));
    }

    #[test]
    fn nothing_shows_an_address_a_code_or_a_token() {
        let (address, code) = (keys().address(&email("a@a.kr")), OneTimeCode::parse("012345").unwrap());
        let token = ResetToken::draw(&CountingEntropy::default());
        let printed = format!("{address:?} {:?} {token:?} {:?}", keys().code(&address, &code), keys());
        assert!(!printed.contains("a@a.kr") && !printed.contains("012345") && !printed.contains(token.expose()));
        assert_ne!(token.hash().as_str(), token.expose());
    }

    #[test]
    fn text_that_is_no_token_is_refused() {
        let token = ResetToken::draw(&CountingEntropy::default());
        assert!(ResetToken::parse(token.expose()).is_some());
        for text in ["", "a", &"a".repeat(63), &"a".repeat(65), &"A".repeat(64), &"g".repeat(64), &"가".repeat(32)] {
            assert!(ResetToken::parse(text).is_none(), "{text}");
        }
    }
}
