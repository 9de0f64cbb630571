//! What machines ask: is it alive, is it ready; and where a broken-off payment leads.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::envelope::{Answer, Handled};
use super::settings::HttpSettings;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/healthz").route(web::get().to(alive)).route(web::head().to(alive)))
        .service(web::resource("/readyz").route(web::get().to(ready)).route(web::head().to(ready)))
        .service(web::resource("/fail").route(web::get().to(failed_payment)));
}

/// The process runs.
async fn alive() -> Handled<()> {
    Ok(Answer::ok(()))
}

/// The process can work: its database answers.
async fn ready(settings: web::Data<HttpSettings>) -> Handled<()> {
    (settings.ready)().await?;
    Ok(Answer::ok(()))
}

/// The payment window sends a buyer whose card was refused to `/fail`, a page that the front end does not have.
async fn failed_payment(settings: web::Data<HttpSettings>, request: HttpRequest) -> HttpResponse {
    let query = match request.query_string() {
        "" => String::new(),
        query => format!("?{query}"),
    };
    let page = format!("{}/order-fail{query}", settings.frontend_origin.trim_end_matches('/'));
    HttpResponse::Found().insert_header((header::LOCATION, page)).finish()
}
