//! `GET /images/products/{name}`

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use ef_domain::catalogue::{CleanImage, ImageName};

use super::super::code::ErrorCode;
use super::super::error::ApiError;
use super::super::path::PathId;
use super::super::pictures::is_known;
use crate::shop::Shop;

/// A name is drawn for one picture and never has another one.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Whoever opens a picture by itself gets to see that and nothing else.
const INERT: &str = "default-src 'none'; sandbox";

/// An uploaded picture, where they are kept in a folder: `GET /images/products/{name}`.
pub async fn show(shop: web::Data<Shop>, name: PathId<String>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let unknown = || ApiError::new(ErrorCode::UnknownRoute);
    let name = ImageName::parse(&name.0).ok_or_else(unknown)?;
    let CleanImage { kind, bytes } = shop.images.show(&name).await?.ok_or_else(unknown)?;
    let tag = format!("\"{name}\"");
    let unchanged = is_known(&request, &tag);
    let mut answer = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::CACHE_CONTROL, FOR_EVER))
        .insert_header((header::ETAG, tag))
        .insert_header((header::CONTENT_SECURITY_POLICY, INERT));
    Ok(if unchanged { answer.finish() } else { answer.content_type(kind.media_type()).body(bytes) })
}
