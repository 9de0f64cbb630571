//! `POST /api/webhooks/naver`

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};

use super::super::code::ErrorCode;
use super::super::error::ApiError;
use super::super::form::FORM;
use super::super::json;
use super::super::openapi::{Extracted, Operation, form};
use crate::shop::Shop;

/// A form as it came: its signature covers the text.
pub(super) struct RawForm(Vec<u8>);

impl FromRequest for RawForm {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = json::bytes(request, payload, FORM);
        Box::pin(async move { body.await.map(Self) })
    }
}

impl Extracted for RawForm {
    fn describe(operation: &mut Operation) {
        operation.takes_raw([FORM], form::any_object());
    }
}

/// Somebody cut the link to us at Naver, or closed his account there: `POST /api/webhooks/naver`. Naver takes an empty
/// 204 for success, and says everything once.
pub(super) async fn naver(shop: web::Data<Shop>, notice: RawForm) -> Result<HttpResponse, ApiError> {
    let naver = shop.naver.as_ref().ok_or_else(|| ApiError::new(ErrorCode::UnknownRoute))?;
    naver.end_link.run(&notice.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
