//! Bodies that nobody reads to their end.
//!
//! The server keeps a connection for its next request by reading on where a handler stopped. With a body of unknown
//! length it would read for as long as somebody sends, which may be for ever.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::{InternalError, PayloadError};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use futures::Stream;

type Shared = Rc<RefCell<Payload>>;

/// Middleware: a connection whose request has a body of unknown length ends with the answer, unless the body was read
/// to its end. The server ends it when it sees that the body is still held by somebody who does not read it; so the
/// answer holds it.
pub async fn end_connection(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    if !request.chunked().unwrap_or(true) {
        return next.call(request).await;
    }
    let payload: Shared = Rc::new(RefCell::new(request.take_payload()));
    let lent: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(Lent(Rc::clone(&payload)));
    request.set_payload(Payload::from(lent));
    let holding = |answer| BoxBody::new(Holding { answer, _payload: payload });
    match next.call(request).await {
        Ok(response) => Ok(response.map_body(|_, answer| holding(answer))),
        Err(error) => {
            let answer = error.error_response().map_body(|_, answer| holding(answer));
            Err(InternalError::from_response(error, answer).into())
        }
    }
}

/// The body, for whoever wants to read it.
struct Lent(Shared);

impl Stream for Lent {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// An answer that holds the request's body until it is sent.
struct Holding {
    answer: BoxBody,
    _payload: Shared,
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.answer).poll_next(context)
    }
}
