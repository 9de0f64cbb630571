//! `GET /api/oauth2/naver` and `GET /oauth2/authorization/naver`: off to Naver.

use actix_web::http::StatusCode;
use actix_web::http::header::HOST;
use actix_web::{HttpRequest, HttpResponse, web};
use ef_domain::account::LinkIntent;
use ef_domain::shared::PortFailure;

use super::super::settings::HttpSettings;
use super::kept::{self, Flow, Kept};
use super::redirect::{Page, to, to_page};
use super::{CALLBACK, DEPARTURE};
use crate::shop::{NaverDesk, Shop};

/// The log-in page's button: `GET /api/oauth2/naver`.
pub(super) async fn enter() -> HttpResponse {
    to(StatusCode::FOUND, DEPARTURE, [])
}

/// Begins a flow and sends the browser to Naver: `GET /oauth2/authorization/naver`. A wish to link that the browser
/// carries becomes part of the flow and is forgotten.
pub(super) async fn depart(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    request: HttpRequest,
) -> HttpResponse {
    let wish = kept::has_intent(&request).then(|| kept::intent(&shop, &request));
    let forget = wish.is_some().then(|| kept::forget_intent(&settings));
    let link = match wish {
        None => None,
        Some(Some(Kept::Fresh(intent))) => Some(intent),
        // Somebody who wanted to link does not want to be signed in as somebody else.
        Some(Some(Kept::RunOut(_)) | None) => return to_page(&settings, Page::LinkRanOut, forget),
    };
    let nowhere = if link.is_some() { Page::NotLinked } else { Page::LogInFailed };
    let Some(naver) = &shop.naver else { return to_page(&settings, nowhere, forget) };
    match begin(naver, &settings, &request, link).await {
        Ok((address, flow)) => {
            let flow = kept::keep_flow(&shop, &settings, &flow);
            to(StatusCode::FOUND, &address, forget.into_iter().chain([flow]))
        }
        Err(failure) => {
            tracing::warn!(error = failure.chain(), "nobody can be sent to naver");
            to_page(&settings, nowhere, forget)
        }
    }
}

async fn begin(
    naver: &NaverDesk,
    settings: &HttpSettings,
    request: &HttpRequest,
    link: Option<LinkIntent>,
) -> Result<(String, Flow), PortFailure> {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let callback = format!("{}{CALLBACK}", settings.own_origin(host));
    let departure = naver.partner.depart(&callback).await?;
    Ok((departure.url, Flow { secrets: departure.secrets, callback, link }))
}
