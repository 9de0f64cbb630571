//! Where announcements are kept.

use async_trait::async_trait;

use crate::shared::{AnnouncementId, Page, PageRequest, PortFailure, Timestamp, UserId};

use super::Announcement;

/// What one batch of events came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Events that were taken out of the outbox.
    pub taken: usize,
    /// Announcements that they came to. An event that cannot be read, or was announced before, comes to none.
    pub announced: usize,
}

/// What one sweep came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Announcements that were forgotten.
    pub announcements: u64,
    /// Events that were.
    pub events: u64,
}

/// What was told after some announcement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// The announcements, in the order of telling.
    pub announcements: Vec<Announcement>,
    /// The last one that was looked at, even if it could not be read; `None` where there was none.
    pub up_to: Option<AnnouncementId>,
}

/// Where announcements are kept.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AnnouncementRepository: Send + Sync {
    /// Takes up to `limit` events out of the outbox, oldest first, and stores what they announce, as one fact.
    ///
    /// However many instances call at once, an event is announced once, and one delivery ends before the next begins:
    /// an announcement never appears behind somebody's back, with an id lower than one that could be seen before. An
    /// event that cannot be read is logged and keeps nobody waiting. The mails that announcements come with
    /// ([`OrderNews`](crate::notice::OrderNews)) are queued with them, to the address that the account has now.
    async fn deliver(&self, limit: u32, now: Timestamp) -> Result<Delivery, PortFailure>;

    /// Forgets announcements that were stored, and events that were taken out of the outbox, before that moment: up to
    /// `limit` of each, the oldest first. The newest announcement of all stays, because it says how far the telling has
    /// got; an event that waits is never forgotten.
    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<Swept, PortFailure>;

    /// Notes that the user has read one; `false` if he has no such announcement. One that was read stays as it is.
    async fn mark_read(&self, user: UserId, id: AnnouncementId, now: Timestamp) -> Result<bool, PortFailure>;

    /// Notes that the user has read all there are; how many he had not.
    async fn mark_all_read(&self, user: UserId, now: Timestamp) -> Result<u64, PortFailure>;
}

/// Announcements as pages and streams show them. One that cannot be read is logged and left out: the others are no less
/// true.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AnnouncementQueries: Send + Sync {
    /// The user's announcements, newest first. At most two statements.
    async fn page(&self, user: UserId, page: PageRequest) -> Result<Page<Announcement>, PortFailure>;

    /// How many the user has not read.
    async fn unread(&self, user: UserId) -> Result<u64, PortFailure>;

    /// The user's announcements after that one, in the order of telling; of more than `limit`, the newest.
    async fn missed(&self, user: UserId, after: AnnouncementId, limit: u32) -> Result<Vec<Announcement>, PortFailure>;

    /// Everybody's announcements after that one, in the order of telling; the first `limit`.
    async fn after(&self, after: AnnouncementId, limit: u32) -> Result<Tail, PortFailure>;

    /// The newest announcement of all; `None` where there is none yet.
    async fn newest(&self) -> Result<Option<AnnouncementId>, PortFailure>;
}
