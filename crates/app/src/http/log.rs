//! One log line a request, and the number that ties it to everything else that the request logged.

use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use tracing::Instrument;

use super::code::ErrorCode;
use super::error::ApiError;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Middleware: logs method, route, status, time and request id. The route is the pattern and never the path, which may
/// name an order, and never the query, which may hold a payment key.
///
/// A failure of ours is logged here with its chain of causes, once; the answer does not contain it. What will pass by
/// itself (a partner or a database that is away) is a warning. What will not (data that contradict themselves, a bug) is
/// an error, which is to wake somebody.
pub async fn requests(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let id = request_id(&request);
    let began = Instant::now();
    let method = request.method().clone();
    let span = tracing::info_span!("request", request_id = %id);
    let outcome = next.call(request).instrument(span.clone()).await;

    let _entered = span.enter();
    let mut response = match outcome {
        Ok(response) => response,
        Err(error) => return Err(without_a_response(error, &method, &id)),
    };
    let route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
    let (status, ms) = (response.status(), u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
    if status.is_server_error() {
        let status = status.as_u16();
        match cause(&response) {
            (cause, Passes::ByItself) => tracing::warn!(%method, route, status, ms, cause, "request failed"),
            (cause, Passes::Never) => tracing::error!(%method, route, status, ms, cause, "request failed"),
        }
    } else {
        tracing::info!(%method, route, status = status.as_u16(), ms, "request");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// Logs what went past every layer without becoming a response: a panic, whose request is lost.
fn without_a_response(error: actix_web::Error, method: &Method, id: &str) -> actix_web::Error {
    let mut answer = error.error_response();
    tracing::error!(%method, status = answer.status().as_u16(), cause = %error, "request failed");
    if let Ok(value) = HeaderValue::from_str(id) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
    InternalError::from_response(error, answer).into()
}

/// Whether it will work again without anybody's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passes {
    ByItself,
    Never,
}

/// Why a failure of ours happened.
fn cause(response: &ServiceResponse) -> (String, Passes) {
    let Some(error) = response.response().error() else { return (String::new(), Passes::Never) };
    match error.as_error::<ApiError>() {
        Some(error) if error.code() != ErrorCode::Internal => (error.chain(), Passes::ByItself),
        Some(error) => (error.chain(), Passes::Never),
        None => (error.to_string(), Passes::Never),
    }
}

/// The id that a proxy in front gave the request, if it is a plain one; else a fresh one.
fn request_id(request: &ServiceRequest) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |id: &&str| (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    given.filter(plain).map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use ef_domain::shared::{FailureKind, PortFailure};

    use super::*;

    #[test]
    fn only_what_does_not_pass_by_itself_is_an_alarm() {
        let passes = |kind| {
            let error = ApiError::from(PortFailure::new(kind, "testing", "why"));
            let request = TestRequest::default().to_http_request();
            let (cause, passes) = cause(&ServiceResponse::from_err(error, request));
            assert!(cause.ends_with("testing: why"), "{cause}");
            passes
        };
        assert_eq!(passes(FailureKind::Corrupt), Passes::Never);
        assert_eq!(passes(FailureKind::Unreachable), Passes::ByItself);
        assert_eq!(passes(FailureKind::TimedOut), Passes::ByItself);
    }
}
