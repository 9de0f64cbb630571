//! The pictures of the demo shop.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::code::ErrorCode;
use super::error::ApiError;
use super::path::PathId;

/// A drawing may change under its address with the next release. Whoever asks again before that gets a 304.
const A_DAY: &str = "public, max-age=86400";

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/images/products/{name}.svg").route(web::get().to(show)));
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

/// Whether the browser has the picture with that tag already.
fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    known.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known == tag || known == "*")
}
