//! Administrators look after mails that were given up.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Clock, MailId, Page, PageRequest, PortFailure};

use super::{MailOutbox, ParkedMail};

/// Looks after parked mails.
pub struct ReviewMail {
    /// Where mails wait.
    pub outbox: Arc<dyn MailOutbox>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Why a mail was left as it is.
#[derive(Debug, Error)]
pub enum ReviewMailError {
    /// No parked mail has that number (any more).
    #[error("no parked mail has that number")]
    NotParked,
    /// The outbox could not be asked.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl ReviewMail {
    /// The parked mails, the latest first.
    pub async fn list(&self, page: PageRequest) -> Result<Page<ParkedMail>, PortFailure> {
        self.outbox.parked(page).await
    }

    /// Sends a parked mail after all. One that has lapsed meanwhile still is not sent.
    pub async fn retry(&self, mail: MailId) -> Result<(), ReviewMailError> {
        let found = self.outbox.requeue(mail, self.clock.now()).await?;
        found.then_some(()).ok_or(ReviewMailError::NotParked)
    }

    /// Gives a parked mail up for good.
    pub async fn discard(&self, mail: MailId) -> Result<(), ReviewMailError> {
        let found = self.outbox.discard(mail, self.clock.now()).await?;
        found.then_some(()).ok_or(ReviewMailError::NotParked)
    }
}
