//! From reviews to an answer.

use ef_domain::review::{KeepReviewsError, ModerateReviewsError, ReadReviewsError};

use super::super::code::ErrorCode;
use super::{ApiError, NO_PRODUCT};

const NO_REVIEW: &str = "작성된 후기를 찾을 수 없습니다.";

impl From<KeepReviewsError> for ApiError {
    fn from(error: KeepReviewsError) -> Self {
        match error {
            KeepReviewsError::NoProduct => Self::saying(ErrorCode::NotFound, NO_PRODUCT),
            KeepReviewsError::NotBought => Self::new(ErrorCode::NotBought),
            KeepReviewsError::AlreadyWritten => Self::new(ErrorCode::AlreadyReviewed),
            KeepReviewsError::NotFound => Self::saying(ErrorCode::NotFound, NO_REVIEW),
            KeepReviewsError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<ReadReviewsError> for ApiError {
    fn from(error: ReadReviewsError) -> Self {
        match error {
            ReadReviewsError::NoProduct => Self::saying(ErrorCode::NotFound, NO_PRODUCT),
            ReadReviewsError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<ModerateReviewsError> for ApiError {
    fn from(error: ModerateReviewsError) -> Self {
        match error {
            ModerateReviewsError::NotFound => Self::saying(ErrorCode::NotFound, NO_REVIEW),
            ModerateReviewsError::Conflict => Self::new(ErrorCode::Conflict),
            ModerateReviewsError::Unavailable(failure) => failure.into(),
        }
    }
}
