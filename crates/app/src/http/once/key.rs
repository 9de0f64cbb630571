//! The key of a request, and what the request says.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderName};
use actix_web::{FromRequest, HttpRequest};
use ef_domain::once::{Fingerprint, KeyedRequest, Operation, RequestKey};
use ef_domain::shared::Actor;
use serde::de::DeserializeOwned;

use super::super::code::ErrorCode;
use super::super::error::ApiError;
use super::super::json;

/// The header, as the IETF's draft names it.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A request, and the key that it came under, if any.
#[derive(Debug)]
pub struct Asked {
    pub(super) request: HttpRequest,
    key: Option<(RequestKey, Fingerprint)>,
}

/// The same with a JSON body. The fingerprint is of its very bytes.
#[derive(Debug)]
pub struct Keyed<T> {
    /// What was sent.
    pub body: T,
    /// Under which key.
    pub asked: Asked,
}

/// The same where the body may be missing, and stands for an object without properties then.
#[derive(Debug)]
pub struct KeyedIfAny<T> {
    /// What was sent.
    pub body: T,
    /// Under which key.
    pub asked: Asked,
}

impl Asked {
    fn of(request: &HttpRequest, body: &[u8]) -> Result<Self, ApiError> {
        let fingerprint = || {
            let (method, path, query) = (request.method().as_str(), request.path(), request.query_string());
            Fingerprint::of([method.as_bytes(), path.as_bytes(), query.as_bytes(), body])
        };
        let key = key(request)?.map(|key| (key, fingerprint()));
        Ok(Self { request: request.clone(), key })
    }

    /// What that person asked for under the key, if there is one.
    pub(super) fn by(&self, actor: &Actor, operation: Operation) -> Option<KeyedRequest> {
        let (key, fingerprint) = self.key.clone()?;
        Some(KeyedRequest { user: actor.user, operation, key, fingerprint })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Keyed<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = json::bytes(request, payload, "application/json");
        let request = request.clone();
        Box::pin(async move {
            let bytes = body.await?;
            Ok(Self { asked: Asked::of(&request, &bytes)?, body: json::parse(&bytes)? })
        })
    }
}

impl<T: DeserializeOwned + Default + 'static> FromRequest for KeyedIfAny<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = brings_a_body(request).then(|| json::bytes(request, payload, "application/json"));
        let request = request.clone();
        Box::pin(async move {
            let bytes = match body {
                Some(body) => body.await?,
                None => Vec::new(),
            };
            let asked = Asked::of(&request, &bytes)?;
            let body = if bytes.trim_ascii().is_empty() { T::default() } else { json::parse(&bytes)? };
            Ok(Self { body, asked })
        })
    }
}

/// Whether the head of the request announces a body (RFC 9112, section 6.3).
fn brings_a_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
}

/// The one key of the request, if it brings one. Of two nobody could say which one is meant.
fn key(request: &HttpRequest) -> Result<Option<RequestKey>, ApiError> {
    let mut values = request.headers().get_all(&IDEMPOTENCY_KEY);
    let Some(value) = values.next() else { return Ok(None) };
    let refused = || ApiError::new(ErrorCode::InvalidRequestKey);
    if values.next().is_some() {
        return Err(refused());
    }
    RequestKey::parse(value.as_bytes()).map(Some).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;
    use ef_domain::shared::{Role, UserId};

    use super::*;

    fn under(path: &str, keys: &[&[u8]], body: &str) -> Result<Option<KeyedRequest>, ErrorCode> {
        let mut request = TestRequest::post().uri(path);
        for key in keys {
            request = request.append_header((IDEMPOTENCY_KEY, HeaderValue::from_bytes(key).unwrap()));
        }
        let asked = Asked::of(&request.to_http_request(), body.as_bytes()).map_err(|error| error.code())?;
        Ok(asked.by(&Actor { user: UserId::new(1), role: Role::User }, Operation::PlaceOrder))
    }

    #[test]
    fn one_printable_key_is_one_and_no_header_is_none() {
        assert_eq!(under("/api/orders", &[], "{}"), Ok(None));
        assert!(under("/api/orders", &[b"8e03978e-40d5-43dd-bc93-6894a57f9324"], "{}").unwrap().is_some());
        let garbled: [&[&[u8]]; 5] = [&[b""], &[b"a\tb"], &["키".as_bytes()], &[&[b'x'; 256]], &[b"a", b"a"]];
        for keys in garbled {
            assert_eq!(under("/api/orders", keys, "{}"), Err(ErrorCode::InvalidRequestKey), "{keys:?}");
        }
    }

    #[test]
    fn the_fingerprint_is_of_address_and_bytes() {
        let print = |path, body| under(path, &[b"k"], body).unwrap().unwrap().fingerprint;
        let first = print("/api/orders/1/cancel?reason=a", "{}");
        assert_eq!(print("/api/orders/1/cancel?reason=a", "{}"), first);
        for (path, body) in [
            ("/api/orders/2/cancel?reason=a", "{}"),
            ("/api/orders/1/cancel?reason=b", "{}"),
            ("/api/orders/1/cancel", "{}"),
            ("/api/orders/1/cancel?reason=a", "{ }"),
        ] {
            assert_ne!(print(path, body), first, "{path} {body}");
        }
    }
}
