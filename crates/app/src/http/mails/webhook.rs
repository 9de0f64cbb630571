//! `POST /api/webhooks/ses`

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::super::envelope::{Answer, Handled};
use super::super::error::ApiError;
use super::super::json;
use super::super::openapi::{Extracted, Operation, form};
use crate::shop::Shop;

/// A document whose sender is still to be proven. It is JSON and calls itself plain text.
#[derive(Debug)]
pub struct Document(pub Vec<u8>);

impl FromRequest for Document {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = json::bytes(request, payload, "text/plain");
        Box::pin(async move { body.await.map(Self) })
    }
}

impl Extracted for Document {
    fn describe(operation: &mut Operation) {
        operation.takes_raw(["text/plain"], form::any_text());
    }
}

/// The partner tells what became of a mail: `POST /api/webhooks/ses`.
///
/// Anybody can send this; the partner's signature is what makes it a notice. Answered with 200 once it is stored: the
/// partner repeats what was answered with a 5xx, and nothing else.
pub async fn ses(shop: web::Data<Shop>, document: Document) -> Handled<()> {
    shop.mail.feedback.run(&document.0).await?;
    Ok(Answer::ok(()))
}
