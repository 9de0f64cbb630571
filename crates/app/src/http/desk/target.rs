//! Which order an administrator moves, and which version of it he looked at.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use ef_domain::order::OrderTarget;
use ef_domain::shared::OrderId;

use super::super::admin::Administrator;
use super::super::error::ApiError;
use super::super::openapi::{Extracted, Operation, form};
use super::super::path::{FromPath, PathId};
use super::super::shelf::seen;

/// The order that the path names, and the version that `If-Match` does.
#[derive(Debug)]
pub(super) struct Target(pub(super) OrderTarget);

impl FromRequest for Target {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Administrator::from_request(request, payload).into_inner().and_then(|Administrator(actor)| {
            let order = OrderId::from_path(request.match_info().get("orderId").unwrap_or_default())?;
            Ok(Self(OrderTarget { actor, order, seen: seen(request) }))
        }))
    }
}

impl Extracted for Target {
    fn describe(operation: &mut Operation) {
        PathId::<OrderId>::describe(operation);
        operation.header(
            "If-Match",
            "The `ETag` of the order as it was looked at: then that version is changed, or none.",
            form::any_text(),
        );
    }
}
