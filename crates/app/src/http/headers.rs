//! Headers that every answer carries.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;

use super::settings::HttpSettings;

/// There is no `Cross-Origin-Opener-Policy` among them: a page that is cut off from the windows it opens does not hear
/// from the payment window. Nor does `Permissions-Policy` name `payment`, for the same window.
const ALWAYS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_XSS_PROTECTION, "0"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (header::PERMISSIONS_POLICY, "camera=(), microphone=(), geolocation=()"),
];
/// For answers that say nothing about caching: they are somebody's own.
const PRIVATE: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-cache, no-store, max-age=0, must-revalidate"),
    (header::PRAGMA, "no-cache"),
    (header::EXPIRES, "0"),
];
/// For JSON, of which a browser shall make nothing else, whatever is in it. Pages set a policy of their own.
const INERT: (HeaderName, &str) = (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
const HSTS: (HeaderName, &str) = (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");

/// Middleware: adds them.
pub async fn add(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let https = request.app_data::<web::Data<HttpSettings>>().is_some_and(|settings| settings.is_https());
    let mut response = next.call(request).await?;
    put(response.headers_mut(), https);
    Ok(response)
}

/// Puts them among the headers of an answer.
pub(super) fn put(headers: &mut HeaderMap, https: bool) {
    let private = if headers.contains_key(header::CACHE_CONTROL) { None } else { Some(PRIVATE) };
    let inert = is_json(headers).then_some(INERT);
    for (name, value) in
        ALWAYS.into_iter().chain(private.into_iter().flatten()).chain(inert).chain(https.then_some(HSTS))
    {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}
