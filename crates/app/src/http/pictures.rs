//! The pictures of the demo shop.

use actix_web::http::header::{self, ETag, EntityTag, IfNoneMatch};
use actix_web::{HttpResponse, web};
use sha2::{Digest, Sha256};

use super::code::ErrorCode;
use super::error::ApiError;
use super::path::PathId;

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    let picture = web::resource("/images/products/{name}.svg");
    config.service(picture.route(web::get().to(show)).route(web::head().to(show)));
}

/// One picture: `GET /images/products/{name}.svg`.
async fn show(name: PathId<String>, known: web::Header<IfNoneMatch>) -> Result<HttpResponse, ApiError> {
    let picture = crate::demo::picture(&name.0).ok_or_else(|| ApiError::new(ErrorCode::UnknownRoute))?;
    let digest = Sha256::digest(picture);
    let tag = EntityTag::new_strong(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect());
    let unchanged = match &known.0 {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(tags) => tags.iter().any(|known| known.weak_eq(&tag)),
    };
    let mut answer = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::CACHE_CONTROL, FOR_EVER)).insert_header(ETag(tag));
    Ok(if unchanged { answer.finish() } else { answer.content_type("image/svg+xml").body(picture) })
}
