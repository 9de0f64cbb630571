//! From what keeps the shelf to an answer.

use ef_domain::catalogue::{KeepProductsError, KeepTagsError};
use ef_domain::shared::FieldErrors;
use serde_json::json;

use super::super::code::ErrorCode;
use super::{ApiError, NO_PRODUCT, NO_VARIANT};

const VARIANT_NAME_TAKEN: &str = "이 상품에 같은 이름의 옵션이 이미 있습니다. 다른 이름을 입력해 주세요.";
const OUTDATED: &str = "다른 관리자가 먼저 수정했습니다. 새로고침한 뒤 다시 수정해 주세요.";
const VARIANT_IN_USE: &str =
    "판매되었거나 장바구니에 담겼거나 재고가 기록된 옵션은 삭제할 수 없습니다. 재고를 0으로 조정해 주세요.";
const LAST_VARIANT: &str =
    "상품에는 옵션이 하나 이상 있어야 합니다. 다른 옵션을 먼저 추가하거나, 판매를 끝내려면 상품을 삭제해 주세요.";
const NAME_TAKEN: &str = "이미 사용 중인 이름입니다.";

pub(super) fn field(name: &str, rule: &str) -> ApiError {
    let mut errors = FieldErrors::new();
    errors.add(name, rule);
    errors.into()
}

impl From<KeepProductsError> for ApiError {
    fn from(error: KeepProductsError) -> Self {
        match error {
            KeepProductsError::NotFound => Self::saying(ErrorCode::NotFound, NO_PRODUCT),
            KeepProductsError::VariantNotFound => Self::saying(ErrorCode::NotFound, NO_VARIANT),
            KeepProductsError::Outdated => Self::saying(ErrorCode::Conflict, OUTDATED),
            KeepProductsError::Conflict => Self::new(ErrorCode::Conflict),
            KeepProductsError::NameTaken => {
                let field = json!([{ "field": "name", "message": NAME_TAKEN }]);
                Self::saying(ErrorCode::Conflict, VARIANT_NAME_TAKEN).with_data(field)
            }
            KeepProductsError::DefaultNeeded => {
                field("isDefault", "기본 옵션을 바꾸려면 다른 옵션을 기본 옵션으로 지정해 주세요.")
            }
            KeepProductsError::LastVariant => Self::invalid(LAST_VARIANT),
            KeepProductsError::VariantInUse => Self::invalid(VARIANT_IN_USE),
            KeepProductsError::StockOutOfBounds { level } => {
                Self::invalid("재고는 주문이 확보한 수량보다 적거나 한도보다 많을 수 없습니다.")
                    .with_data(json!({ "stock": level.stock, "reservedStock": level.reserved }))
            }
            KeepProductsError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<KeepTagsError> for ApiError {
    fn from(error: KeepTagsError) -> Self {
        match error {
            KeepTagsError::NotFound => Self::new(ErrorCode::TagNotFound),
            KeepTagsError::NameTaken => {
                Self::new(ErrorCode::DuplicateTagName).with_data(json!([{ "field": "name", "message": NAME_TAKEN }]))
            }
            KeepTagsError::InUse => Self::invalid("상품에 쓰이고 있는 태그는 삭제할 수 없습니다."),
            KeepTagsError::Conflict => Self::new(ErrorCode::Conflict),
            KeepTagsError::Unavailable(failure) => failure.into(),
        }
    }
}
