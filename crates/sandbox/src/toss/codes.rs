//! Every refusal that Toss documents: its code, its HTTP status and a message in Korean.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A refusal as it travels: the status beside a `{code, message}` body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: Cow<'static, str>,
}

#[derive(Serialize, Deserialize)]
struct RefusalBody<'a> {
    code: &'a str,
    message: &'a str,
}

impl Refusal {
    /// The refusal of that code, or `None` when Toss knows no such code.
    pub(crate) fn find(code: &str) -> Option<Self> {
        TABLE.iter().find(|(known, ..)| *known == code).map(|(code, status, message)| Self {
            status: *status,
            code,
            message: Cow::Borrowed(message),
        })
    }

    /// The refusal of a code that stands in the table; `every_code_the_sandbox_uses_is_in_the_table` guards the callers.
    pub(crate) fn of(code: &'static str) -> Self {
        Self::find(code).unwrap_or(Self {
            status: 500,
            code,
            message: Cow::Borrowed("알 수 없는 오류가 발생했습니다."),
        })
    }

    /// The same refusal with a message of its own, for the control endpoints, whose readers are testers.
    pub(crate) fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = Cow::Owned(message.into());
        self
    }

    /// The body as Toss sends it.
    pub(crate) fn body(&self) -> String {
        serde_json::to_string(&RefusalBody { code: self.code, message: &self.message }).unwrap_or_default()
    }
}

/// Code, HTTP status, message.
const TABLE: &[(&str, u16, &str)] = &[
    ("ALREADY_PROCESSED_PAYMENT", 400, "이미 처리된 결제 입니다."),
    ("PROVIDER_ERROR", 400, "일시적인 오류가 발생했습니다. 잠시 후 다시 시도해주세요."),
    ("DUPLICATED_ORDER_ID", 400, "이미 승인 및 취소가 진행된 중복된 주문번호 입니다. 다른 주문번호로 진행해주세요."),
    ("INVALID_REQUEST", 400, "잘못된 요청입니다."),
    ("INVALID_API_KEY", 400, "잘못된 시크릿키 연동 정보 입니다."),
    ("NOT_FOUND_TERMINAL_ID", 400, "단말기번호가 없습니다. 토스페이먼츠로 문의해주세요."),
    ("INVALID_UNREGISTERED_SUBMALL", 400, "등록되지 않은 서브몰입니다."),
    ("NOT_REGISTERED_BUSINESS", 400, "등록되지 않은 사업자 번호입니다."),
    ("UNAPPROVED_ORDER_ID", 400, "아직 승인되지 않은 주문번호입니다."),
    ("INVALID_REJECT_CARD", 400, "카드 사용이 거절되었습니다."),
    ("INVALID_CARD_EXPIRATION", 400, "카드 유효기간을 다시 확인해주세요."),
    ("INVALID_STOPPED_CARD", 400, "정지된 카드 입니다."),
    ("INVALID_CARD_LOST_OR_STOLEN", 400, "분실 혹은 도난 카드입니다."),
    ("INVALID_CARD_NUMBER", 400, "카드번호를 다시 확인해주세요."),
    ("INVALID_CARD_INSTALLMENT_PLAN", 400, "할부 개월 정보가 잘못되었습니다."),
    ("INVALID_AUTHORIZE_AUTH", 400, "유효하지 않은 인증 방식입니다."),
    ("INVALID_ACCOUNT_INFO_RE_REGISTER", 400, "유효하지 않은 계좌입니다. 계좌를 다시 등록해주세요."),
    ("CARD_PROCESSING_ERROR", 400, "카드사에서 오류가 발생했습니다."),
    ("NOT_ALLOWED_POINT_USE", 400, "포인트를 사용할 수 없는 카드입니다."),
    ("NOT_AVAILABLE_PAYMENT", 400, "결제가 불가능한 시간대입니다."),
    ("RESTRICTED_TRANSFER_ACCOUNT", 400, "계좌이체에 사용할 수 없는 계좌입니다."),
    ("BELOW_MINIMUM_AMOUNT", 400, "결제할 수 있는 최소 금액보다 적은 금액입니다."),
    ("EXCEED_MAX_CARD_INSTALLMENT_PLAN", 400, "설정할 수 있는 최대 할부 개월 수를 넘었습니다."),
    ("NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT", 400, "할부를 지원하지 않는 카드 또는 가맹점입니다."),
    ("NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN", 400, "할부를 지원하지 않는 카드입니다."),
    ("NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN_BELOW_AMOUNT", 400, "할부를 지원하지 않는 금액입니다."),
    ("EXCEED_MAX_DAILY_PAYMENT_COUNT", 400, "하루에 결제할 수 있는 횟수를 넘었습니다."),
    ("EXCEED_MAX_PAYMENT_AMOUNT", 400, "하루에 결제할 수 있는 금액을 넘었습니다."),
    ("EXCEED_MAX_AMOUNT", 400, "거래 금액의 한도를 넘었습니다."),
    ("EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT", 400, "이번 달에 결제할 수 있는 금액을 넘었습니다."),
    ("EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT", 400, "하루 출금 한도를 넘었습니다."),
    ("EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT", 400, "한 번에 출금할 수 있는 한도를 넘었습니다."),
    ("ALREADY_CANCELED_PAYMENT", 400, "이미 취소된 결제 입니다."),
    ("ALREADY_REFUND_PAYMENT", 400, "이미 환불된 결제입니다."),
    ("NOT_MATCHES_REFUNDABLE_AMOUNT", 400, "잔액 결과가 일치하지 않습니다."),
    ("INVALID_REFUND_ACCOUNT_INFO", 400, "환불받을 계좌 정보를 다시 확인해주세요."),
    ("INVALID_REFUND_ACCOUNT_NUMBER", 400, "환불받을 계좌번호를 다시 확인해주세요."),
    ("INVALID_BANK", 400, "은행 정보를 다시 확인해주세요."),
    ("EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT", 400, "즉시 할인 금액보다 적은 금액은 부분 취소할 수 없습니다."),
    ("REFUND_REJECTED", 400, "환불이 거절됐습니다. 결제사에 문의 부탁드립니다."),
    ("FORBIDDEN_BANK_REFUND_REQUEST", 400, "고객의 은행에서 환불을 받을 수 없습니다."),
    ("INVALID_PAYMENT_KEY", 400, "결제 키가 올바르지 않습니다."),
    ("INVALID_ORDER_ID", 400, "주문번호는 영문 대소문자, 숫자, 특수문자(-, _)만 6자 이상 64자 이하로 쓸 수 있습니다."),
    ("INVALID_REQUIRED_PARAM", 400, "필수 파라미터가 없습니다."),
    ("DUPLICATED_REQUEST", 400, "중복된 요청입니다."),
    ("ALREADY_COMPLETED_PAYMENT", 400, "이미 완료된 결제입니다."),
    ("ALREADY_REFUNDING_PAYMENT", 400, "이미 환불이 진행되고 있는 결제입니다."),
    ("MAINTAINED_METHOD", 400, "지금은 점검 중인 결제수단입니다."),
    ("NOT_SUPPORTED_METHOD", 400, "지원하지 않는 결제수단입니다."),
    ("API_VERSION_UPDATE_NEEDED", 400, "API 버전을 올려야 쓸 수 있는 기능입니다."),
    ("INVALID_IDEMPOTENCY_KEY", 400, "멱등키는 300자 이하여야 합니다."),
    ("INVALID_TEST_CODE", 400, "알 수 없는 테스트 코드입니다."),
    ("NOT_MATCHES_CUSTOMER_KEY", 400, "고객 키가 일치하지 않습니다."),
    ("ALREADY_REMOVED_BILLING_KEY", 400, "이미 삭제된 빌링키입니다."),
    ("EXCEED_MAX_DUE_DATE", 400, "가상계좌의 입금 기한이 너무 깁니다."),
    ("EXCEED_MAX_VALID_HOURS", 400, "가상계좌의 유효 시간이 너무 깁니다."),
    ("INVALID_METADATA", 400, "메타데이터가 올바르지 않습니다."),
    ("INVALID_CUSTOMER_KEY", 400, "고객 키의 형식이 올바르지 않습니다."),
    ("INVALID_CLIENT_KEY", 400, "클라이언트 키의 형식이 올바르지 않습니다."),
    ("INVALID_AMOUNT_VALUE", 400, "금액은 숫자여야 합니다."),
    ("INVALID_AMOUNT_CURRENCY", 400, "지원하지 않는 통화입니다."),
    ("BELOW_ZERO_AMOUNT", 400, "금액은 0보다 커야 합니다."),
    ("INCORRECT_SUCCESS_URL_FORMAT", 400, "잘못된 successUrl 입니다."),
    ("INCORRECT_FAIL_URL_FORMAT", 400, "잘못된 failUrl 입니다."),
    ("UNAUTHORIZED_KEY", 401, "인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다."),
    ("REJECT_CARD_PAYMENT", 403, "한도초과 혹은 잔액부족으로 결제에 실패했습니다."),
    ("REJECT_ACCOUNT_PAYMENT", 403, "잔액부족으로 결제에 실패했습니다."),
    ("REJECT_CARD_COMPANY", 403, "결제 승인이 거절되었습니다."),
    ("REJECT_TOSSPAY_INVALID_ACCOUNT", 403, "선택한 계좌에서 출금할 수 없는 상태입니다. 계좌를 다시 등록해주세요."),
    ("EXCEED_MAX_AUTH_COUNT", 403, "인증할 수 있는 횟수를 넘었습니다. 카드사로 문의해주세요."),
    ("EXCEED_MAX_ONE_DAY_AMOUNT", 403, "하루 한도를 넘었습니다."),
    ("INVALID_PASSWORD", 403, "결제 비밀번호가 일치하지 않습니다."),
    ("FDS_ERROR", 403, "위험한 거래로 의심되어 결제가 제한됩니다."),
    ("NOT_AVAILABLE_BANK", 403, "은행 서비스 시간이 아닙니다."),
    ("FORBIDDEN_REQUEST", 403, "허용되지 않은 요청입니다."),
    ("INCORRECT_BASIC_AUTH_FORMAT", 403, "잘못된 요청입니다. ':' 를 포함해 인코딩해주세요."),
    ("FORBIDDEN_CONSECUTIVE_REQUEST", 403, "반복적인 요청은 허용되지 않습니다. 잠시 후 다시 시도해주세요."),
    ("NOT_CANCELABLE_AMOUNT", 403, "취소 할 수 없는 금액 입니다."),
    ("NOT_CANCELABLE_PAYMENT", 403, "취소 할 수 없는 결제 입니다."),
    ("EXCEED_MAX_REFUND_DUE", 403, "환불 가능한 기간이 지났습니다."),
    ("NOT_ALLOWED_PARTIAL_REFUND", 403, "부분 환불을 할 수 없는 결제입니다."),
    ("NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT", 403, "입금 대기중인 결제는 부분 환불이 불가합니다."),
    ("NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER", 403, "휴면 처리된 회원의 결제는 취소할 수 없습니다."),
    ("EXCEED_CANCEL_LIMIT", 403, "취소 한도를 넘었습니다."),
    ("EXCEED_MAX_REFUND_AMOUNT", 403, "환불 한도를 넘었습니다."),
    ("INSECURE_KEY_USAGE", 403, "시크릿 키는 브라우저에서 쓸 수 없습니다."),
    ("NOT_FOUND_PAYMENT", 404, "존재하지 않는 결제 정보 입니다."),
    ("NOT_FOUND_PAYMENT_SESSION", 404, "결제 시간이 만료되어 결제 진행 데이터가 존재하지 않습니다."),
    ("NOT_FOUND", 404, "존재하지 않는 정보 입니다."),
    ("NOT_FOUND_HTTP_METHOD", 404, "지원하지 않는 HTTP 메서드입니다."),
    ("NOT_FOUND_MERCHANT", 404, "존재하지 않는 상점 정보 입니다."),
    ("IDEMPOTENT_REQUEST_PROCESSING", 409, "이전 멱등 요청이 처리중입니다."),
    ("TOO_MANY_REQUESTS", 429, "요청이 너무 많습니다. 잠시 후 다시 시도해주세요."),
    ("FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING", 500, "결제가 완료되지 않았어요. 다시 시도해주세요."),
    ("FAILED_INTERNAL_SYSTEM_PROCESSING", 500, "내부 시스템 처리 작업이 실패했습니다. 잠시 후 다시 시도해주세요."),
    ("UNKNOWN_PAYMENT_ERROR", 500, "결제에 실패했어요. 같은 문제가 반복된다면 은행이나 카드사로 문의해주세요."),
    ("COMMON_ERROR", 500, "일시적인 오류가 발생했습니다. 잠시 후 다시 시도해주세요."),
    ("UNKNOWN_ERROR", 500, "알 수 없는 오류가 발생했습니다."),
    ("FAILED_REFUND_PROCESS", 500, "은행이 응답하지 않아 환불을 마치지 못했습니다."),
    ("FAILED_METHOD_HANDLING_CANCEL", 500, "취소 중에 일시적인 오류가 발생했습니다."),
    ("FAILED_PARTIAL_REFUND", 500, "은행 점검 시간이라 부분 환불에 실패했습니다."),
    ("FAILED_DB_PROCESSING", 500, "잘못된 요청 값으로 처리 중에 오류가 발생했습니다."),
    ("FAILED_METHOD_HANDLING", 500, "결제 중에 일시적인 오류가 발생했습니다."),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_stands_in_the_table_once() {
        let codes: HashSet<_> = TABLE.iter().map(|(code, ..)| code).collect();
        assert_eq!(codes.len(), TABLE.len());
    }

    #[test]
    fn every_code_the_sandbox_uses_is_in_the_table() {
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/toss")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for (_, rest) in text.match_indices("Refusal::of(\"").map(|(at, found)| (at, &text[at + found.len()..]))
                {
                    let code = rest.split('"').next().unwrap();
                    assert!(code.contains('\\') || Refusal::find(code).is_some(), "{code} in {}", path.display());
                }
            }
        }
    }
}
