//! From every error of every use case to an answer: the only `ResponseError` of the server.
//!
//! Each mapping is exhaustive on purpose: a new outcome of a use case does not compile until somebody decided here what
//! its caller gets to see.

mod account;
mod announce;
mod desk;
mod images;
mod label;
mod mail;
mod once;
mod profile;
mod refund;
mod reviews;
mod shelf;

use std::error::Error;
use std::fmt;
use std::time::Duration;

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpResponse, ResponseError};
use ef_domain::account::Throttled;
use ef_domain::cart::ChangeCartError;
use ef_domain::catalogue::FindProductError;
use ef_domain::order::{PlaceOrderError, TrackOrderError};
use ef_domain::payment::{ConfirmPaymentError, Deposit};
use ef_domain::shared::{FailureKind, FieldErrors, MoneyError, PortFailure, ProductId, VariantId};
use serde::Serialize;
use serde_json::{Value, json};

use super::code::ErrorCode;
use super::payments::decline_text;

/// How long whoever found something down should wait before he tries again.
const UNAVAILABLE_SECONDS: &str = "5";

/// A failed request: what its caller is told, and what only the log is.
#[derive(Debug)]
pub struct ApiError {
    code: ErrorCode,
    desc: String,
    data: Value,
    headers: Vec<(HeaderName, String)>,
    /// Whether the same request may come to something else soon, although the status says that it is wrong.
    may_repeat: bool,
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Serialize)]
struct ErrorEnvelope<'a> {
    status: u16,
    code: &'static str,
    desc: &'a str,
    /// The same as `desc`: some pages look here.
    message: &'a str,
    data: &'a Value,
}

impl ApiError {
    /// A failure in the code's own words.
    pub fn new(code: ErrorCode) -> Self {
        Self::saying(code, code.row().2)
    }

    /// A failure in other words.
    pub fn saying(code: ErrorCode, desc: impl Into<String>) -> Self {
        Self { code, desc: desc.into(), data: Value::Null, headers: Vec::new(), may_repeat: false, source: None }
    }

    /// A request that is wrong in itself, for that reason.
    pub fn invalid(desc: impl Into<String>) -> Self {
        Self::saying(ErrorCode::InvalidRequest, desc)
    }

    /// A method that the address does not take.
    pub fn method_not_allowed(allow: String) -> Self {
        Self { headers: vec![(header::ALLOW, allow)], ..Self::new(ErrorCode::MethodNotAllowed) }
    }

    /// A request that came too often; it may come again after that long.
    pub fn too_many(retry_after: Duration) -> Self {
        let seconds = whole_seconds(retry_after);
        let error = Self::saying(ErrorCode::TooManyRequests, wait_text(seconds));
        Self { headers: vec![(header::RETRY_AFTER, seconds.to_string())], ..error }
    }

    /// The same failure, setting cookies all the same: what was done before it failed stays done.
    #[must_use]
    pub fn cookies(mut self, cookies: impl IntoIterator<Item = Cookie<'static>>) -> Self {
        self.headers.extend(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie.to_string())));
        self
    }

    fn with_data(self, data: Value) -> Self {
        Self { data, ..self }
    }

    fn repeatable_if(self, may_repeat: bool) -> Self {
        Self { may_repeat, ..self }
    }

    fn about_product(self, product: ProductId) -> Self {
        self.with_data(json!({ "productId": product.get() }))
    }

    fn about_variant(self, variant: VariantId) -> Self {
        self.with_data(json!({ "variantId": variant.get() }))
    }

    fn caused_by(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// Whether this is the end of the matter. "Not now" (409, or a partner that may decide otherwise in a minute) and "not
    /// known" (5xx) are not: the same request may come to something else, and must be let.
    pub fn is_final(&self) -> bool {
        let status = self.code.status();
        status.is_client_error() && status != StatusCode::CONFLICT && !self.may_repeat
    }

    /// The chain of causes, for the log and nobody else.
    pub fn chain(&self) -> String {
        let mut chain = String::new();
        let mut next: Option<&(dyn Error + 'static)> = self.source();
        while let Some(error) = next {
            let separator = if chain.is_empty() { "" } else { ": " };
            chain = format!("{chain}{separator}{error}");
            next = error.source();
        }
        chain
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "answered {:?}", self.code)
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + Send + Sync + 'static) = self.source.as_deref()?;
        Some(source)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let (code, status, _) = self.code.row();
        let mut response = HttpResponse::build(status);
        for (name, value) in &self.headers {
            response.append_header((name.clone(), value.as_str()));
        }
        if self.code == ErrorCode::Unavailable {
            response.insert_header((header::RETRY_AFTER, UNAVAILABLE_SECONDS));
        }
        if self.code == ErrorCode::BodyTimedOut {
            // The rest of the body may still come; it is not to be taken for a request.
            response.force_close();
        }
        let (desc, data) = (self.desc.as_str(), &self.data);
        response.json(ErrorEnvelope { status: status.as_u16(), code, desc, message: desc, data })
    }
}

impl From<PortFailure> for ApiError {
    fn from(failure: PortFailure) -> Self {
        let code = match failure.kind() {
            FailureKind::Unreachable | FailureKind::TimedOut => ErrorCode::Unavailable,
            FailureKind::Corrupt => ErrorCode::Internal,
        };
        Self::new(code).caused_by(failure)
    }
}

/// Sums in a cart or an order that cannot be: the rules keep them below the largest amount.
impl From<MoneyError> for ApiError {
    fn from(error: MoneyError) -> Self {
        Self::new(ErrorCode::Internal).caused_by(error)
    }
}

impl From<FieldErrors> for ApiError {
    fn from(errors: FieldErrors) -> Self {
        let fields: Vec<Value> =
            errors.iter().map(|error| json!({ "field": error.field, "message": error.rule })).collect();
        let desc: Vec<_> = errors.iter().map(|error| label::sentence(&error.field, &error.rule)).collect();
        Self::invalid(desc.join(" ")).with_data(Value::Array(fields))
    }
}

impl From<FindProductError> for ApiError {
    fn from(error: FindProductError) -> Self {
        match error {
            FindProductError::NotFound => Self::saying(ErrorCode::NotFound, NO_PRODUCT),
            FindProductError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<ChangeCartError> for ApiError {
    fn from(error: ChangeCartError) -> Self {
        match error {
            ChangeCartError::ProductNotFound(product) => {
                Self::saying(ErrorCode::NotFound, NO_PRODUCT).about_product(product)
            }
            ChangeCartError::VariantNotFound(variant) => {
                Self::saying(ErrorCode::NotFound, NO_VARIANT).about_variant(variant)
            }
            ChangeCartError::VariantOfAnotherProduct(variant) => Self::invalid(FOREIGN_VARIANT).about_variant(variant),
            ChangeCartError::NotForSale(product) => Self::new(ErrorCode::NotForSale).about_product(product),
            ChangeCartError::InsufficientStock(variant) => {
                Self::new(ErrorCode::InsufficientStock).about_variant(variant)
            }
            ChangeCartError::TooMany => Self::invalid("한 상품은 999개까지 담을 수 있습니다."),
            ChangeCartError::LineNotFound => Self::new(ErrorCode::CartItemNotFound),
            ChangeCartError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<PlaceOrderError> for ApiError {
    fn from(error: PlaceOrderError) -> Self {
        match error {
            PlaceOrderError::ProductNotFound(product) => {
                Self::saying(ErrorCode::NotFound, NO_PRODUCT).about_product(product)
            }
            PlaceOrderError::VariantNotFound => Self::saying(ErrorCode::NotFound, NO_VARIANT),
            PlaceOrderError::VariantOfAnotherProduct(variant) => Self::invalid(FOREIGN_VARIANT).about_variant(variant),
            PlaceOrderError::NotForSale(product) => Self::new(ErrorCode::NotForSale).about_product(product),
            PlaceOrderError::PriceChanged { variant, current } => Self::new(ErrorCode::PriceChanged)
                .with_data(json!({ "variantId": variant.get(), "currentPrice": current.get() })),
            PlaceOrderError::TotalTooLarge => Self::invalid("주문 금액이 너무 큽니다."),
            PlaceOrderError::InsufficientStock(variant) => {
                Self::new(ErrorCode::InsufficientStock).about_variant(variant)
            }
            PlaceOrderError::Conflict => Self::new(ErrorCode::Conflict),
            PlaceOrderError::ClaimLost => Self::under_way(),
            PlaceOrderError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<TrackOrderError> for ApiError {
    fn from(error: TrackOrderError) -> Self {
        match error {
            TrackOrderError::NotFound => Self::saying(ErrorCode::NotFound, NO_ORDER),
            TrackOrderError::NotYours => Self::new(ErrorCode::AccessDenied),
            TrackOrderError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<ConfirmPaymentError> for ApiError {
    fn from(error: ConfirmPaymentError) -> Self {
        let failed = |desc: &str| Self::saying(ErrorCode::PaymentFailed, desc);
        match error {
            ConfirmPaymentError::OrderNotFound => Self::saying(ErrorCode::NotFound, NO_ORDER),
            ConfirmPaymentError::NotYours => Self::new(ErrorCode::AccessDenied),
            ConfirmPaymentError::AmountDiffers(_) => Self::invalid("결제 금액이 주문 금액과 다릅니다."),
            ConfirmPaymentError::NotPayable(why) => {
                failed("이미 결제되었거나 결제 기한이 지나 결제할 수 없는 주문입니다.").caused_by(why)
            }
            ConfirmPaymentError::KeyOfAnotherOrder => failed("다른 주문의 결제 정보입니다."),
            ConfirmPaymentError::Declined { code, repeatable } => {
                failed(decline_text(&code)).with_data(json!({ "reason": code })).repeatable_if(repeatable)
            }
            ConfirmPaymentError::Refunding => failed("주문을 완료할 수 없어 결제 금액을 환불하고 있습니다."),
            ConfirmPaymentError::DepositPending(deposit) => Self::new(ErrorCode::DepositPending)
                .with_data(json!({ "dueAt": deposit.due_at.to_string(), "deposit": account_of(&deposit) })),
            ConfirmPaymentError::OutcomeUnknown => Self::new(ErrorCode::OutcomeUnknown),
            ConfirmPaymentError::PartnerUnreachable => Self::saying(
                ErrorCode::Unavailable,
                "결제 기관에 연결할 수 없어 결제하지 못했습니다. 잠시 후 다시 시도해 주세요.",
            ),
            ConfirmPaymentError::Conflict => Self::new(ErrorCode::Conflict),
            ConfirmPaymentError::Unavailable(failure) => failure.into(),
        }
    }
}

impl From<Throttled> for ApiError {
    fn from(throttled: Throttled) -> Self {
        match throttled {
            Throttled::TooMany { retry_after } => Self::too_many(retry_after),
            Throttled::Unavailable(failure) => failure.into(),
        }
    }
}

/// Where a deposit goes, as pages show it.
fn account_of(deposit: &Deposit) -> Option<Value> {
    let account = deposit.account.as_ref()?;
    Some(json!({
        "bank": account.bank_name(), "accountNumber": account.number, "holderName": account.holder
    }))
}

/// Whoever waits that many seconds has waited long enough.
pub(super) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

fn wait_text(seconds: u64) -> String {
    let wait = match seconds {
        ..=90 => format!("{seconds}초"),
        _ => format!("{}분", seconds.div_ceil(60)),
    };
    format!("요청이 너무 많습니다. {wait} 후에 다시 시도해 주세요.")
}

const NO_PRODUCT: &str = "상품을 찾을 수 없습니다.";
const NO_VARIANT: &str = "상품 옵션을 찾을 수 없습니다.";
const NO_ORDER: &str = "주문을 찾을 수 없습니다.";
const FOREIGN_VARIANT: &str = "해당 상품의 옵션이 아닙니다.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_never_sees_the_cause() {
        let failure = PortFailure::new(FailureKind::Corrupt, "reading an order", "SELECT secret FROM orders");
        let error = ApiError::from(failure);
        assert_eq!(error.code(), ErrorCode::Internal);
        assert_eq!(error.chain(), "an answer that must not be while reading an order: SELECT secret FROM orders");
        assert!(!error.desc.contains("SELECT") && error.data.is_null());
    }

    #[test]
    fn whoever_came_too_often_hears_how_long_to_wait() {
        let said = |wait| {
            let error = ApiError::too_many(wait);
            let retry_after = error.error_response().headers().get(header::RETRY_AFTER).cloned();
            (retry_after.unwrap().to_str().unwrap().to_owned(), error.desc)
        };
        let text = |wait: &str| format!("요청이 너무 많습니다. {wait} 후에 다시 시도해 주세요.");
        assert_eq!(said(Duration::from_millis(1)), ("1".to_owned(), text("1초")));
        assert_eq!(said(Duration::from_millis(59_001)), ("60".to_owned(), text("60초")));
        assert_eq!(said(Duration::from_mins(5)), ("300".to_owned(), text("5분")));
        assert_eq!(said(Duration::from_millis(300_001)), ("301".to_owned(), text("6분")));
    }

    #[test]
    fn what_may_work_later_is_no_fault_of_the_server() {
        for kind in [FailureKind::Unreachable, FailureKind::TimedOut] {
            let failure = PortFailure::new(kind, "reading an order", "gone");
            assert_eq!(ApiError::from(failure).code(), ErrorCode::Unavailable);
        }
    }
}
