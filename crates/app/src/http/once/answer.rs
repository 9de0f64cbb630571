//! Work under a key, and what remains of its answer.

use std::marker::PhantomData;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use ef_domain::once::{DoneWork, KeptAnswer, Operation, Turn};
use ef_domain::shared::{Actor, WorkClaim};
use serde::Serialize;

use super::super::code::ErrorCode;
use super::super::envelope::Handled;
use super::super::error::ApiError;
use super::key::Asked;
use crate::shop::Shop;

/// On an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What a handler is to do.
#[derive(Debug)]
pub enum Begun {
    /// The work, under that claim if it was asked for under a key.
    Work(Option<WorkClaim>),
    /// Nothing: it is done, and its answer got lost. It is shown as it stands, as if it had just been done.
    Done(DoneWork),
}

/// An answer, given for the first time or once more.
#[derive(Debug)]
pub struct AnsweredOnce<T> {
    response: HttpResponse,
    shows: PhantomData<T>,
}

/// What a handler comes to whose work may be asked for under a key.
pub type HandledOnce<T> = Result<AnsweredOnce<T>, ApiError>;

impl<T> Responder for AnsweredOnce<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.response
    }
}

impl<T> From<HttpResponse> for AnsweredOnce<T> {
    fn from(response: HttpResponse) -> Self {
        Self { response, shows: PhantomData }
    }
}

/// Answers what was asked, by doing the work or, under a key whose work is done, in the same words as before.
pub async fn answer<T: Serialize>(
    shop: &Shop,
    asked: &Asked,
    (actor, operation): (&Actor, Operation),
    work: impl AsyncFnOnce(Begun) -> Handled<T>,
) -> HandledOnce<T> {
    let Some(request) = asked.by(actor, operation) else {
        let answer = work(Begun::Work(None)).await?;
        return Ok(answer.respond_to(&asked.request).into());
    };
    match shop.once.turn(request).await? {
        Turn::Work(claim) => {
            let outcome = work(Begun::Work(Some(claim.clone()))).await;
            keep(shop, &asked.request, &claim, outcome).await.map(Into::into)
        }
        Turn::Done(DoneWork { answer: Some(answer), .. }) => Ok(replay(answer)?.into()),
        Turn::Done(done) => {
            let claim = done.claim.clone();
            let outcome = work(Begun::Done(done)).await;
            let response = keep(shop, &asked.request, &claim, outcome).await?;
            Ok(as_replay(response).into())
        }
    }
}

/// Keeps the outcome for whoever asks again, or gives the claim back where it was none.
async fn keep<T: Serialize>(
    shop: &Shop,
    request: &HttpRequest,
    claim: &WorkClaim,
    outcome: Handled<T>,
) -> Result<HttpResponse, ApiError> {
    match outcome {
        Ok(answer) => {
            let (head, body) = answer.respond_to(request).into_parts();
            let bytes = body.try_into_bytes().map_err(|_| ApiError::new(ErrorCode::Internal))?;
            shop.once.keep(claim, &kept(head.status(), &bytes)).await;
            Ok(head.set_body(BoxBody::new(bytes)))
        }
        Err(error) if error.is_final() => {
            let (head, body) = error.error_response().into_parts();
            if let Ok(bytes) = body.try_into_bytes() {
                shop.once.keep(claim, &kept(head.status(), &bytes)).await;
            }
            Err(error)
        }
        Err(error) => {
            shop.once.give_back(claim).await;
            Err(error)
        }
    }
}

fn kept(status: StatusCode, body: &[u8]) -> KeptAnswer {
    KeptAnswer { status: status.as_u16(), body: String::from_utf8_lossy(body).into_owned() }
}

fn replay(answer: KeptAnswer) -> Result<HttpResponse, ApiError> {
    let status = StatusCode::from_u16(answer.status).map_err(|_| ApiError::new(ErrorCode::Internal))?;
    Ok(as_replay(HttpResponse::build(status).content_type("application/json").body(answer.body)))
}

fn as_replay(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_still_become_something_else_is_not_kept() {
        for code in [
            ErrorCode::Conflict,
            ErrorCode::RequestUnderWay,
            ErrorCode::DepositPending,
            ErrorCode::Internal,
            ErrorCode::Unavailable,
            ErrorCode::OutcomeUnknown,
        ] {
            assert!(!ApiError::new(code).is_final(), "{code:?}");
        }
        for code in [
            ErrorCode::InsufficientStock,
            ErrorCode::PriceChanged,
            ErrorCode::PaymentFailed,
            ErrorCode::NotCancellable,
            ErrorCode::NotFound,
            ErrorCode::AccessDenied,
        ] {
            assert!(ApiError::new(code).is_final(), "{code:?}");
        }
    }
}
