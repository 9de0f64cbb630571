//! Where mails wait.

use std::time::Duration;

use async_trait::async_trait;

use crate::account::Email;
use crate::shared::{MailId, Page, PageRequest, PortFailure, Timestamp};

use super::{Mail, MessageId};

/// A mail that nobody else sends until its lease ends.
#[derive(Clone, Debug)]
pub struct LeasedMail {
    /// The mail.
    pub mail: Mail,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// When somebody else may take it. With the number of the try it names this lease and no other.
    pub lease_ends_at: Timestamp,
    /// After this moment nobody has any use for it.
    pub lapses_at: Option<Timestamp>,
}

/// What one look for due mails came to.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// Rows that were due, whatever became of them.
    pub due: usize,
    /// Of them, those to be sent now.
    pub mails: Vec<LeasedMail>,
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    /// The partner took it.
    Sent(MessageId),
    /// It waits for another try.
    Retry {
        /// When that is due.
        at: Timestamp,
        /// Whether this try counts. One that could not have worked for anybody does not.
        counts: bool,
        /// Why, without anybody's address.
        reason: String,
    },
    /// It waits for an administrator.
    Parked {
        /// Why, without anybody's address.
        reason: String,
    },
    /// It is of no use any more.
    Lapsed,
}

/// A mail that waits for an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedMail {
    /// Its number.
    pub id: MailId,
    /// The address.
    pub to: Email,
    /// The name of its letter; what the letter says stays under its seal.
    pub letter: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it was given up.
    pub reason: String,
    /// When it was written.
    pub queued_at: Timestamp,
    /// When it was given up.
    pub parked_at: Timestamp,
    /// After this moment it would not be sent even if somebody asked for it.
    pub lapses_at: Option<Timestamp>,
}

/// Until when settled mails are forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SweepBefore {
    /// Those that were sent, lapsed or met a suppressed address.
    pub settled: Timestamp,
    /// Those that were discarded: anybody can have such a row written by asking for somebody who does not exist.
    pub discarded: Timestamp,
}

/// Where mails wait.
///
/// # Contract
/// - However many senders claim at once, one of them gets a mail.
/// - A claim is a lease: the mail of a sender that died comes back when its lease ends, with its try counted.
/// - Claiming gives nobody a mail that has lapsed or whose address is suppressed: its row ends there and then.
/// - A settled row no longer holds what its letter said; a parked one does, because it may be asked for again.
/// - A mail that cannot be opened is parked: it must not be the first at every look.
/// - Sweeping takes settled mails only: none that waits for its sender, and none that waits for an administrator.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait MailOutbox: Send + Sync {
    /// Takes up to `limit` due mails, the longest waiting first, for so long.
    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Claim, PortFailure>;

    /// Stores what became of a try; `false` where the lease had ended and somebody else has taken the mail.
    async fn settle(&self, mail: &LeasedMail, outcome: &MailOutcome, now: Timestamp) -> Result<bool, PortFailure>;

    /// Mails that wait for an administrator, the latest first.
    async fn parked(&self, page: PageRequest) -> Result<Page<ParkedMail>, PortFailure>;

    /// Queues a parked mail again, with all its tries before it; `false` where none of that number is parked.
    async fn requeue(&self, mail: MailId, now: Timestamp) -> Result<bool, PortFailure>;

    /// Gives a parked mail up for good; `false` where none of that number is parked.
    async fn discard(&self, mail: MailId, now: Timestamp) -> Result<bool, PortFailure>;

    /// Forgets mails that were settled, and were due, before these moments: up to `limit` of each kind of end. How many.
    async fn sweep(&self, before: SweepBefore, limit: u32) -> Result<u64, PortFailure>;
}
