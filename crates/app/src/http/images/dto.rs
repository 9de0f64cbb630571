//! What the form for pictures gets back.

use serde::Serialize;
use utoipa::ToSchema;

/// Where a picture is found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadedImageView {
    /// Its address, for a product's `imageUrl`.
    #[schema(required)]
    pub image_url: Option<String>,
}
