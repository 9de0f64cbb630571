//! A shopper looks at what he was told.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Actor, AnnouncementId, Clock, Page, PageRequest, PortFailure};

use super::{Announcement, AnnouncementQueries, AnnouncementRepository};

/// How many missed announcements a page that comes back is told at most. Older ones are in the list.
const MOST_MISSED: u32 = 100;

/// Shows a shopper what he was told.
pub struct ReadAnnouncements {
    /// Announcements as pages show them.
    pub shown: Arc<dyn AnnouncementQueries>,
    /// Where they are kept.
    pub kept: Arc<dyn AnnouncementRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Why an announcement was not marked as read.
#[derive(Debug, Error)]
pub enum MarkReadError {
    /// The actor has no such announcement.
    #[error("the announcement does not exist")]
    NotFound,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl ReadAnnouncements {
    /// One page of what the actor was told, newest first.
    pub async fn page(&self, actor: &Actor, page: PageRequest) -> Result<Page<Announcement>, PortFailure> {
        self.shown.page(actor.user, page).await
    }

    /// How many of them he has not read.
    pub async fn unread(&self, actor: &Actor) -> Result<u64, PortFailure> {
        self.shown.unread(actor.user).await
    }

    /// What a page of the actor's missed that left off after that one, in the order of telling.
    pub async fn missed(&self, actor: &Actor, after: AnnouncementId) -> Result<Vec<Announcement>, PortFailure> {
        self.shown.missed(actor.user, after, MOST_MISSED).await
    }

    /// The actor has read one.
    pub async fn mark_read(&self, actor: &Actor, id: AnnouncementId) -> Result<(), MarkReadError> {
        let found = self.kept.mark_read(actor.user, id, self.clock.now()).await?;
        if found { Ok(()) } else { Err(MarkReadError::NotFound) }
    }

    /// The actor has read all; how many were new to him.
    pub async fn mark_all_read(&self, actor: &Actor) -> Result<u64, PortFailure> {
        self.kept.mark_all_read(actor.user, self.clock.now()).await
    }
}
