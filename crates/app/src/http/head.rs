//! `HEAD`: what `GET` would have said, without saying it.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest};

/// Notes on a request that its client wants no body.
struct HeadOnly;

/// Whether the client wants no body. The server would go through it all the same, so one without an end must not begin.
pub fn is_head(request: &HttpRequest) -> bool {
    request.extensions().get::<HeadOnly>().is_some()
}

/// Middleware: whatever answers `GET` answers `HEAD` too, with the same status and headers. The server itself keeps the
/// body back, because it remembers what the client really asked.
pub async fn answer_like_get(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(HeadOnly);
    }
    next.call(request).await
}

/// An `Allow` header that names `HEAD` wherever it names `GET`.
pub fn allow_like_get<'a>(methods: impl IntoIterator<Item = &'a str>) -> String {
    let methods = methods.into_iter().flat_map(|line| line.split(',')).map(str::trim);
    let allowed = methods.flat_map(|method| match method {
        "GET" => ["GET", "HEAD"].as_slice().to_vec(),
        other => vec![other],
    });
    allowed.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::allow_like_get;

    #[test]
    fn whoever_may_get_may_ask_for_the_head() {
        assert_eq!(allow_like_get(["GET, POST", "DELETE"]), "GET, HEAD, POST, DELETE");
        assert_eq!(allow_like_get(["PATCH"]), "PATCH");
    }
}
