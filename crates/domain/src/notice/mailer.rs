//! Whoever carries mails out of the house.

use async_trait::async_trait;

use crate::account::Email;
use crate::shared::MailId;

use super::Letter;

/// A mail, ready to leave.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its row in the outbox; the partner repeats it in what it tells about the mail later.
    pub id: MailId,
    /// The address.
    pub to: Email,
    /// What it says.
    pub letter: Letter,
}

/// The name that the partner gave a mail which it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageId(String);

impl MessageId {
    /// The most characters that are kept.
    const LONGEST: usize = 100;

    /// The id, cut where it is longer than any that the partner gives.
    pub fn new(text: &str) -> Self {
        Self(text.trim().chars().filter(|c| !c.is_control()).take(Self::LONGEST).collect())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why nobody took a mail. Each carries the partner's reason, without anybody's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// It certainly did not go out; the same mail may go out later.
    Later(String),
    /// It did not go out, and this mail never will.
    Refused(String),
    /// It did not go out, and neither does anybody else's: something is wrong with our account at the partner or with
    /// how the partner is reached.
    Misconfigured(String),
    /// The answer got lost. It may have gone out.
    Unknown(String),
}

/// Whoever carries mails out of the house.
///
/// # Contract
/// One call sends at most one mail to one address, in bounded time. [`SendFailure::Unknown`] is the answer wherever the
/// partner may have taken the mail; the other failures say that it has not.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends the mail; the name under which the partner took it.
    async fn send(&self, mail: &Mail) -> Result<MessageId, SendFailure>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_fits_its_column_and_a_log_line() {
        assert_eq!(MessageId::new(" 010c-1\r\n").as_str(), "010c-1");
        assert_eq!(MessageId::new(&"x".repeat(300)).as_str().len(), 100);
    }
}
