//! The pictures of the demo shop.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

pub(super) use super::caching::is_known;
use super::code::ErrorCode;
use super::error::ApiError;
use super::openapi::{Api, form};
use super::path::PathId;

/// A drawing may change under its address with the next release. Whoever asks again before that gets a 304.
const A_DAY: &str = "public, max-age=86400";

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/images/products/{name}.svg").route(web::get().to(show)));
}

/// What it promises.
pub fn describe(api: &mut Api) {
    let mut pictures = api.tag("Pictures", "Pictures of goods.");
    pictures
        .get("/images/products/{name}.svg", "showDrawing", show)
        .about("A picture of the demo shop")
        .header("If-None-Match", "The `ETag` of the drawing that the browser has.", form::any_text())
        .answers(200, "The drawing.", "image/svg+xml", form::any_text())
        .answers_nothing(304, "The browser has it already.");
}

/// One picture: `GET /images/products/{name}.svg`.
async fn show(name: PathId<String>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let picture = crate::demo::picture(&name.0).ok_or_else(|| ApiError::new(ErrorCode::UnknownRoute))?;
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(picture)));
    let unchanged = is_known(&request, &tag);
    let mut answer = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::CACHE_CONTROL, A_DAY)).insert_header((header::ETAG, tag));
    Ok(if unchanged { answer.finish() } else { answer.content_type("image/svg+xml").body(picture) })
}
