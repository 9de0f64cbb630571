//! What becomes of an answer that the framework gave.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;

use super::error::ApiError;
use super::head::allow_like_get;

/// Middleware: the framework refuses a method with an empty answer; puts the envelope into it and keeps its `Allow`, to
/// which `HEAD` belongs where `GET` does.
pub async fn dress_refused_method(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    let response = next.call(request).await?;
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return Ok(response);
    }
    let allow = response.headers().get_all(header::ALLOW).filter_map(|value| value.to_str().ok());
    let error = ApiError::method_not_allowed(allow_like_get(allow));
    let (request, _) = response.into_parts();
    Ok(ServiceResponse::from_err(error, request))
}
