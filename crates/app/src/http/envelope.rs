//! The one shape of every JSON answer: `{status, code, desc, data}`.

use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use ef_domain::shared::Version;
use serde::Serialize;

use super::caching;
use super::code::ErrorCode;
use super::error::ApiError;

/// How a request went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuccessCode {
    /// It did.
    Success,
    /// Something came into being.
    Created,
    /// Somebody signed in.
    LoggedIn,
    /// A session was renewed.
    Refreshed,
}

impl SuccessCode {
    /// The eight digits of the wire, their status, and the sentence for people.
    pub const fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::Success => ("20000000", StatusCode::OK, "요청을 처리했습니다."),
            Self::Created => ("20000001", StatusCode::CREATED, "등록되었습니다."),
            Self::LoggedIn => ("20000002", StatusCode::OK, "로그인되었습니다."),
            Self::Refreshed => ("20000003", StatusCode::OK, "로그인이 연장되었습니다."),
        }
    }
}

/// The envelope itself. `data` is always present, `null` where there is none.
#[derive(Debug, Serialize)]
struct Envelope<T> {
    status: u16,
    code: &'static str,
    desc: &'static str,
    data: T,
}

/// A successful answer: what a handler returns.
#[derive(Debug)]
pub struct Answer<T> {
    code: SuccessCode,
    data: T,
    cookies: Vec<Cookie<'static>>,
    version: Option<Version>,
    is_shared: bool,
}

/// What a handler comes to.
pub type Handled<T> = Result<Answer<T>, ApiError>;

impl<T> Answer<T> {
    /// It went well: 200.
    pub fn ok(data: T) -> Self {
        Self::with(SuccessCode::Success, data)
    }

    /// Something came into being: 201.
    pub fn created(data: T) -> Self {
        Self::with(SuccessCode::Created, data)
    }

    /// It went well in that way.
    pub fn with(code: SuccessCode, data: T) -> Self {
        Self { code, data, cookies: Vec::new(), version: None, is_shared: false }
    }

    /// The same answer, saying in its `ETag` which version of something it shows.
    #[must_use]
    pub fn showing(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// The same answer, which says the same to everybody: it may be kept for a second by caches, and is only sent again
    /// where it changed. It sets no cookies.
    #[must_use]
    pub fn for_everybody(mut self) -> Self {
        self.is_shared = true;
        self
    }

    /// The same answer, setting cookies.
    #[must_use]
    pub fn cookies(mut self, cookies: impl IntoIterator<Item = Cookie<'static>>) -> Self {
        self.cookies.extend(cookies);
        self
    }
}

impl<T: Serialize> Responder for Answer<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let (code, status, desc) = self.code.row();
        let envelope = Envelope { status: status.as_u16(), code, desc, data: self.data };
        if self.is_shared {
            return match serde_json::to_vec(&envelope) {
                Ok(json) => caching::shared_json(request, status, json),
                Err(_) => ApiError::new(ErrorCode::Internal).error_response(),
            };
        }
        let mut response = HttpResponse::build(status);
        for cookie in self.cookies {
            response.cookie(cookie);
        }
        if let Some(version) = self.version {
            response.insert_header((header::ETAG, format!("\"{version}\"")));
        }
        response.json(envelope)
    }
}
