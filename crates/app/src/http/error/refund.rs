//! From what gives money back, and what cancels orders, to an answer.

use ef_domain::order::CancelOrderError;
use ef_domain::payment::{CloseDepositError, RefundPaymentError, ShowPaymentError};
use serde_json::json;

use super::super::code::ErrorCode;
use super::super::payments::refund_refusal_text;
use super::{ApiError, NO_ORDER};

const NO_PAYMENT: &str = "결제 정보를 찾을 수 없습니다.";
pub(super) const SEEN_OTHERWISE: &str = "다른 곳에서 먼저 변경된 주문입니다. 새로고침한 뒤 다시 시도해 주세요.";
const REFUND_UNKNOWN: &str = "환불 결과를 확인하고 있습니다. 잠시 후 주문 내역에서 확인해 주세요.";
const CLOSING_UNKNOWN: &str = "취소 결과를 확인하고 있습니다. 잠시 후 주문 내역에서 확인해 주세요.";

impl From<RefundPaymentError> for ApiError {
    fn from(error: RefundPaymentError) -> Self {
        match error {
            RefundPaymentError::NotFound => Self::saying(ErrorCode::NotFound, NO_PAYMENT),
            RefundPaymentError::NotYours => Self::new(ErrorCode::AccessDenied),
            RefundPaymentError::Changed => Self::saying(ErrorCode::Conflict, SEEN_OTHERWISE),
            RefundPaymentError::NotRefundable(why) => {
                Self::saying(ErrorCode::NotCancellable, "배송이 시작되었거나 이미 취소되어 환불할 수 없는 주문입니다.")
                    .caused_by(why)
            }
            RefundPaymentError::NothingToRefund => Self::invalid("결제가 완료된 상태에서만 환불할 수 있습니다."),
            RefundPaymentError::AccountNeeded => Self::new(ErrorCode::RefundAccountRequired),
            RefundPaymentError::Refused { code } => {
                Self::saying(ErrorCode::PaymentCancelFailed, refund_refusal_text(&code))
                    .with_data(json!({ "reason": code }))
            }
            RefundPaymentError::OutcomeUnknown => Self::saying(ErrorCode::OutcomeUnknown, REFUND_UNKNOWN),
            RefundPaymentError::Conflict => Self::new(ErrorCode::Conflict),
            RefundPaymentError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<CloseDepositError> for ApiError {
    fn from(error: CloseDepositError) -> Self {
        match error {
            CloseDepositError::NotFound => Self::saying(ErrorCode::NotFound, NO_ORDER),
            CloseDepositError::NotYours => Self::new(ErrorCode::AccessDenied),
            CloseDepositError::Moved => Self::new(ErrorCode::Conflict),
            // The account is open yet, and closing it is right whenever the partner comes round.
            CloseDepositError::Refused { code } => {
                Self::saying(ErrorCode::PaymentCancelFailed, refund_refusal_text(&code))
                    .with_data(json!({ "reason": code }))
                    .repeatable_if(true)
            }
            CloseDepositError::OutcomeUnknown => Self::saying(ErrorCode::OutcomeUnknown, CLOSING_UNKNOWN),
            CloseDepositError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<CancelOrderError> for ApiError {
    fn from(error: CancelOrderError) -> Self {
        match error {
            CancelOrderError::NotFound => Self::saying(ErrorCode::NotFound, NO_ORDER),
            CancelOrderError::NotYours => Self::new(ErrorCode::AccessDenied),
            CancelOrderError::NotCancellable(why) => Self::new(ErrorCode::NotCancellable).caused_by(why),
            // Somebody else's cancellation was through first.
            CancelOrderError::Refund(RefundPaymentError::NothingToRefund) => Self::new(ErrorCode::NotCancellable),
            CancelOrderError::Refund(why) => why.into(),
            CancelOrderError::CloseDeposit(why) => why.into(),
            CancelOrderError::Conflict => Self::new(ErrorCode::Conflict),
            CancelOrderError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<ShowPaymentError> for ApiError {
    fn from(error: ShowPaymentError) -> Self {
        match error {
            ShowPaymentError::NotFound => Self::saying(ErrorCode::NotFound, NO_PAYMENT),
            ShowPaymentError::NotYours => Self::new(ErrorCode::AccessDenied),
            ShowPaymentError::Unavailable(failure) => failure.into(),
        }
    }
}
