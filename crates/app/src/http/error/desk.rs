//! From the administrators' side of orders to an answer.

use ef_domain::order::{AdvanceOrderError, AdvanceRefusal, OrderStatus, ReviewOrderError};
use ef_domain::payment::RefundPaymentError;
use serde_json::json;

use super::super::code::ErrorCode;
use super::super::desk::state_text;
use super::refund::SEEN_OTHERWISE;
use super::shelf::field;
use super::{ApiError, NO_ORDER};

impl From<ReviewOrderError> for ApiError {
    fn from(error: ReviewOrderError) -> Self {
        match error {
            ReviewOrderError::NotFound => Self::saying(ErrorCode::NotFound, NO_ORDER),
            ReviewOrderError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<AdvanceOrderError> for ApiError {
    fn from(error: AdvanceOrderError) -> Self {
        match error {
            AdvanceOrderError::NotFound => Self::saying(ErrorCode::NotFound, NO_ORDER),
            AdvanceOrderError::Outdated => Self::saying(ErrorCode::Conflict, SEEN_OTHERWISE),
            AdvanceOrderError::NotReachable(refusal) => not_reachable(refusal),
            AdvanceOrderError::ReasonNeeded => field("reason", "결제된 주문을 취소하려면 사유가 필요합니다."),
            AdvanceOrderError::RestockNeeded => {
                field("restock", "배송이 시작된 주문을 환불하려면 상품을 다시 판매할 수 있는지 알려 주세요.")
            }
            // A parcel that left is no hindrance here, as it is for a buyer.
            AdvanceOrderError::NotRefunded(RefundPaymentError::NotRefundable(why)) => {
                Self::saying(ErrorCode::NotCancellable, "결제되지 않았거나 이미 취소되어 환불할 수 없는 주문입니다.")
                    .caused_by(why)
            }
            AdvanceOrderError::NotRefunded(why) => why.into(),
            AdvanceOrderError::DepositOpen(why) => why.into(),
            AdvanceOrderError::Conflict => Self::new(ErrorCode::Conflict),
            AdvanceOrderError::Unavailable(failure) => failure.into(),
        }
    }
}

fn not_reachable(refusal: AdvanceRefusal) -> ApiError {
    let (from, to) = (state_text(&refusal.from), status_text(refusal.to));
    let data = json!({ "from": refusal.from.status().name(), "state": refusal.from.name(), "to": refusal.to.name() });
    ApiError::saying(ErrorCode::StatusNotReachable, format!("{from} 상태의 주문은 {to} 상태로 변경할 수 없습니다."))
        .with_data(data)
        .caused_by(refusal)
}

fn status_text(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Pending => "결제 대기",
        OrderStatus::Confirmed => "결제 완료",
        OrderStatus::Shipped => "배송 중",
        OrderStatus::Delivered => "배송 완료",
        OrderStatus::Cancelled => "취소됨",
    }
}
