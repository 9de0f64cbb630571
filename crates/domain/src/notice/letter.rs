//! Letters.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::account::{Email, IdentityProvider};
use crate::shared::{Timestamp, UserId};

use super::OrderLetter;

/// Six decimal digits that prove that somebody reads a mailbox.
#[derive(Clone)]
pub struct OneTimeCode(SecretString);

impl OneTimeCode {
    /// The code, if the text is six ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| Self(SecretString::from(text)))
    }

    /// The digits.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(..)")
    }
}

/// What somebody is told.
#[derive(Clone, Debug)]
pub enum Letter {
    /// The code with which he may choose a new password.
    ResetCode {
        /// The code.
        code: OneTimeCode,
        /// How long it is good for.
        valid_for: Duration,
    },
    /// He changed his password.
    PasswordChanged {
        /// When.
        at: Timestamp,
    },
    /// Somebody who read the code in his mailbox chose a new password. That ended his sessions, and every partner's
    /// log-in to his account: a thief may have linked it.
    PasswordReset {
        /// When.
        at: Timestamp,
    },
    /// A log-in of that provider opens his account from now on.
    IdentityLinked {
        /// Whose log-in.
        provider: IdentityProvider,
        /// When.
        at: Timestamp,
    },
    /// A log-in of that provider does not open his account any more.
    IdentityUnlinked {
        /// Whose log-in.
        provider: IdentityProvider,
        /// When.
        at: Timestamp,
    },
    /// His log-in asks for a second factor from now on.
    SecondFactorEnrolled {
        /// When.
        at: Timestamp,
    },
    /// His log-in does not ask for a second factor any more.
    SecondFactorRemoved {
        /// When.
        at: Timestamp,
    },
    /// His account was closed.
    AccountClosed {
        /// When.
        at: Timestamp,
    },
    /// There is news of an order of his.
    Order(Box<OrderLetter>),
}

impl Letter {
    /// Its name in rows and logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ResetCode { .. } => "RESET_CODE",
            Self::PasswordChanged { .. } => "PASSWORD_CHANGED",
            Self::PasswordReset { .. } => "PASSWORD_RESET",
            Self::IdentityLinked { .. } => "IDENTITY_LINKED",
            Self::IdentityUnlinked { .. } => "IDENTITY_UNLINKED",
            Self::SecondFactorEnrolled { .. } => "SECOND_FACTOR_ENROLLED",
            Self::SecondFactorRemoved { .. } => "SECOND_FACTOR_REMOVED",
            Self::AccountClosed { .. } => "ACCOUNT_CLOSED",
            Self::Order(letter) => letter.news.kind(),
        }
    }
}

/// A letter and whom it goes to: what a transaction puts into the outbox.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// The address.
    pub to: Email,
    /// Whose account it is about.
    pub user: Option<UserId>,
    /// What it says.
    pub letter: Letter,
    /// After this moment nobody has any use for it: it is not sent any more.
    pub lapses_at: Option<Timestamp>,
    /// Now.
    pub queued_at: Timestamp,
}
