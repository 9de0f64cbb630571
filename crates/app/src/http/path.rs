//! Parameters inside paths.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use ef_domain::account::SessionId;
use ef_domain::order::OrderNumber;
use ef_domain::shared::{
    AddressId, AnnouncementId, CartItemId, MailId, OrderId, PaymentId, ProductId, ReviewId, SuppressionId, TagId,
    VariantId,
};

use utoipa::openapi::Schema;

use super::code::ErrorCode;
use super::error::ApiError;
use super::openapi::form;

/// What somebody hears who names a session that is none of his.
pub const NO_SESSION: &str = "로그인된 기기를 찾을 수 없습니다.";

/// Something that the one parameter of a path names.
pub trait FromPath: Sized {
    /// What it is, for readers of the contract.
    const MEANING: &'static str = "Its number.";

    /// Which texts can name something. Numbers, unless it says otherwise.
    fn schema() -> Schema {
        form::id()
    }

    /// What the text names, or why it names nothing.
    fn from_path(text: &str) -> Result<Self, ApiError>;
}

/// The one parameter of a path.
#[derive(Debug)]
pub struct PathId<T>(pub T);

impl<T: FromPath> FromRequest for PathId<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let text = web::Path::<String>::from_request(request, payload).into_inner();
        let text = text.map_err(|_| ApiError::invalid("주소를 읽을 수 없습니다."));
        ready(text.and_then(|text| T::from_path(&text)).map(Self))
    }
}

fn number(text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| ApiError::invalid("주소의 번호는 숫자여야 합니다."))
}

impl FromPath for ProductId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for VariantId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for PaymentId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for TagId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for AnnouncementId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for CartItemId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for MailId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for SuppressionId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for ReviewId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for AddressId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for OrderId {
    fn from_path(text: &str) -> Result<Self, ApiError> {
        number(text).map(Self::new)
    }
}

impl FromPath for OrderNumber {
    const MEANING: &'static str = "The order's number.";

    fn schema() -> Schema {
        form::order_number()
    }

    fn from_path(text: &str) -> Result<Self, ApiError> {
        Self::parse(text).map_err(|error| ApiError::invalid(error.to_string()))
    }
}

/// A text that is no name is the name of nobody's session.
impl FromPath for SessionId {
    const MEANING: &'static str = "The session's name.";

    fn schema() -> Schema {
        form::session_id()
    }

    fn from_path(text: &str) -> Result<Self, ApiError> {
        Self::parse(text).ok_or_else(|| ApiError::saying(ErrorCode::NotFound, NO_SESSION))
    }
}

impl FromPath for String {
    const MEANING: &'static str = "Its name.";

    fn schema() -> Schema {
        form::any_text()
    }

    fn from_path(text: &str) -> Result<Self, ApiError> {
        Ok(text.to_owned())
    }
}
