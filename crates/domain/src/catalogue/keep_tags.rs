//! Administrators keep the tags.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{
    Actor, AuditAction, AuditChanges, AuditEntry, AuditSubject, Clock, Page, PageRequest, PortFailure, TagId,
};

use super::product::Tag;
use super::product_repository::{ChangeTagFailure, TagChange, TagRepository, TagUsage};

const TRIES: u8 = 3;

/// Keeps tags.
pub struct KeepTags {
    /// Where tags are kept.
    pub tags: Arc<dyn TagRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Why the tags are as they were.
#[derive(Debug, Error)]
pub enum KeepTagsError {
    /// There is no such tag.
    #[error("the tag does not exist")]
    NotFound,
    /// Another tag has that name.
    #[error("another tag has that name")]
    NameTaken,
    /// Products bear it.
    #[error("products bear the tag")]
    InUse,
    /// It kept changing.
    #[error("the tag kept changing")]
    Conflict,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl KeepTags {
    /// One page of all tags, with how many products bear each.
    pub async fn list(&self, page: PageRequest) -> Result<Page<TagUsage>, PortFailure> {
        self.tags.list(page).await
    }

    /// Gives a tag another name, on every product that bears it.
    pub async fn rename(&self, actor: &Actor, id: TagId, name: String) -> Result<Tag, KeepTagsError> {
        self.change(actor, id, Some(&name)).await?;
        Ok(Tag { id, name })
    }

    /// Erases a tag that no product bears.
    pub async fn erase(&self, actor: &Actor, id: TagId) -> Result<(), KeepTagsError> {
        self.change(actor, id, None).await
    }

    async fn change(&self, actor: &Actor, id: TagId, name: Option<&String>) -> Result<(), KeepTagsError> {
        for _ in 0..TRIES {
            let tag = self.tags.find(id).await?.ok_or(KeepTagsError::NotFound)?;
            let mut changes = AuditChanges::new();
            changes.note("name", tag.name.as_str(), name.cloned());
            if changes.is_empty() {
                return Ok(());
            }
            let action = if name.is_some() { AuditAction::TagRenamed } else { AuditAction::TagErased };
            let (actor, subject, at) = (actor.user, AuditSubject::Tag(id), self.clock.now());
            let entry = AuditEntry { actor, action, subject, changes, reason: None, at };
            match self.tags.apply(&TagChange { tag, name: name.cloned(), entry }).await {
                Ok(()) => return Ok(()),
                Err(ChangeTagFailure::Stale) => {}
                Err(ChangeTagFailure::NameTaken) => return Err(KeepTagsError::NameTaken),
                Err(ChangeTagFailure::InUse) => return Err(KeepTagsError::InUse),
                Err(ChangeTagFailure::Unavailable(failure)) => return Err(failure.into()),
            }
        }
        Err(KeepTagsError::Conflict)
    }
}
