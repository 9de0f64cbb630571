//! Serves the document to everybody, and pages to try it with to developers.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::Config;

use super::super::code::ErrorCode;
use super::super::error::ApiError;
use super::super::path::PathId;
use super::super::settings::HttpSettings;

/// What the pages read.
const DOCUMENT: &str = "/api-docs/openapi.json";

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(DOCUMENT).route(web::get().to(document)))
        .service(web::resource("/swagger-ui").route(web::get().to(door)))
        .service(web::resource("/swagger-ui/{file:.*}").route(web::get().to(page)));
}

/// The document: `GET /api-docs/openapi.json`.
pub(super) async fn document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(super::text())
}

/// Whoever leaves out the last slash: `GET /swagger-ui`. The pages name their files relative to it.
async fn door(settings: web::Data<HttpSettings>) -> Result<HttpResponse, ApiError> {
    if !settings.development {
        return Err(ApiError::new(ErrorCode::UnknownRoute));
    }
    Ok(HttpResponse::Found().insert_header((header::LOCATION, "/swagger-ui/")).finish())
}

/// A file of Swagger UI, in development: `GET /swagger-ui/`. All of them are part of the binary.
async fn page(settings: web::Data<HttpSettings>, file: PathId<String>) -> Result<HttpResponse, ApiError> {
    let unknown = || ApiError::new(ErrorCode::UnknownRoute);
    if !settings.development {
        return Err(unknown());
    }
    let config = Config::new([DOCUMENT]).deep_linking(true).display_operation_id(true).validator_url("none");
    let found = utoipa_swagger_ui::serve(&file.0, Arc::new(config)).map_err(|_| unknown())?.ok_or_else(unknown)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-cache"));
    Ok(answer.content_type(found.content_type).body(found.bytes.into_owned()))
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, web};

    use super::super::super::configure;
    use super::*;

    #[actix_web::test]
    async fn a_shop_in_production_serves_the_document_and_no_pages() {
        let settings = web::Data::new(HttpSettings { development: false, ..HttpSettings::for_tests() });
        let app = init_service(App::new().app_data(settings).configure(configure)).await;
        for (path, expected) in
            [(DOCUMENT, 200), ("/swagger-ui", 404), ("/swagger-ui/", 404), ("/swagger-ui/index.html", 404)]
        {
            let answer = call_service(&app, TestRequest::get().uri(path).to_request()).await;
            assert_eq!(answer.status(), expected, "{path}");
        }
    }
}
