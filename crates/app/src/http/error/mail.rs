//! Errors of mails.

use ef_domain::notice::{ReadNoticeError, ReviewMailError, ReviewSuppressionsError};

use super::super::code::ErrorCode;
use super::ApiError;

impl From<ReviewMailError> for ApiError {
    fn from(error: ReviewMailError) -> Self {
        match error {
            ReviewMailError::NotParked => Self::saying(ErrorCode::NotFound, "보류된 메일을 찾을 수 없습니다."),
            ReviewMailError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<ReviewSuppressionsError> for ApiError {
    fn from(error: ReviewSuppressionsError) -> Self {
        match error {
            ReviewSuppressionsError::NotSuppressed => {
                Self::saying(ErrorCode::NotFound, "메일 발송이 중지된 주소를 찾을 수 없습니다.")
            }
            ReviewSuppressionsError::Unavailable(failure) => failure.into(),
        }
    }
}

/// The partner reads the status only; the log keeps why.
impl From<ReadNoticeError> for ApiError {
    fn from(error: ReadNoticeError) -> Self {
        match error {
            ReadNoticeError::Unavailable(failure) => failure.into(),
            ReadNoticeError::Malformed(_) => Self::invalid("알림의 형식이 올바르지 않습니다.").caused_by(error),
            ReadNoticeError::Forged(_) => {
                Self::saying(ErrorCode::AccessDenied, "확인할 수 없는 알림입니다.").caused_by(error)
            }
        }
    }
}
