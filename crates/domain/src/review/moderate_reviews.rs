//! An administrator removes a review.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Actor, AuditAction, AuditChanges, AuditEntry, AuditSubject, Clock, PortFailure, ReviewId};

use super::repository::{RemoveReviewFailure, ReviewRemoval, ReviewRepository, StoredReview};

const TRIES: u8 = 3;

/// Removes reviews that must not stand.
pub struct ModerateReviews {
    /// Where reviews are kept.
    pub reviews: Arc<dyn ReviewRepository>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// Why a review still stands.
#[derive(Debug, Error)]
pub enum ModerateReviewsError {
    /// There is no such review.
    #[error("there is no such review")]
    NotFound,
    /// It kept changing.
    #[error("the review kept changing")]
    Conflict,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl ModerateReviews {
    /// Removes a review. The trail keeps what it said, exactly as it stood at the end.
    pub async fn remove(
        &self,
        actor: &Actor,
        id: ReviewId,
        reason: Option<String>,
    ) -> Result<(), ModerateReviewsError> {
        for _ in 0..TRIES {
            let review = self.reviews.find(id).await?.ok_or(ModerateReviewsError::NotFound)?;
            let entry = AuditEntry {
                actor: actor.user,
                action: AuditAction::ReviewRemoved,
                subject: AuditSubject::Product(review.product),
                changes: gone(&review),
                reason: reason.clone(),
                at: self.clock.now(),
            };
            match self.reviews.remove(&ReviewRemoval { review, entry }).await {
                Ok(()) => return Ok(()),
                Err(RemoveReviewFailure::Stale) => {}
                Err(RemoveReviewFailure::Unavailable(failure)) => return Err(failure.into()),
            }
        }
        Err(ModerateReviewsError::Conflict)
    }
}

fn gone(review: &StoredReview) -> AuditChanges {
    let field = |name: &str| format!("reviews.{}.{name}", review.id);
    let mut changes = AuditChanges::new();
    changes.note(field("rating"), review.rating.to_string(), None::<String>);
    changes.note(field("text"), review.text.as_ref().map(|text| text.as_str().to_owned()), None::<String>);
    changes
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::super::repository::MockReviewRepository;
    use super::super::{Rating, ReviewText};
    use super::*;
    use crate::shared::{ManualClock, ProductId, Role, Timestamp, UserId, Version};

    fn moderator(reviews: MockReviewRepository) -> (ModerateReviews, Actor) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_700_000_000_000).unwrap()));
        let actor = Actor { user: UserId::new(7), role: Role::Admin };
        (ModerateReviews { reviews: Arc::new(reviews), clock }, actor)
    }

    fn review(version: i64) -> StoredReview {
        StoredReview {
            id: ReviewId::new(3),
            product: ProductId::new(5),
            rating: Rating::from_half_steps(9).unwrap(),
            text: ReviewText::parse("광고입니다").unwrap(),
            version: Version::new(version),
        }
    }

    #[tokio::test]
    async fn a_review_that_changed_meanwhile_is_looked_at_again() {
        let mut reviews = MockReviewRepository::new();
        let looks = AtomicI64::new(0);
        reviews.expect_find().returning(move |_| Ok(Some(review(looks.fetch_add(1, Ordering::Relaxed)))));
        reviews.expect_remove().times(2).returning(|removal| {
            let fields: Vec<_> = removal.entry.changes.iter().map(|change| change.field.as_str()).collect();
            assert_eq!(fields, ["reviews.3.rating", "reviews.3.text"]);
            assert_eq!(removal.entry.subject, AuditSubject::Product(ProductId::new(5)));
            if removal.review.version == Version::FIRST { Err(RemoveReviewFailure::Stale) } else { Ok(()) }
        });
        let (moderator, admin) = moderator(reviews);
        moderator.remove(&admin, ReviewId::new(3), Some("광고".to_owned())).await.unwrap();
    }

    #[tokio::test]
    async fn a_review_that_is_gone_is_not_removed() {
        let mut reviews = MockReviewRepository::new();
        reviews.expect_find().returning(|_| Ok(None));
        reviews.expect_remove().never();
        let (moderator, admin) = moderator(reviews);
        let outcome = moderator.remove(&admin, ReviewId::new(3), None).await;
        assert!(matches!(outcome, Err(ModerateReviewsError::NotFound)), "{outcome:?}");
    }
}
