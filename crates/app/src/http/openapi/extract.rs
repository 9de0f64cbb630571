//! What the arguments of a handler say about its requests, and what its result says about its answers.

use actix_web::{HttpRequest, HttpResponse, web};
use ef_domain::once::RequestKey;
use utoipa::ToSchema;

use super::super::actor::SignedIn;
use super::super::admin::Administrator;
use super::super::caller::Calling;
use super::super::code::ErrorCode;
use super::super::envelope::Answer;
use super::super::error::ApiError;
use super::super::form::{FORM, JsonOrForm};
use super::super::json::Json;
use super::super::once::{AnsweredOnce, Asked, Keyed, KeyedIfAny};
use super::super::path::{FromPath, PathId};
use super::super::query::Query;
use super::super::view::Pictures;
use super::form;
use super::operation::Operation;

/// What there is to know about keys of requests.
const ABOUT_KEY: &str = "Drawn by the client for this one request: what is asked under it is done once, and the same request \
    under the same key gets the first answer again, refusals included, for 24 hours, with `Idempotent-Replayed: true`. \
    Any other request needs another key (422), as does a new try after a refusal. While the first one is under way, the \
    same request is told so (409, `Retry-After`). After 409 and 5xx the same key goes on. 1 to 255 printable ASCII \
    characters.";

/// Something that a handler takes from a request.
pub trait Extracted {
    /// Says what it takes. Nothing, for what is no part of the contract.
    fn describe(operation: &mut Operation);
}

/// Something that a handler comes to.
pub trait Answered {
    /// Says what is in the answer.
    fn describe(operation: &mut Operation);
}

/// These take nothing that a caller would have to know, or what the guard around all handlers asks for.
macro_rules! say_nothing {
    ($($extractor:ty),*) => { $(impl Extracted for $extractor { fn describe(_: &mut Operation) {} })* };
}

say_nothing!(HttpRequest, SignedIn, Administrator, Calling, Pictures);

impl<T: ?Sized> Extracted for web::Data<T> {
    fn describe(_: &mut Operation) {}
}

impl<T: FromPath> Extracted for PathId<T> {
    fn describe(operation: &mut Operation) {
        operation.names::<T>();
    }
}

impl<T: ToSchema> Extracted for Json<T> {
    fn describe(operation: &mut Operation) {
        operation.takes::<T>(["application/json"]);
    }
}

impl<T: ToSchema> Extracted for JsonOrForm<T> {
    fn describe(operation: &mut Operation) {
        operation.takes::<T>(["application/json", FORM]);
    }
}

/// What may be asked for under a key, and what comes of that.
impl Extracted for Asked {
    fn describe(operation: &mut Operation) {
        operation.header("Idempotency-Key", ABOUT_KEY, form::printable::<{ RequestKey::MAX_LENGTH }>()).replays();
        operation.fails([ErrorCode::InvalidRequestKey, ErrorCode::RequestUnderWay, ErrorCode::RequestKeyReused]);
    }
}

impl<T: ToSchema> Extracted for Keyed<T> {
    fn describe(operation: &mut Operation) {
        operation.takes::<T>(["application/json"]);
        Asked::describe(operation);
    }
}

impl<T: ToSchema> Extracted for KeyedIfAny<T> {
    fn describe(operation: &mut Operation) {
        operation.takes::<T>(["application/json"]).body_is_optional();
        Asked::describe(operation);
    }
}

/// Which parameters a handler asks for is its own business; a query string can be broken in itself.
impl Extracted for Query {
    fn describe(operation: &mut Operation) {
        operation.fails([ErrorCode::InvalidRequest]);
    }
}

/// For handlers of no argument, one, two, and so on.
macro_rules! all_of {
    ($($argument:ident)*) => {
        impl<$($argument: Extracted),*> Extracted for ($($argument,)*) {
            fn describe(_operation: &mut Operation) {
                $($argument::describe(_operation);)*
            }
        }
    };
}

all_of!();
all_of!(A);
all_of!(A B);
all_of!(A B C);
all_of!(A B C D);
all_of!(A B C D E);
all_of!(A B C D E F);
all_of!(A B C D E F G);
all_of!(A B C D E F G H);

impl<T: ToSchema> Answered for Result<Answer<T>, ApiError> {
    fn describe(operation: &mut Operation) {
        operation.shows::<T>();
    }
}

impl<T: ToSchema> Answered for Result<AnsweredOnce<T>, ApiError> {
    fn describe(operation: &mut Operation) {
        operation.shows::<T>();
    }
}

/// Says of itself what it answers.
impl Answered for HttpResponse {
    fn describe(_: &mut Operation) {}
}

impl Answered for Result<HttpResponse, ApiError> {
    fn describe(_: &mut Operation) {}
}
