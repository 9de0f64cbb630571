//! What machines ask: is it alive, is it ready; and where a broken-off payment leads.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::envelope::{Answer, Handled};
use super::openapi::Api;
use super::settings::HttpSettings;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/healthz").route(web::get().to(alive)))
        .service(web::resource("/readyz").route(web::get().to(ready)))
        .service(web::resource("/fail").route(web::get().to(failed_payment)));
}

/// What they promise.
pub fn describe(api: &mut Api) {
    let mut machines = api.tag("Operations", "What machines ask.");
    machines.get("/healthz", "isAlive", alive).about("The process runs");
    machines.get("/readyz", "isReady", ready).about("The process can work: its database answers");
    machines
        .get("/fail", "failedPayment", failed_payment)
        .about("Where the payment window sends a buyer whose payment was refused")
        .redirects(302, "On to the page that says so, with the same query.");
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
    use actix_web::{App, web};
    use ef_domain::shared::{FailureKind, PortFailure};
    use serde_json::Value;

    use super::super::configure;
    use super::super::error::ApiError;
    use super::*;

    #[actix_web::test]
    async fn a_server_without_its_database_is_alive_and_not_ready() {
        let down = || PortFailure::new(FailureKind::Unreachable, "asking the database", "connection refused");
        let ready: crate::http::ReadinessCheck = Arc::new(move || Box::pin(std::future::ready(Err(down()))));
        let settings = web::Data::new(HttpSettings { ready, ..HttpSettings::for_tests() });
        let app = init_service(App::new().app_data(settings).configure(configure)).await;
        let alive = call_service(&app, TestRequest::get().uri("/healthz").to_request()).await;
        assert_eq!(alive.status(), 200);

        let answer = call_service(&app, TestRequest::get().uri("/readyz").to_request()).await;
        assert_eq!(answer.status(), 503);
        let error = answer.response().error().and_then(|error| error.as_error::<ApiError>()).unwrap();
        assert_eq!(error.chain(), "could not reach the other side while asking the database: connection refused");
        let body: Value = read_body_json(answer).await;
        assert_eq!(body["code"], "50300001");
        assert!(!body.to_string().contains("refused"), "{body}");
    }
}
