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
    let dev_page = settings.dev_page.as_ref().filter(|_| settings.development);
    if let Some(page) = dev_page.filter(|page| page.is_at(path, at_home)) {
        return page.answer(&request).ok_or_else(unknown);
    }
    match &settings.web_root {
        Some(root) => serve::serve(&request, root).await.ok_or_else(unknown),
        None => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, web};

    use super::super::dev::DevPage;
    use super::super::{HttpSettings, configure};

    fn with_page(development: bool) -> HttpSettings {
        let page = DevPage {
            sandbox: None,
            payment_script: None,
            client_key: "test_ck".to_owned(),
            accounts: Vec::new(),
            password: None,
        };
        HttpSettings { development, dev_page: Some(page), ..HttpSettings::for_tests() }
    }

    const PAGES: [&str; 5] = ["/dev", "/dev/", "/dev/about.json", "/dev/files/main.js", "/dev/cart"];

    #[actix_web::test]
    async fn in_development_everybody_finds_the_page_for_newcomers() {
        let settings = web::Data::new(with_page(true));
        let app = init_service(App::new().app_data(settings).configure(configure)).await;
        for path in PAGES.into_iter().chain(["/"]) {
            let answer = call_service(&app, TestRequest::get().uri(path).to_request()).await;
            assert_eq!(answer.status(), 200, "{path}");
        }
    }

    /// Not even where somebody made one.
    #[actix_web::test]
    async fn in_production_nobody_finds_the_page_for_newcomers() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
        for web_root in [None, Some(folder.path().to_owned())] {
            let is_served = web_root.is_some();
            let settings = web::Data::new(HttpSettings { web_root, ..with_page(false) });
            let app = init_service(App::new().app_data(settings).configure(configure)).await;
            for path in PAGES {
                let answer = call_service(&app, TestRequest::get().uri(path).to_request()).await;
                assert_eq!(answer.status(), 404, "{path}");
            }
            let home = call_service(&app, TestRequest::get().uri("/").to_request()).await;
            assert_eq!(home.status(), if is_served { 200 } else { 404 });
        }
    }
}
