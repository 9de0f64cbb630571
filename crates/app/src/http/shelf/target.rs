//! Which product an administrator changes, and which version of it he looked at.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use ef_domain::catalogue::ProductTarget;
use ef_domain::shared::{ProductId, VariantId, Version};

use super::super::admin::Administrator;
use super::super::error::ApiError;
use super::super::openapi::{Extracted, Operation, form};
use super::super::path::FromPath;

/// No product has it: what cannot be read is the version of none.
const NO_VERSION: Version = Version::new(-1);

/// The product that the path names, and the version that `If-Match` does.
#[derive(Debug)]
pub struct Target(pub ProductTarget);

impl FromRequest for Target {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Administrator::from_request(request, payload).into_inner().and_then(|Administrator(actor)| {
            let product = ProductId::from_path(request.match_info().get("id").unwrap_or_default())?;
            Ok(Self(ProductTarget { actor, product, seen: seen(request) }))
        }))
    }
}

impl Extracted for Target {
    fn describe(operation: &mut Operation) {
        operation.names::<ProductId>();
        // Whoever only looks cannot overwrite anything.
        if !operation.is_read() {
            operation.header("If-Match", "The version that was looked at, as its `ETag` had it.", form::version());
        }
    }
}

/// The variant that the path names beside its product.
#[derive(Debug)]
pub struct VariantPath(pub VariantId);

impl FromRequest for VariantPath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(VariantId::from_path(request.match_info().get("variantId").unwrap_or_default()).map(Self))
    }
}

impl Extracted for VariantPath {
    fn describe(operation: &mut Operation) {
        operation.names::<VariantId>();
    }
}

/// `"7"`, however a proxy that compressed the answer marked it; `*` is any version.
pub fn seen(request: &HttpRequest) -> Option<Version> {
    let text = request.headers().get(header::IF_MATCH)?.to_str().map(str::trim).unwrap_or_default();
    if text == "*" {
        return None;
    }
    let number = text.trim_start_matches("W/").trim_matches('"').parse().ok();
    Some(number.map_or(NO_VERSION, Version::new))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn what_cannot_be_read_is_the_version_of_nothing() {
        let seen = |text: &'static str| seen(&TestRequest::get().insert_header(("If-Match", text)).to_http_request());
        for text in ["\"7\"", "7", "W/\"7\"", " \"7\" "] {
            assert_eq!(seen(text), Some(Version::new(7)), "{text}");
        }
        for text in ["", "\"\"", "seven", "\"7\", \"8\""] {
            assert_eq!(seen(text), Some(NO_VERSION), "{text}");
        }
        assert_eq!(seen("*"), None);
    }

    #[test]
    fn who_says_nothing_has_seen_nothing() {
        assert_eq!(seen(&TestRequest::get().to_http_request()), None);
    }
}
