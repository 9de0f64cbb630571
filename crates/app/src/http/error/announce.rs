//! From announcements to an answer.

use ef_domain::announce::MarkReadError;

use super::super::code::ErrorCode;
use super::ApiError;

const NO_NOTIFICATION: &str = "알림을 찾을 수 없습니다.";

impl From<MarkReadError> for ApiError {
    fn from(error: MarkReadError) -> Self {
        match error {
            MarkReadError::NotFound => Self::saying(ErrorCode::NotFound, NO_NOTIFICATION),
            MarkReadError::Unavailable(failure) => failure.into(),
        }
    }
}
