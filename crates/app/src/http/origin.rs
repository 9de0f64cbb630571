//! Which pages may call: the origin check, CORS and preflights.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};

use super::settings::HttpSettings;

const METHODS: &str = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
const MAX_AGE_SECONDS: &str = "3600";
/// Headers of answers that pages of other origins may read.
const EXPOSED: &str = "ETag, Idempotent-Replayed, Retry-After";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const REFUSED: &str = "Invalid CORS request";

/// Where a request comes from.
#[derive(Debug, PartialEq, Eq)]
enum Caller {
    /// No page, or one of this very server.
    Same,
    /// A page that may call.
    Allowed(HeaderValue),
    /// Any other page.
    Foreign,
}

/// Middleware: turns foreign pages away before any handler runs, and tells browsers which pages may read the answer,
/// an error as much as a success.
pub async fn check(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let caller = match request.app_data::<web::Data<HttpSettings>>() {
        Some(settings) => caller(settings, request.method(), request.headers()),
        None => Caller::Foreign,
    };
    let wanted = request.headers().get(header::ACCESS_CONTROL_REQUEST_METHOD).cloned();
    let preflight = wanted.filter(|_| request.method() == Method::OPTIONS);
    let mut response = match (&caller, preflight) {
        (Caller::Foreign, _) => request.into_response(refusal()),
        (Caller::Allowed(_), Some(method)) => {
            let answer = preflight_answer(&method, request.headers());
            request.into_response(answer)
        }
        (Caller::Allowed(_) | Caller::Same, _) => next.call(request).await?,
    };
    let headers = response.headers_mut();
    for vary in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
        headers.append(header::VARY, HeaderValue::from_static(vary));
    }
    if let Caller::Allowed(origin) = caller {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
    Ok(response)
}

/// A browser names the origin of every page that asks for a change. Should one not do so, it says all the same whether the
/// page is of another site; only what is no browser says neither (a webhook, a script), and has no cookies to misuse.
fn caller(settings: &HttpSettings, method: &Method, headers: &HeaderMap) -> Caller {
    let Some(value) = headers.get(header::ORIGIN) else {
        let elsewhere = headers.get(FETCH_SITE).is_some_and(|site| site == "cross-site");
        return if elsewhere && !method.is_safe() { Caller::Foreign } else { Caller::Same };
    };
    if headers.get_all(header::ORIGIN).nth(1).is_some() {
        return Caller::Foreign;
    }
    let Ok(origin) = value.to_str() else { return Caller::Foreign };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    if settings.allowed_origins.iter().any(|allowed| allowed == origin) {
        Caller::Allowed(value.clone())
    } else if origin == settings.own_origin(host) {
        Caller::Same
    } else {
        Caller::Foreign
    }
}

fn preflight_answer(method: &HeaderValue, headers: &HeaderMap) -> HttpResponse {
    let known = method.to_str().is_ok_and(|method| METHODS.split(", ").any(|known| known == method));
    if !known {
        return refusal();
    }
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS));
    if let Some(wanted) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone()));
    }
    answer.finish()
}

fn refusal() -> HttpResponse {
    HttpResponse::build(StatusCode::FORBIDDEN).content_type("text/plain; charset=utf-8").body(REFUSED)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn caller_of(settings: &HttpSettings, headers: &[(&str, &str)]) -> Caller {
        asking(settings, &Method::GET, headers)
    }

    fn asking(settings: &HttpSettings, method: &Method, headers: &[(&str, &str)]) -> Caller {
        let request = headers.iter().fold(TestRequest::default(), |request, header| request.insert_header(*header));
        caller(settings, method, request.to_http_request().headers())
    }

    #[test]
    fn a_request_of_two_origins_is_foreign() {
        let settings = HttpSettings::for_tests();
        let allowed = settings.allowed_origins.first().unwrap().clone();
        let request = TestRequest::default().append_header(("Origin", allowed.as_str()));
        let request = request.append_header(("Origin", "http://evil.example")).to_http_request();
        assert_eq!(caller(&settings, &Method::GET, request.headers()), Caller::Foreign);
    }

    #[test]
    fn only_the_own_and_the_listed_origins_may_call() {
        let settings = HttpSettings::for_tests();
        let page = |origin| caller_of(&settings, &[("Host", "127.0.0.1:8080"), ("Origin", origin)]);
        assert_eq!(caller_of(&settings, &[("Host", "127.0.0.1:8080")]), Caller::Same);
        assert_eq!(page("http://127.0.0.1:8080"), Caller::Same);
        assert_eq!(page("http://localhost:5173"), Caller::Allowed(HeaderValue::from_static("http://localhost:5173")));
        for origin in
            ["http://evil.example", "null", "", "http://localhost:5173.evil.example", "https://localhost:5173"]
        {
            assert_eq!(page(origin), Caller::Foreign, "{origin}");
        }
    }

    #[test]
    fn a_page_of_another_site_changes_nothing_even_if_its_browser_keeps_its_origin_back() {
        let settings = HttpSettings::for_tests();
        let from =
            |method: &Method, site| asking(&settings, method, &[("Host", "127.0.0.1:8080"), ("Sec-Fetch-Site", site)]);
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert_eq!(from(&method, "cross-site"), Caller::Foreign, "{method}");
            for site in ["same-origin", "same-site", "none"] {
                assert_eq!(from(&method, site), Caller::Same, "{method} {site}");
            }
            assert_eq!(asking(&settings, &method, &[("Host", "127.0.0.1:8080")]), Caller::Same, "{method}");
        }
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            // A link, or the way back from the payment window.
            assert_eq!(from(&method, "cross-site"), Caller::Same, "{method}");
        }
        let page = [("Origin", "http://localhost:5173"), ("Sec-Fetch-Site", "cross-site")];
        assert!(matches!(asking(&settings, &Method::POST, &page), Caller::Allowed(_)));
    }

    #[test]
    fn forwarded_headers_do_not_make_an_origin_ones_own() {
        let settings = HttpSettings::for_tests();
        let headers = [
            ("Host", "127.0.0.1:8080"),
            ("X-Forwarded-Host", "evil.example"),
            ("Forwarded", "host=evil.example"),
            ("Origin", "http://evil.example"),
        ];
        assert_eq!(caller_of(&settings, &headers), Caller::Foreign);
    }

    #[test]
    fn behind_tls_the_public_url_is_the_own_origin_and_the_plain_host_is_not() {
        let public_url = Some("https://energy-factory.kr".to_owned());
        let settings = HttpSettings { public_url, ..HttpSettings::for_tests() };
        let page = |origin| caller_of(&settings, &[("Host", "energy-factory.kr"), ("Origin", origin)]);
        assert_eq!(page("https://energy-factory.kr"), Caller::Same);
        assert_eq!(page("http://energy-factory.kr"), Caller::Foreign);
    }
}
