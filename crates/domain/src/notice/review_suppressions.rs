//! Administrators look after addresses that get no mail any more.

use std::sync::Arc;

use thiserror::Error;

use crate::account::Email;
use crate::shared::{Page, PageRequest, PortFailure, SuppressionId};

use super::{Suppression, SuppressionList};

/// Looks after suppressed addresses: somebody whose mailbox was away for a day could never reset his password again.
pub struct ReviewSuppressions {
    /// Who gets no mail any more.
    pub suppressed: Arc<dyn SuppressionList>,
}

/// Why an address stays on the list.
#[derive(Debug, Error)]
pub enum ReviewSuppressionsError {
    /// No address has that number in the list (any more).
    #[error("no suppressed address has that number")]
    NotSuppressed,
    /// The list could not be asked.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl ReviewSuppressions {
    /// The addresses, the latest first; of one address only, where one is given.
    pub async fn list(&self, of: Option<Email>, page: PageRequest) -> Result<Page<Suppression>, PortFailure> {
        self.suppressed.list(of, page).await
    }

    /// Lets an address get mail again. Letters that were not sent to it meanwhile stay unsent.
    pub async fn lift(&self, suppression: SuppressionId) -> Result<(), ReviewSuppressionsError> {
        let found = self.suppressed.lift(suppression).await?;
        found.then_some(()).ok_or(ReviewSuppressionsError::NotSuppressed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::MockSuppressionList;

    #[tokio::test]
    async fn what_is_not_on_the_list_cannot_be_lifted() {
        let mut suppressed = MockSuppressionList::new();
        suppressed.expect_lift().returning(|id| Ok(id.get() == 7));
        let review = ReviewSuppressions { suppressed: Arc::new(suppressed) };
        review.lift(SuppressionId::new(7)).await.unwrap();
        let outcome = review.lift(SuppressionId::new(8)).await;
        assert!(matches!(outcome, Err(ReviewSuppressionsError::NotSuppressed)), "{outcome:?}");
    }
}
