//! Pages: what a browser gets where no route of the API answers.
//!
//! With `web.root`, the built front end: its files as they are, and its `index.html` for every address that is one of
//! its pages. In development, the page for newcomers besides ([`dev`](super::dev)). What is decided here and why is in
//! `docs/adr/0015-pages-from-the-same-process.md`.

mod accept;
mod address;
mod file;
mod serve;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};

use super::code::ErrorCode;
use super::error::ApiError;
use super::settings::HttpSettings;

/// Answers a request that no route took.
pub async fn answer(request: HttpRequest, settings: web::Data<HttpSettings>) -> Result<HttpResponse, ApiError> {
    let unknown = || ApiError::new(ErrorCode::UnknownRoute);
    if request.method() != Method::GET {
        return Err(unknown());
    }
    // With its escapes resolved, as the router and the session guard read it.
    let path = request.match_info().as_str();
    let at_home = settings.web_root.is_none();
    if let Some(page) = settings.dev_page.as_ref().filter(|page| page.is_at(path, at_home)) {
        return page.answer(&request).ok_or_else(unknown);
    }
    match &settings.web_root {
        Some(root) => serve::serve(&request, root).await.ok_or_else(unknown),
        None => Err(unknown()),
    }
}
