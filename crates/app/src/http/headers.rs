//! Headers that every answer carries.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;

use super::settings::HttpSettings;

const ALWAYS: [(HeaderName, &str); 3] =
    [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::X_XSS_PROTECTION, "0"), (header::X_FRAME_OPTIONS, "DENY")];
/// For answers that say nothing about caching: they are somebody's own.
const PRIVATE: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-cache, no-store, max-age=0, must-revalidate"),
    (header::PRAGMA, "no-cache"),
    (header::EXPIRES, "0"),
];
const HSTS: (HeaderName, &str) = (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");

/// Middleware: adds them.
pub async fn add(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let https = request.app_data::<web::Data<HttpSettings>>().is_some_and(|settings| settings.is_https());
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    let private = if headers.contains_key(header::CACHE_CONTROL) { None } else { Some(PRIVATE) };
    for (name, value) in ALWAYS.into_iter().chain(private.into_iter().flatten()).chain(https.then_some(HSTS)) {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
