//! One log line a request, and the number that ties it to everything else that the request logged.

use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use tracing::Instrument;

use super::error::ApiError;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Middleware: logs method, route, status, time and request id. The route is the pattern and never the path, which may
/// name an order, and never the query, which may hold a payment key.
///
/// A failure of ours is logged here with its chain of causes, once; the answer does not contain it.
pub async fn requests(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let id = request_id(&request);
    let began = Instant::now();
    let method = request.method().clone();
    let span = tracing::info_span!("request", request_id = %id);
    let mut response = next.call(request).instrument(span.clone()).await?;

    let _entered = span.enter();
    let route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
    let (status, ms) = (response.status(), u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
    if status.is_server_error() {
        let cause = response.response().error().map(|error| match error.as_error::<ApiError>() {
            Some(error) => error.chain(),
            None => error.to_string(),
        });
        let cause = cause.unwrap_or_default();
        tracing::warn!(%method, route, status = status.as_u16(), ms, cause, "request failed");
    } else {
        tracing::info!(%method, route, status = status.as_u16(), ms, "request");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// The id that a proxy in front gave the request, if it is a plain one; else a fresh one.
fn request_id(request: &ServiceRequest) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |id: &&str| (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    given.filter(plain).map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned)
}
