//! What the shop writes to people.
//!
//! A [`Letter`] says what is to be told; how it reads is the business of whoever sends it. It is stored as a
//! [`NewMail`] by the transaction that makes it true, and sent later: [`DeliverMail`] takes it out of the [`MailOutbox`]
//! under a lease, hands it to the [`Mailer`] and stores what became of it.
//!
//! | State of a row | What happened | What can happen |
//! | --- | --- | --- |
//! | `QUEUED` | written, or tried and to be tried again | claimed; lapses; suppressed |
//! | `SENT` | the partner took it | - |
//! | `PARKED` | refused for good, or tried too often | an administrator retries or discards it |
//! | `LAPSED` | it was of no use any more before it could be sent | - |
//! | `SUPPRESSED` | its address gets no mail any more | - |
//! | `DISCARDED` | an administrator gave it up, or nobody was to get it | - |
//!
//! A settled row is forgotten after a month, a discarded one after a day: [`SweepMail`].
//!
//! What the partner tells later, that a mail came back or was unwelcome, is taken by [`TakeFeedback`] and ends all
//! mail to that address, until an administrator lifts that: [`ReviewSuppressions`].

mod deliver_mail;
mod feedback;
mod letter;
mod mailer;
mod order_letter;
mod outbox;
mod review_mail;
mod review_suppressions;
mod sweep_mail;

pub use deliver_mail::{DeliverMail, DeliveryReport, Standstill};
pub use feedback::{
    Feedback, FeedbackReader, Notice, NoticeId, ReadNoticeError, Suppression, SuppressionList, SuppressionReason,
    TakeFeedback,
};
#[cfg(any(test, feature = "mock"))]
pub use feedback::{MockFeedbackReader, MockSuppressionList};
pub use letter::{Letter, NewMail, OneTimeCode};
#[cfg(any(test, feature = "mock"))]
pub use mailer::MockMailer;
pub use mailer::{Mail, Mailer, MessageId, SendFailure};
pub use order_letter::{LetterAddress, LetterLine, OrderFacts, OrderLetter, OrderNews};
#[cfg(any(test, feature = "mock"))]
pub use outbox::MockMailOutbox;
pub use outbox::{Claim, LeasedMail, MailOutbox, MailOutcome, ParkedMail, SweepBefore};
pub use review_mail::{ReviewMail, ReviewMailError};
pub use review_suppressions::{ReviewSuppressions, ReviewSuppressionsError};
pub use sweep_mail::{SweepMail, SweepRota};
