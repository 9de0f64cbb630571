//! What the mail partner tells about mails it took, and addresses that get none any more.

use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;

use crate::account::Email;
use crate::shared::{Clock, Page, PageRequest, PortFailure, SuppressionId, Timestamp};

/// The partner's name for one notice. The same one comes twice with the same name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NoticeId(String);

impl NoticeId {
    /// The name, if it is one: 1 to 100 visible ASCII characters.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What happened to a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feedback {
    /// It came back.
    Bounced {
        /// From whom.
        recipients: Vec<Email>,
        /// Whether every later one would, too.
        permanent: bool,
    },
    /// Somebody said something about it to his mail provider.
    Complained {
        /// Who, as far as the partner knows.
        recipients: Vec<Email>,
        /// `false` where he said that it was welcome.
        unwelcome: bool,
    },
    /// Anything that changes nothing here.
    Other,
}

impl Feedback {
    /// Who must not be written to again, and why.
    fn suppressions(&self) -> (&[Email], SuppressionReason) {
        match self {
            Self::Bounced { recipients, permanent: true } => (recipients, SuppressionReason::Bounce),
            Self::Complained { recipients, unwelcome: true } => (recipients, SuppressionReason::Complaint),
            // A full mailbox is emptied one day.
            Self::Bounced { .. } | Self::Complained { .. } | Self::Other => (&[], SuppressionReason::Bounce),
        }
    }
}

/// A notice, proven to be the partner's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its name.
    pub id: NoticeId,
    /// What it tells.
    pub feedback: Feedback,
}

/// Why a document was not read.
#[derive(Debug, Error)]
pub enum ReadNoticeError {
    /// It is no notice.
    #[error("not a notice: {0}")]
    Malformed(&'static str),
    /// It is none of the partner's, or none for this shop, or too old to be.
    #[error("not to be believed: {0}")]
    Forged(&'static str),
    /// What proves it could not be had just now.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Reads the partner's notices.
///
/// # Contract
/// Nothing is returned that the partner has not signed for this shop. Whatever the partner wants done so that it sends
/// notices at all is done here, and counts as [`Feedback::Other`].
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait FeedbackReader: Send + Sync {
    /// The notice in a document that anybody may have sent.
    async fn read(&self, document: &[u8]) -> Result<Notice, ReadNoticeError>;
}

/// Why an address gets no mail any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressionReason {
    /// Mails to it come back for good.
    Bounce,
    /// Its owner called one unwelcome.
    Complaint,
}

impl SuppressionReason {
    /// Its name in rows and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bounce => "BOUNCE",
            Self::Complaint => "COMPLAINT",
        }
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Bounce, Self::Complaint].into_iter().find(|reason| reason.name() == name)
    }
}

/// An address that gets no mail any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Its number in the list.
    pub id: SuppressionId,
    /// The address.
    pub address: Email,
    /// What made it so.
    pub reason: SuppressionReason,
    /// Since when.
    pub since: Timestamp,
}

/// Addresses that get no mail any more.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SuppressionList: Send + Sync {
    /// Remembers the notice and suppresses the addresses, or does neither: `false` where the notice was known. An
    /// address that is suppressed already keeps its first reason.
    async fn take(
        &self,
        notice: &NoticeId,
        addresses: &[Email],
        reason: SuppressionReason,
        now: Timestamp,
    ) -> Result<bool, PortFailure>;

    /// The addresses, the latest first; of one address only, where one is given.
    async fn list(&self, of: Option<Email>, page: PageRequest) -> Result<Page<Suppression>, PortFailure>;

    /// Takes an address off the list: `false` where none has that number (any more). The notices that put it there stay
    /// known, so that one which is repeated does not put it there again; a new one does.
    async fn lift(&self, suppression: SuppressionId) -> Result<bool, PortFailure>;

    /// Forgets up to `limit` notices that were taken before that moment, and none of the addresses. How many.
    async fn forget_notices(&self, before: Timestamp, limit: u32) -> Result<u64, PortFailure>;
}

/// Acts on the partner's notices.
pub struct TakeFeedback {
    /// Who reads them.
    pub reader: Arc<dyn FeedbackReader>,
    /// Who gets no mail any more.
    pub suppressed: Arc<dyn SuppressionList>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

impl TakeFeedback {
    /// Takes one notice. However often and in whichever order they come, each counts once.
    pub async fn run(&self, document: &[u8]) -> Result<(), ReadNoticeError> {
        let Notice { id, feedback } = self.reader.read(document).await?;
        let (addresses, reason) = feedback.suppressions();
        if addresses.is_empty() {
            return Ok(());
        }
        let is_news = self.suppressed.take(&id, addresses, reason, self.clock.now()).await?;
        if is_news {
            tracing::warn!(
                notice = id.as_str(),
                reason = reason.name(),
                count = addresses.len(),
                "no more mail to them"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::ManualClock;
    use crate::testing::at;

    async fn suppressed_by(feedback: Feedback) -> Vec<SuppressionReason> {
        let told = Arc::new(std::sync::Mutex::new(Vec::new()));
        let (mut reader, mut suppressed) = (MockFeedbackReader::new(), MockSuppressionList::new());
        reader
            .expect_read()
            .returning(move |_| Ok(Notice { id: NoticeId::parse("notice-1").unwrap(), feedback: feedback.clone() }));
        let telling = Arc::clone(&told);
        suppressed.expect_take().returning(move |_, addresses, reason, now| {
            assert_eq!((addresses.len(), now), (1, at(5)));
            telling.lock().unwrap().push(reason);
            Ok(true)
        });
        let clock = Arc::new(ManualClock::at(at(5)));
        TakeFeedback { reader: Arc::new(reader), suppressed: Arc::new(suppressed), clock }.run(b"{}").await.unwrap();
        std::mem::take(&mut *told.lock().unwrap())
    }

    #[tokio::test]
    async fn what_will_always_come_back_and_what_was_unwelcome_ends_the_mail() {
        let recipients = || vec![Email::parse("a@shop.kr").unwrap()];
        let bounced = |permanent| Feedback::Bounced { recipients: recipients(), permanent };
        let complained = |unwelcome| Feedback::Complained { recipients: recipients(), unwelcome };
        assert_eq!(suppressed_by(bounced(true)).await, [SuppressionReason::Bounce]);
        assert_eq!(suppressed_by(bounced(false)).await, []);
        assert_eq!(suppressed_by(complained(true)).await, [SuppressionReason::Complaint]);
        assert_eq!(suppressed_by(complained(false)).await, []);
        assert_eq!(suppressed_by(Feedback::Other).await, []);
    }

    #[test]
    fn a_reason_is_read_as_it_was_written() {
        for reason in [SuppressionReason::Bounce, SuppressionReason::Complaint] {
            assert_eq!(SuppressionReason::parse(reason.name()), Some(reason));
        }
        assert_eq!(SuppressionReason::parse("bounce"), None);
    }

    #[test]
    fn a_notice_has_a_name_that_fits_its_column() {
        assert!(NoticeId::parse("22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324").is_some());
        for text in ["", "a b", "a\n", &"x".repeat(101)] {
            assert!(NoticeId::parse(text).is_none(), "{text:?}");
        }
    }
}
