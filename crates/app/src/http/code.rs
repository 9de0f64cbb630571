//! Every way in which a request can fail, as the wire names it.

use actix_web::http::StatusCode;

/// Every way in which a request can fail: a closed list. The front end compares some of the codes literally, so a code
/// never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// Nobody is signed in. The front end renews its session on this status, so nothing else may use it.
    Unauthorized,
    /// No such product, variant or order.
    NotFound,
    /// The e-mail address has an account.
    DuplicateEmail,
    /// The telephone number has an account.
    DuplicatePhone,
    /// Wrong e-mail address or password.
    LogInFailed,
    /// The refresh token is not good, or not any more.
    InvalidRefreshToken,
    /// The current password is another one. Another status tells it from a refresh token with the same digits.
    InvalidPassword,
    /// The token is none of this server's refresh tokens.
    InvalidTokenType,
    /// There is no refresh token.
    RefreshTokenRequired,
    /// There is no newcomer from a partner's log-in in this browser (any more).
    OauthSessionExpired,
    /// The partner's log-in opens an account already.
    IdentityInUse,
    /// Nothing else opens the account.
    LastWayIn,
    /// The password is right, and this account needs a code besides.
    SecondFactorRequired,
    /// No such tag.
    TagNotFound,
    /// Another tag has that name.
    DuplicateTagName,
    /// Not enough left.
    InsufficientStock,
    /// The price has changed.
    PriceChanged,
    /// It is no code of the second factor, or it was used before.
    WrongSecondFactor,
    /// There is no second factor.
    NoSecondFactor,
    /// There is a second factor already.
    SecondFactorEnrolled,
    /// The administration asks for a second factor, and there is none.
    SecondFactorEnrolmentRequired,
    /// It is somebody else's.
    AccessDenied,
    /// The order's state does not allow to cancel it.
    NotCancellable,
    /// Only buyers review, and he is none.
    NotBought,
    /// He has reviewed it already.
    AlreadyReviewed,
    /// The order's state does not lead to that status.
    StatusNotReachable,
    /// The product is not sold at present.
    NotForSale,
    /// The request itself is wrong.
    InvalidRequest,
    /// Its `Idempotency-Key` is none.
    InvalidRequestKey,
    /// The money was not taken.
    PaymentFailed,
    /// The money did not go back.
    PaymentCancelFailed,
    /// A deposit goes back to an account of the buyer's, and none was given.
    RefundAccountRequired,
    /// A virtual account waits for its deposit.
    DepositPending,
    /// The same thing changed at the same time.
    Conflict,
    /// The same request under the same `Idempotency-Key` is being worked on.
    RequestUnderWay,
    /// The `Idempotency-Key` was used for another request.
    RequestKeyReused,
    /// No such address.
    UnknownRoute,
    /// The address does not take that method.
    MethodNotAllowed,
    /// The cart has no such line.
    CartItemNotFound,
    /// There is no code to reset a password with (any more).
    ResetCodeVoid,
    /// It is another code.
    WrongResetCode,
    /// The reset token is not good, or not any more.
    InvalidResetToken,
    /// The body did not arrive in time.
    BodyTimedOut,
    /// The body is too large.
    BodyTooLarge,
    /// The body is no JSON.
    UnsupportedMediaType,
    /// Too often.
    TooManyRequests,
    /// A fault of ours.
    Internal,
    /// Something that this server depends on is down.
    Unavailable,
    /// Nobody knows yet whether the money was taken, or went back.
    OutcomeUnknown,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 49] = [
        Self::Unauthorized,
        Self::NotFound,
        Self::DuplicateEmail,
        Self::DuplicatePhone,
        Self::LogInFailed,
        Self::InvalidRefreshToken,
        Self::InvalidPassword,
        Self::InvalidTokenType,
        Self::RefreshTokenRequired,
        Self::OauthSessionExpired,
        Self::SecondFactorRequired,
        Self::WrongSecondFactor,
        Self::NoSecondFactor,
        Self::SecondFactorEnrolled,
        Self::IdentityInUse,
        Self::LastWayIn,
        Self::TagNotFound,
        Self::DuplicateTagName,
        Self::InsufficientStock,
        Self::PriceChanged,
        Self::AccessDenied,
        Self::NotCancellable,
        Self::StatusNotReachable,
        Self::NotBought,
        Self::AlreadyReviewed,
        Self::NotForSale,
        Self::SecondFactorEnrolmentRequired,
        Self::InvalidRequest,
        Self::InvalidRequestKey,
        Self::PaymentFailed,
        Self::PaymentCancelFailed,
        Self::RefundAccountRequired,
        Self::DepositPending,
        Self::Conflict,
        Self::RequestUnderWay,
        Self::RequestKeyReused,
        Self::UnknownRoute,
        Self::MethodNotAllowed,
        Self::CartItemNotFound,
        Self::ResetCodeVoid,
        Self::WrongResetCode,
        Self::InvalidResetToken,
        Self::BodyTimedOut,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::TooManyRequests,
        Self::Internal,
        Self::Unavailable,
        Self::OutcomeUnknown,
    ];

    /// The eight digits of the wire, their status, and the sentence for people.
    #[expect(clippy::too_many_lines, reason = "a table, one row for each code")]
    pub const fn row(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::Unauthorized => ("40000001", S::UNAUTHORIZED, "로그인이 필요합니다."),
            Self::NotFound => ("40000002", S::NOT_FOUND, "요청하신 정보를 찾을 수 없습니다."),
            Self::DuplicateEmail => ("40000009", S::CONFLICT, "이미 가입된 이메일입니다."),
            Self::DuplicatePhone => ("40000010", S::CONFLICT, "이미 가입된 전화번호입니다."),
            Self::LogInFailed => ("40100000", S::UNAUTHORIZED, "이메일 또는 비밀번호가 올바르지 않습니다."),
            Self::InvalidRefreshToken => {
                ("40100003", S::UNAUTHORIZED, "로그인이 만료되었습니다. 다시 로그인해 주세요.")
            }
            Self::InvalidPassword => ("40100003", S::BAD_REQUEST, "현재 비밀번호가 일치하지 않습니다."),
            Self::InvalidTokenType => ("40100005", S::BAD_REQUEST, "리프레시 토큰이 아닙니다."),
            Self::RefreshTokenRequired => ("40100006", S::BAD_REQUEST, "리프레시 토큰이 필요합니다."),
            Self::OauthSessionExpired => {
                ("40100007", S::BAD_REQUEST, "네이버 로그인 정보가 만료되었습니다. 네이버로 다시 로그인해 주세요.")
            }
            Self::SecondFactorRequired => {
                ("40100013", S::UNAUTHORIZED, "인증 앱의 6자리 코드를 비밀번호 바로 뒤에 이어서 입력해 주세요.")
            }
            Self::WrongSecondFactor => ("40100010", S::BAD_REQUEST, "인증 코드가 올바르지 않거나 이미 사용되었습니다."),
            Self::NoSecondFactor => {
                ("40100011", S::CONFLICT, "등록된 2단계 인증이 없습니다. 먼저 인증 앱을 등록해 주세요.")
            }
            Self::SecondFactorEnrolled => ("40100012", S::CONFLICT, "이미 2단계 인증을 사용하고 있습니다."),
            Self::IdentityInUse => {
                ("40100009", S::CONFLICT, "이미 가입에 사용된 네이버 계정입니다. 네이버로 로그인해 주세요.")
            }
            Self::LastWayIn => (
                "40100014",
                S::CONFLICT,
                "비밀번호가 없어 네이버 연결을 해제할 수 없습니다. 비밀번호를 먼저 설정해 주세요.",
            ),
            Self::TagNotFound => ("40200001", S::NOT_FOUND, "태그를 찾을 수 없습니다."),
            Self::DuplicateTagName => ("40200002", S::CONFLICT, "이미 사용 중인 태그 이름입니다."),
            Self::InsufficientStock => ("40300001", S::BAD_REQUEST, "재고가 부족합니다."),
            Self::PriceChanged => {
                ("40300002", S::BAD_REQUEST, "상품 가격이 변경되었습니다. 새로고침한 뒤 다시 주문해 주세요.")
            }
            Self::AccessDenied => ("40300003", S::FORBIDDEN, "접근 권한이 없습니다."),
            Self::NotCancellable => ("40300004", S::BAD_REQUEST, "취소할 수 없는 주문입니다."),
            Self::StatusNotReachable => ("40300008", S::BAD_REQUEST, "주문을 그 상태로 변경할 수 없습니다."),
            Self::NotBought => ("40300007", S::FORBIDDEN, "구매한 상품에만 후기를 작성할 수 있습니다."),
            Self::AlreadyReviewed => ("40900004", S::CONFLICT, "이미 후기를 작성한 상품입니다."),
            Self::NotForSale => ("40300005", S::BAD_REQUEST, "현재 판매하지 않는 상품입니다."),
            Self::SecondFactorEnrolmentRequired => {
                ("40300006", S::FORBIDDEN, "관리자 기능을 사용하려면 먼저 2단계 인증(인증 앱)을 등록해 주세요.")
            }
            Self::InvalidRequest => ("40400001", S::BAD_REQUEST, "잘못된 요청입니다."),
            Self::InvalidRequestKey => (
                "40400005",
                S::BAD_REQUEST,
                "Idempotency-Key 헤더는 1~255자의 출력 가능한 ASCII 문자로 하나만 보내야 합니다.",
            ),
            Self::PaymentFailed => ("40400002", S::BAD_REQUEST, "결제에 실패했습니다."),
            Self::PaymentCancelFailed => {
                ("40400003", S::BAD_REQUEST, "환불하지 못했습니다. 잠시 후 다시 시도하거나 고객센터에 문의해 주세요.")
            }
            Self::RefundAccountRequired => (
                "40400004",
                S::BAD_REQUEST,
                "가상계좌로 입금한 결제는 환불받을 계좌(은행, 계좌번호, 예금주)를 함께 보내야 취소할 수 있습니다.",
            ),
            Self::DepositPending => ("40900002", S::CONFLICT, "가상계좌 입금을 기다리고 있습니다."),
            Self::Conflict => {
                ("40500001", S::CONFLICT, "다른 요청과 동시에 처리되어 완료하지 못했습니다. 다시 시도해 주세요.")
            }
            Self::RequestUnderWay => {
                ("40900003", S::CONFLICT, "같은 요청을 처리하고 있습니다. 잠시 후 다시 시도해 주세요.")
            }
            Self::RequestKeyReused => (
                "42200001",
                S::UNPROCESSABLE_ENTITY,
                "이미 다른 요청에 사용된 Idempotency-Key입니다. 새로운 키로 요청해 주세요.",
            ),
            Self::UnknownRoute => ("40500002", S::NOT_FOUND, "존재하지 않는 주소입니다."),
            Self::MethodNotAllowed => ("40500003", S::METHOD_NOT_ALLOWED, "이 주소에서 지원하지 않는 요청 방식입니다."),
            Self::CartItemNotFound => ("40600001", S::NOT_FOUND, "장바구니에 없는 상품입니다."),
            Self::ResetCodeVoid => {
                ("40700001", S::BAD_REQUEST, "인증번호가 만료되었거나 없습니다. 인증번호를 다시 받아 주세요.")
            }
            Self::WrongResetCode => ("40700002", S::BAD_REQUEST, "인증번호가 일치하지 않습니다."),
            Self::InvalidResetToken => {
                ("40700003", S::BAD_REQUEST, "비밀번호 재설정 시간이 만료되었습니다. 처음부터 다시 진행해 주세요.")
            }
            Self::BodyTimedOut => {
                ("40800001", S::REQUEST_TIMEOUT, "요청 본문을 제시간에 받지 못했습니다. 다시 시도해 주세요.")
            }
            Self::BodyTooLarge => ("41300001", S::PAYLOAD_TOO_LARGE, "요청 본문이 너무 큽니다."),
            Self::UnsupportedMediaType => {
                ("41500001", S::UNSUPPORTED_MEDIA_TYPE, "요청 본문은 application/json 형식이어야 합니다.")
            }
            Self::TooManyRequests => {
                ("42900001", S::TOO_MANY_REQUESTS, "요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.")
            }
            Self::Internal => ("50000000", S::INTERNAL_SERVER_ERROR, "서버 오류가 발생했습니다."),
            Self::Unavailable => (
                "50300001",
                S::SERVICE_UNAVAILABLE,
                "일시적으로 서비스를 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.",
            ),
            Self::OutcomeUnknown => {
                ("50400001", S::GATEWAY_TIMEOUT, "결제 결과를 확인하고 있습니다. 잠시 후 주문 내역에서 확인해 주세요.")
            }
        }
    }

    /// Its status.
    pub const fn status(self) -> StatusCode {
        self.row().1
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::envelope::SuccessCode;
    use super::{ErrorCode, StatusCode};

    #[test]
    fn the_table_of_codes_is_the_one_agreed_with_the_front_end() {
        let good = [SuccessCode::Success, SuccessCode::Created, SuccessCode::LoggedIn, SuccessCode::Refreshed];
        let good = good.into_iter().map(|code| (format!("{code:?}"), code.row()));
        let bad = ErrorCode::ALL.into_iter().map(|code| (format!("{code:?}"), code.row()));
        let row = |(name, (code, status, text)): (String, (&str, StatusCode, &str))| {
            format!("{code} {} {name}: {text}\n", status.as_u16())
        };
        let printed = good.chain(bad).map(row).collect::<Vec<_>>().concat();
        let agreed = include_str!("../../tests/snapshots/codes.txt");
        assert!(printed == agreed, "tests/snapshots/codes.txt should read:\n{printed}");
    }

    #[test]
    fn a_code_and_its_status_name_one_outcome() {
        let codes: HashSet<_> = ErrorCode::ALL.into_iter().map(|code| (code.row().0, code.status())).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
    }
}
