//! From what keeps pictures to an answer.

use ef_domain::catalogue::{CleanImageFailure, EraseImageError};

use super::super::code::ErrorCode;
use super::ApiError;

impl From<CleanImageFailure> for ApiError {
    fn from(failure: CleanImageFailure) -> Self {
        match failure {
            CleanImageFailure::UnknownFormat => Self::invalid("JPG, PNG, GIF, WebP 이미지만 올릴 수 있습니다."),
            CleanImageFailure::Broken => {
                Self::invalid("이미지를 읽을 수 없습니다. 파일이 손상되지 않았는지 확인해 주세요.")
            }
            CleanImageFailure::TooManyPixels => {
                Self::invalid("이미지가 너무 큽니다. 한 변은 8,000픽셀, 전체는 2,500만 화소까지 올릴 수 있습니다.")
            }
            CleanImageFailure::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<EraseImageError> for ApiError {
    fn from(error: EraseImageError) -> Self {
        match error {
            EraseImageError::NotOurs => Self::invalid("이 쇼핑몰에 올린 이미지의 주소(imageUrl)가 아닙니다."),
            EraseImageError::InUse => Self::saying(
                ErrorCode::Conflict,
                "상품이나 주문 내역에 쓰이는 이미지는 삭제할 수 없습니다. 상품의 이미지를 먼저 바꿔 주세요. \
                 주문 내역의 이미지는 계속 보관됩니다.",
            ),
            EraseImageError::Unavailable(failure) => failure.into(),
        }
    }
}
