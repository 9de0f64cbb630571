//! Clients that do not wait.

use std::panic::resume_unwind;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt;
use tracing::Instrument;

use super::code::ErrorCode;
use super::error::ApiError;

/// Middleware: whatever changes something is finished, also when its client tears the connection down. The server would
/// drop it half-way: a guess at a password whose work was done would not be counted, and guessing would be free.
pub async fn what_was_begun(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    if request.method().is_safe() {
        return next.call(request).await;
    }
    match rt::spawn(next.call(request).in_current_span()).await {
        Ok(answer) => answer,
        Err(lost) => match lost.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // Nobody cancels it but a server that is being torn down.
            Err(_cancelled) => Err(ApiError::new(ErrorCode::Internal).into()),
        },
    }
}
