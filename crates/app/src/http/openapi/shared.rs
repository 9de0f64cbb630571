//! What every operation of a kind answers, so that nobody has to say it again.

use actix_web::http::Method;
use utoipa::openapi::HttpMethod;

use super::super::admin::is_administration;
use super::super::code::ErrorCode;
use super::super::session::is_open;
use super::operation::Operation;

/// The ways to fail that follow from what an operation is: where it stands, whether it has a body, and that a server
/// and a database are behind it.
pub(super) fn errors_of(operation: &Operation) -> Vec<ErrorCode> {
    let mut errors = vec![ErrorCode::MethodNotAllowed, ErrorCode::Internal, ErrorCode::Unavailable];
    if !is_open_to_visitors(operation) {
        errors.push(ErrorCode::Unauthorized);
    }
    if is_administration(operation.path) {
        errors.extend([ErrorCode::AccessDenied, ErrorCode::SecondFactorEnrolmentRequired]);
    }
    if operation.body.is_some() {
        errors.extend([ErrorCode::BodyTimedOut, ErrorCode::BodyTooLarge, ErrorCode::UnsupportedMediaType]);
    }
    if operation.has_path_parameters() {
        // A name with a slash in it is another address.
        errors.push(ErrorCode::UnknownRoute);
    }
    errors
}

/// Whether the session guard lets visitors pass.
pub(super) fn is_open_to_visitors(operation: &Operation) -> bool {
    is_open(&method_of(operation), operation.path)
}

fn method_of(operation: &Operation) -> Method {
    match operation.method {
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Delete => Method::DELETE,
        _ => Method::GET,
    }
}
