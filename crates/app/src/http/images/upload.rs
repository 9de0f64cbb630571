//! `POST /api/admin/products/images`

use actix_web::web;

use super::super::admin::Administrator;
use super::super::envelope::{Answer, Handled};
use super::super::view::Pictures;
use super::dto::UploadedImageView;
use super::form::Upload;
use crate::shop::Shop;

/// Keeps the picture in the form's part `file`, made anew: `POST /api/admin/products/images`.
pub async fn upload(
    shop: web::Data<Shop>,
    Administrator(actor): Administrator,
    pictures: Pictures,
    upload: Upload,
) -> Handled<UploadedImageView> {
    let address = shop.images.upload(&actor, upload.0).await?;
    Ok(Answer::ok(UploadedImageView { image_url: pictures.absolute(Some(address)) }))
}
