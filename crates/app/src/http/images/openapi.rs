//! What pictures promise.

use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};

use super::super::code::ErrorCode as E;
use super::super::openapi::{Api, Extracted, Operation, form};
use super::erase::erase;
use super::form::{FORM, Upload};
use super::show::show;
use super::upload::upload;

/// The operations.
pub fn describe(api: &mut Api) {
    let mut images = api.tag("Pictures", "Pictures of products.");
    images
        .post("/api/admin/products/images", "uploadImage", upload)
        .about("Uploads a picture of a product")
        .details(
            "A JPEG, PNG, GIF or WebP of at most 5 MiB, 8,000 pixels an edge and 25 million in all. It is made anew: upright, \
             with edges of 2,000 pixels at most, as JPEG, or as PNG where it shows through. The answer names its address, \
             for a product's `imageUrl`.",
        )
        .fails([E::InvalidRequest]);
    images
        .delete("/api/admin/products/images", "eraseImage", erase)
        .about("Erases an uploaded picture")
        .details("One that a product or an order shows is refused; one that is not there is erased already.")
        .required_query("imageUrl", "The address that the upload was answered with.", form::any_text())
        .fails([E::InvalidRequest, E::Conflict]);
    images
        .get("/images/products/{name}", "showImage", show)
        .about("An uploaded picture, where the shop keeps them itself")
        .answers(200, "The picture. It never changes.", "image/*", file())
        .answers_nothing(304, "It is the one that the caller has.");
}

fn file() -> Schema {
    let bytes = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    bytes.format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).into()
}

impl Extracted for Upload {
    fn describe(operation: &mut Operation) {
        let schema = ObjectBuilder::new().property("file", file()).required("file");
        operation.takes_raw([FORM], Schema::from(schema));
    }
}
