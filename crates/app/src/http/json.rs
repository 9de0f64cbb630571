//! JSON bodies: read once, bounded in length and time, and refused with a reason that helps.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;

use super::code::ErrorCode;
use super::error::ApiError;
use super::settings::HttpSettings;

/// The largest body. The longest honest one, an order of a hundred lines, is a twentieth of it.
const MAX_BYTES: usize = 256 * 1024;

/// A JSON object from the body. Unknown properties are ignored; the properties themselves are checked by the body's
/// `TryFrom`, which reports all that is wrong with them at once.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = bytes(request, payload, "application/json");
        Box::pin(async move { parse(&body.await?).map(Self) })
    }
}

/// The body of that content type, bounded in length and time.
pub(super) fn bytes(
    request: &HttpRequest,
    payload: &mut Payload,
    content_type: &'static str,
) -> impl Future<Output = Result<Vec<u8>, ApiError>> + use<> {
    let refused = refuse_by_headers(request, content_type);
    let limit = request.app_data::<web::Data<HttpSettings>>().map(|settings| settings.body_timeout);
    let payload = payload.take();
    async move {
        refused?;
        let limit = limit.ok_or_else(|| ApiError::new(ErrorCode::Internal))?;
        let body = timeout(limit, read(payload)).await;
        body.map_err(|_| ApiError::new(ErrorCode::BodyTimedOut))?
    }
}

fn refuse_by_headers(request: &HttpRequest, content_type: &str) -> Result<(), ApiError> {
    let headers = request.headers();
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > MAX_BYTES)) {
        return Err(ApiError::new(ErrorCode::BodyTooLarge));
    }
    let encoded = headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity");
    if encoded || !request.content_type().eq_ignore_ascii_case(content_type) {
        return Err(ApiError::new(ErrorCode::UnsupportedMediaType));
    }
    Ok(())
}

async fn read(mut payload: Payload) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| ApiError::invalid("요청 본문을 끝까지 읽지 못했습니다."))?;
        if body.len().saturating_add(chunk.len()) > MAX_BYTES {
            return Err(ApiError::new(ErrorCode::BodyTooLarge));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(ApiError::invalid("요청 본문이 비어 있습니다."));
    }
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        ApiError::invalid(format!("JSON 형식이 올바르지 않습니다. ({line}행 {column}열)"))
    })?;
    if !value.is_object() {
        return Err(ApiError::invalid("요청 본문은 JSON 객체여야 합니다."));
    }
    T::deserialize(value).map_err(|_| ApiError::invalid("요청 본문의 형식이 올바르지 않습니다."))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::ResponseError;
    use actix_web::test::TestRequest;
    use actix_web::web::Bytes;
    use futures::{Stream, stream};
    use serde::Deserialize;

    use super::super::field::Field;
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Body {
        quantity: Field<i64>,
    }

    fn post(content_type: &str) -> TestRequest {
        let settings = web::Data::new(HttpSettings::for_tests());
        TestRequest::post().app_data(settings).insert_header(("Content-Type", content_type))
    }

    async fn status_of(content_type: &str, body: impl Into<Vec<u8>>) -> u16 {
        let request = post(content_type).set_payload(body.into());
        let (request, mut payload) = request.to_http_parts();
        match Json::<Body>::from_request(&request, &mut payload).await {
            Ok(_) => 200,
            Err(error) => error.status_code().as_u16(),
        }
    }

    #[actix_web::test]
    async fn only_bounded_json_objects_get_in() {
        const JSON: &str = "application/json";
        assert_eq!(status_of("Application/JSON; charset=utf-8", r#"{"quantity": 1, "other": []}"#).await, 200);
        for broken in ["", "  ", "{", "[1]", "3", "null", "\"x\"", "{\"quantity\": 1e999}", "\u{0}"] {
            assert_eq!(status_of(JSON, broken).await, 400, "{broken:?}");
        }
        assert_eq!(status_of(JSON, [b'[', 0xff, b']']).await, 400);
        assert_eq!(status_of(JSON, "[".repeat(10_000)).await, 400);
        assert_eq!(status_of(JSON, format!("{{\"quantity\": 1{}}}", " ".repeat(MAX_BYTES))).await, 413);
        for other in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
            assert_eq!(status_of(other, "{}").await, 415, "{other}");
        }
    }
    #[actix_web::test]
    async fn a_body_that_trickles_in_is_not_waited_for() {
        tokio::time::pause();
        let trickle = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Some((Ok(Bytes::from_static(b" ")), ()))
        });
        let request = post("application/json").to_http_request();
        let began = tokio::time::Instant::now();
        let trickle: Pin<Box<dyn Stream<Item = _>>> = Box::pin(trickle);
        let mut payload = Payload::from(trickle);
        let error = Json::<Body>::from_request(&request, &mut payload).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::BodyTimedOut);
        assert_eq!(began.elapsed().as_secs(), 10);
    }
}
