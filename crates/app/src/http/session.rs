//! The session guard: which routes are open, 401 for nobody on all the others, and 403 for shoppers in the
//! administration.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use crate::shop::Shop;

use super::actor::{SignedIn, authenticate};
use super::admin::{Administrator, is_administration};
use super::code::ErrorCode;
use super::error::ApiError;
use super::settings::HttpSettings;

/// Everything under `/api` needs a session except what begins with one of these.
const OPEN_TREES: [&str; 5] = ["/api/auth/", "/api/oauth2/", "/api/products/", "/api/tags/", "/api/webhooks/"];
/// And except these.
const OPEN_PATHS: [&str; 5] = ["/api/auth", "/api/oauth2", "/api/products", "/api/tags", "/api/users/signup"];
/// And except a look at these, which renew their session by themselves.
const RENEWING_PATHS: [&str; 2] = ["/api/users/me", "/api/notifications/stream"];

/// Whether a path below the open shelf is about what somebody writes of a product. Anybody may read reviews, and nothing
/// else that has to do with them.
fn is_somebodys_review(method: &Method, path: &str) -> bool {
    let Some((_, rest)) = path.strip_prefix("/api/products/").and_then(|path| path.split_once('/')) else {
        return false;
    };
    let reads = *method == Method::GET || *method == Method::HEAD;
    rest == "reviews" && !reads || rest.starts_with("reviews/")
}

/// Whether a path can be asked for without a session. Closed unless listed: a new route is protected by default.
pub fn is_open(method: &Method, path: &str) -> bool {
    let in_api = path == "/api" || path.starts_with("/api/");
    let renews = RENEWING_PATHS.contains(&path) && (*method == Method::GET || *method == Method::HEAD);
    if is_somebodys_review(method, path) {
        return false;
    }
    !in_api || renews || OPEN_PATHS.contains(&path) || OPEN_TREES.iter().any(|tree| path.starts_with(tree))
}

/// Middleware: lets nobody pass to a protected path without a session, before anything looks at the body. The path is
/// what the router will read, with its escapes resolved: `/api/%61dmin` is a way into the administration too.
pub async fn guard(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    if is_open(request.method(), request.match_info().as_str()) {
        return next.call(request).await;
    }
    let person = match request.app_data::<web::Data<Shop>>().cloned() {
        Some(shop) => authenticate(&shop, request.request()).await,
        None => Err(ApiError::new(ErrorCode::Internal)),
    };
    let admitted = person.and_then(|person| {
        let person = person.ok_or_else(|| ApiError::new(ErrorCode::Unauthorized))?;
        admit(&request, person)
    });
    match admitted {
        Ok(()) => next.call(request).await,
        Err(error) => Ok(refuse(request, error)),
    }
}

/// Leaves with the request who is asking, for its handler.
fn admit(request: &ServiceRequest, person: SignedIn) -> Result<(), ApiError> {
    if is_administration(request.match_info().as_str()) {
        let settings = request.app_data::<web::Data<HttpSettings>>();
        let settings = settings.ok_or_else(|| ApiError::new(ErrorCode::Internal))?;
        let administrator = Administrator::admit(&person, settings.totp_required)?;
        request.extensions_mut().insert(administrator);
    }
    request.extensions_mut().insert(person);
    Ok(())
}

fn refuse(request: ServiceRequest, error: ApiError) -> ServiceResponse {
    let (request, _) = request.into_parts();
    ServiceResponse::from_err(error, request)
}

#[cfg(test)]
mod tests {
    use super::{Method, is_open};

    #[test]
    fn the_api_is_closed_unless_listed() {
        for path in ["/api/products", "/api/products/3", "/api/auth/login", "/api/users/signup", "/healthz", "/nowhere"]
        {
            assert!(is_open(&Method::POST, path), "{path}");
        }
        for path in [
            "/api",
            "/api/cart",
            "/api/orders/1",
            "/api/payments/toss/confirm",
            "/api/productsx",
            "/api/users",
            "/api/users/me/sessions",
            "/api/users/me/sessions/0123456789abcdef0123456789abcdef",
        ] {
            assert!(!is_open(&Method::GET, path), "{path}");
        }
    }

    #[test]
    fn anybody_reads_reviews_and_members_write_them() {
        let (list, mine) = ("/api/products/3/reviews", "/api/products/3/reviews/mine");
        assert!(is_open(&Method::GET, list) && is_open(&Method::HEAD, list));
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            assert!(!is_open(&method, list) && !is_open(&method, mine), "{method}");
        }
        assert!(!is_open(&Method::GET, mine));
        assert!(is_open(&Method::GET, "/api/products/categories/reviews"));
    }

    #[test]
    fn anybody_may_look_whether_he_is_signed_in_and_only_who_is_may_change_anything_of_it() {
        assert!(is_open(&Method::GET, "/api/users/me"));
        assert!(is_open(&Method::HEAD, "/api/users/me"));
        assert!(!is_open(&Method::DELETE, "/api/users/me"));
    }
}
