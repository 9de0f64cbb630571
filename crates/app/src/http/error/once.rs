//! Requests that come under a key, in answers.

use actix_web::http::header;
use ef_domain::once::AnswerOnceError;

use super::super::code::ErrorCode;
use super::ApiError;

/// Whoever asks while somebody works on the same should look again soon: most work takes less.
const UNDER_WAY_SECONDS: &str = "1";

impl ApiError {
    /// The same request is being worked on.
    pub fn under_way() -> Self {
        let retry_after = (header::RETRY_AFTER, UNDER_WAY_SECONDS.to_owned());
        Self { headers: vec![retry_after], ..Self::new(ErrorCode::RequestUnderWay) }
    }
}

impl From<AnswerOnceError> for ApiError {
    fn from(error: AnswerOnceError) -> Self {
        match error {
            AnswerOnceError::AnotherRequest => Self::new(ErrorCode::RequestKeyReused),
            AnswerOnceError::UnderWay => Self::under_way(),
            AnswerOnceError::Unavailable(failure) => failure.into(),
        }
    }
}
