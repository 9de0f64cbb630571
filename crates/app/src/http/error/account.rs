//! From what opens an account, and what proves whose it is, to an answer.

use ef_domain::account::{
    ChangeSecondFactorError, EndLinkError, JoinWithPartnerError, LogInError, ProvePasswordError, RefreshError,
    RequestResetError, ResetPasswordError, SignUpError, UnlinkIdentityError, VerifyResetCodeError,
};
use ef_domain::shared::FieldErrors;

use super::super::code::ErrorCode;
use super::ApiError;

impl From<ProvePasswordError> for ApiError {
    fn from(error: ProvePasswordError) -> Self {
        match error {
            ProvePasswordError::WrongPassword => Self::new(ErrorCode::InvalidPassword),
            ProvePasswordError::Throttled(throttled) => throttled.into(),
            ProvePasswordError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<SignUpError> for ApiError {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::EmailTaken => Self::new(ErrorCode::DuplicateEmail),
            SignUpError::PhoneTaken => Self::new(ErrorCode::DuplicatePhone),
            SignUpError::Throttled(throttled) => throttled.into(),
            SignUpError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<JoinWithPartnerError> for ApiError {
    fn from(error: JoinWithPartnerError) -> Self {
        match error {
            JoinWithPartnerError::EmailDiffers => {
                let mut errors = FieldErrors::new();
                errors.add("email", "네이버에서 받은 이메일은 변경할 수 없습니다.");
                errors.into()
            }
            JoinWithPartnerError::EmailTaken => Self::new(ErrorCode::DuplicateEmail),
            JoinWithPartnerError::PhoneTaken => Self::new(ErrorCode::DuplicatePhone),
            JoinWithPartnerError::AlreadyInUse => Self::new(ErrorCode::IdentityInUse),
            JoinWithPartnerError::Throttled(throttled) => throttled.into(),
            JoinWithPartnerError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<UnlinkIdentityError> for ApiError {
    fn from(error: UnlinkIdentityError) -> Self {
        match error {
            UnlinkIdentityError::Proof(error) => error.into(),
            UnlinkIdentityError::NotLinked => Self::saying(ErrorCode::NotFound, "연결된 네이버 계정이 없습니다."),
            UnlinkIdentityError::LastWayIn => Self::new(ErrorCode::LastWayIn),
            UnlinkIdentityError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<EndLinkError> for ApiError {
    fn from(error: EndLinkError) -> Self {
        match error {
            EndLinkError::NotGenuine => Self::invalid("확인할 수 없는 알림입니다."),
            EndLinkError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<LogInError> for ApiError {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::WrongCredentials => Self::new(ErrorCode::LogInFailed),
            LogInError::SecondFactorRequired => Self::new(ErrorCode::SecondFactorRequired),
            LogInError::Throttled(throttled) => throttled.into(),
            LogInError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<ChangeSecondFactorError> for ApiError {
    fn from(error: ChangeSecondFactorError) -> Self {
        match error {
            ChangeSecondFactorError::NotAdministrator => Self::new(ErrorCode::AccessDenied),
            ChangeSecondFactorError::Proof(error) => error.into(),
            ChangeSecondFactorError::WrongCode => Self::new(ErrorCode::WrongSecondFactor),
            ChangeSecondFactorError::AlreadyEnrolled => Self::new(ErrorCode::SecondFactorEnrolled),
            ChangeSecondFactorError::NotEnrolled => Self::new(ErrorCode::NoSecondFactor),
            ChangeSecondFactorError::Throttled(throttled) => throttled.into(),
            ChangeSecondFactorError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<RefreshError> for ApiError {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Invalid => Self::new(ErrorCode::InvalidRefreshToken),
            RefreshError::Throttled(throttled) => throttled.into(),
            RefreshError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<RequestResetError> for ApiError {
    fn from(error: RequestResetError) -> Self {
        match error {
            RequestResetError::Throttled(throttled) => throttled.into(),
            RequestResetError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<VerifyResetCodeError> for ApiError {
    fn from(error: VerifyResetCodeError) -> Self {
        match error {
            VerifyResetCodeError::Void => Self::new(ErrorCode::ResetCodeVoid),
            VerifyResetCodeError::Wrong => Self::new(ErrorCode::WrongResetCode),
            VerifyResetCodeError::Throttled(throttled) => throttled.into(),
            VerifyResetCodeError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<ResetPasswordError> for ApiError {
    fn from(error: ResetPasswordError) -> Self {
        match error {
            ResetPasswordError::InvalidToken => Self::new(ErrorCode::InvalidResetToken),
            ResetPasswordError::Throttled(throttled) => throttled.into(),
            ResetPasswordError::Unavailable(failure) => failure.into(),
        }
    }
}
