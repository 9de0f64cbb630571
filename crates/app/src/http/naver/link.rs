//! `/api/auth/link/naver`: a member wants Naver to open his account as well.

use actix_web::cookie::Cookie;
use actix_web::http::header::{HOST, HeaderMap, HeaderName, ORIGIN, REFERER};
use actix_web::http::{StatusCode, Uri};
use actix_web::{HttpRequest, HttpResponse, web};
use ef_domain::account::{BeginLinkError, LinkIntent, ProvePasswordError, Throttled};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::actor::SignedIn;
use super::super::caller::Calling;
use super::super::cookies;
use super::super::form::JsonOrForm;
use super::super::openapi::form;
use super::super::renew::authenticate_or_renew;
use super::super::settings::HttpSettings;
use super::proof_page::{self, Trouble};
use super::redirect::{Page, to, to_page};
use super::{DEPARTURE, kept};
use crate::shop::{NaverDesk, Shop};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// `POST /api/auth/link/naver`
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub(super) struct ProofBody {
    #[schema(required, schema_with = form::password)]
    password: String,
}

/// A member at the door of a link.
struct Visitor<'a> {
    naver: &'a NaverDesk,
    person: SignedIn,
    cookies: Vec<Cookie<'static>>,
}

impl Visitor<'_> {
    fn intent(&self) -> LinkIntent {
        let SignedIn { actor, session, epoch, .. } = &self.person;
        LinkIntent { user: actor.user, epoch: *epoch, session: session.clone() }
    }
}

/// Begins a link: `GET /api/auth/link/naver`, a link that the browser itself follows. Whose log-in is long ago enters
/// his password first. A page of another site cannot begin one: it would finish by itself where Naver remembers a
/// consent.
pub(super) async fn begin(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    request: HttpRequest,
) -> HttpResponse {
    if is_elsewhere(&settings, request.headers()) {
        return to_page(&settings, Page::NotLinked, []);
    }
    let visitor = match visitor(&shop, &settings, &request).await {
        Ok(visitor) => visitor,
        Err(answer) => return answer,
    };
    match visitor.naver.link.begin(visitor.intent(), visitor.person.auth_time) {
        Ok(intent) => go_on(&shop, &settings, visitor, &intent, StatusCode::FOUND),
        Err(_) => proof_page::show(StatusCode::OK, None, visitor.cookies),
    }
}

/// Begins a link with the password that the page of [`begin`] asked for: `POST /api/auth/link/naver`.
pub(super) async fn begin_with_password(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    request: HttpRequest,
    calling: Calling,
    body: JsonOrForm<ProofBody>,
) -> HttpResponse {
    if !is_own_page(&settings, request.headers()) {
        return to_page(&settings, Page::NotLinked, []);
    }
    let visitor = match visitor(&shop, &settings, &request).await {
        Ok(visitor) => visitor,
        Err(answer) => return answer,
    };
    let password = SecretString::from(body.0.password);
    match visitor.naver.link.begin_with_password(visitor.intent(), password, calling.0.address).await {
        // The next request is a GET, and not this one with its password once more.
        Ok(intent) => go_on(&shop, &settings, visitor, &intent, StatusCode::SEE_OTHER),
        Err(BeginLinkError::ProofNeeded | BeginLinkError::Proof(ProvePasswordError::WrongPassword)) => {
            proof_page::show(StatusCode::BAD_REQUEST, Some(Trouble::WrongPassword), visitor.cookies)
        }
        Err(BeginLinkError::Proof(ProvePasswordError::Throttled(Throttled::TooMany { retry_after }))) => {
            proof_page::show(StatusCode::TOO_MANY_REQUESTS, Some(Trouble::TooMany(retry_after)), visitor.cookies)
        }
        Err(BeginLinkError::Proof(
            ProvePasswordError::Throttled(Throttled::Unavailable(failure)) | ProvePasswordError::Unavailable(failure),
        )) => {
            tracing::error!(error = failure.chain(), "a password could not be compared");
            proof_page::show(StatusCode::SERVICE_UNAVAILABLE, Some(Trouble::Unavailable), visitor.cookies)
        }
    }
}

/// Who is asking; or what anybody else is answered.
async fn visitor<'a>(
    shop: &'a Shop,
    settings: &HttpSettings,
    request: &HttpRequest,
) -> Result<Visitor<'a>, HttpResponse> {
    match authenticate_or_renew(shop, settings, request).await {
        Ok(Some((person, cookies))) => match &shop.naver {
            Some(naver) => Ok(Visitor { naver, person, cookies }),
            None => Err(to_page(settings, Page::NotLinked, cookies)),
        },
        Ok(None) => Err(to_page(settings, Page::NotSignedIn, [])),
        Err(error) => {
            tracing::error!(cause = error.chain(), "nobody knows who wants to link");
            Err(to_page(settings, Page::NotLinked, []))
        }
    }
}

/// On to Naver. The access cookie is issued afresh: whoever takes his time there is signed in all the same when he
/// comes back.
fn go_on(
    shop: &Shop,
    settings: &HttpSettings,
    visitor: Visitor<'_>,
    intent: &LinkIntent,
    status: StatusCode,
) -> HttpResponse {
    let Visitor { person, cookies, .. } = visitor;
    let access = cookies.is_empty().then(|| cookies::access(shop, settings, &person));
    let intent = kept::keep_intent(shop, settings, intent);
    to(status, DEPARTURE, cookies.into_iter().chain(access).chain([intent]))
}

/// Whether a page of another site sent the browser here, or one of ours that shows this address as a picture or in a
/// frame. An old browser does not say so; then the page's address does, if it is named.
fn is_elsewhere(settings: &HttpSettings, headers: &HeaderMap) -> bool {
    if headers.get(FETCH_DEST).is_some_and(|shown_as| shown_as != "document") {
        return true;
    }
    match headers.get(FETCH_SITE) {
        Some(site) => site == "cross-site",
        None => headers.get(REFERER).is_some_and(|page| {
            let page = page.to_str().ok().and_then(origin_of);
            page.is_none_or(|page| !is_own(settings, headers, &page) && !settings.allowed_origins.contains(&page))
        }),
    }
}

/// Whether the form is that of our own page.
fn is_own_page(settings: &HttpSettings, headers: &HeaderMap) -> bool {
    let is_site = headers.get(FETCH_SITE).is_none_or(|site| site == "same-origin");
    let is_page =
        headers.get(ORIGIN).is_none_or(|page| page.to_str().is_ok_and(|page| is_own(settings, headers, page)));
    is_site && is_page
}

fn is_own(settings: &HttpSettings, headers: &HeaderMap, origin: &str) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    origin == settings.own_origin(host)
}

fn origin_of(page: &str) -> Option<String> {
    let page: Uri = page.parse().ok()?;
    Some(format!("{}://{}", page.scheme_str()?, page.authority()?))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn headers(given: &[(&str, &str)]) -> HeaderMap {
        let request = TestRequest::default().insert_header(("Host", "127.0.0.1:8080"));
        let request = given.iter().fold(request, |request, header| request.insert_header(*header));
        request.to_http_request().headers().clone()
    }

    #[test]
    fn a_link_begins_on_our_own_pages_only() {
        let settings = HttpSettings::for_tests();
        let elsewhere = |given: &[(&str, &str)]| is_elsewhere(&settings, &headers(given));
        for site in ["same-origin", "same-site", "none"] {
            assert!(!elsewhere(&[("Sec-Fetch-Site", site), ("Referer", "http://evil.example/")]), "{site}");
        }
        assert!(elsewhere(&[("Sec-Fetch-Site", "cross-site"), ("Referer", "http://localhost:5173/mypage")]));
        assert!(!elsewhere(&[]));
        for page in ["http://127.0.0.1:8080/x?y=1", "http://localhost:5173/mypage"] {
            assert!(!elsewhere(&[("Referer", page)]), "{page}");
        }
        for page in ["http://evil.example/", "https://localhost:5173/", "http://localhost:5173.evil.example/", "x", ""]
        {
            assert!(elsewhere(&[("Referer", page)]), "{page}");
        }
    }

    #[test]
    fn a_password_comes_from_our_own_page_only() {
        let settings = HttpSettings::for_tests();
        let own = |given: &[(&str, &str)]| is_own_page(&settings, &headers(given));
        assert!(own(&[]));
        assert!(own(&[("Origin", "http://127.0.0.1:8080"), ("Sec-Fetch-Site", "same-origin")]));
        assert!(!own(&[("Origin", "http://localhost:5173"), ("Sec-Fetch-Site", "same-site")]));
        assert!(!own(&[("Origin", "http://evil.example")]));
        assert!(!own(&[("Sec-Fetch-Site", "cross-site")]));
    }
}
