//! From what changes an account to an answer.

use ef_domain::account::{ChangePasswordError, EditProfileError, KeepAddresses, KeepAddressesError};
use ef_domain::shared::FieldErrors;

use super::super::code::ErrorCode;
use super::ApiError;

const NO_ADDRESS: &str = "배송지를 찾을 수 없습니다.";
const NO_PASSWORD: &str =
    "비밀번호가 설정되지 않은 계정입니다. 로그인 화면의 '비밀번호 찾기'에서 먼저 비밀번호를 설정해 주세요.";
const SAME_PASSWORD: &str = "현재 비밀번호와 다른 비밀번호를 입력해 주세요.";

impl From<ChangePasswordError> for ApiError {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Proof(error) => error.into(),
            ChangePasswordError::NoPassword => Self::invalid(NO_PASSWORD),
            ChangePasswordError::Unchanged => {
                let mut errors = FieldErrors::new();
                errors.add("newPassword", SAME_PASSWORD);
                errors.into()
            }
            ChangePasswordError::SignedOut => Self::new(ErrorCode::Unauthorized),
            ChangePasswordError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<EditProfileError> for ApiError {
    fn from(error: EditProfileError) -> Self {
        match error {
            EditProfileError::SignedOut => Self::new(ErrorCode::Unauthorized),
            EditProfileError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<KeepAddressesError> for ApiError {
    fn from(error: KeepAddressesError) -> Self {
        match error {
            KeepAddressesError::NotFound => Self::saying(ErrorCode::NotFound, NO_ADDRESS),
            KeepAddressesError::Full => {
                Self::invalid(format!("배송지는 {}개까지 등록할 수 있습니다.", KeepAddresses::MOST))
            }
            KeepAddressesError::SignedOut => Self::new(ErrorCode::Unauthorized),
            KeepAddressesError::Unavailable(failure) => failure.into(),
        }
    }
}
