//! Bodies that are JSON or, as pages without scripts send them, a URL-encoded form.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::code::ErrorCode;
use super::error::ApiError;
use super::json;

/// What a form calls itself.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// What whoever sends neither is told, somebody with a query string included.
const NEITHER: &str = "입력값은 주소(쿼리 문자열)가 아니라 요청 본문에, JSON(application/json) 또는 \
                       폼(application/x-www-form-urlencoded) 형식으로 보내 주세요.";

/// A body of either type, under the same bounds. What stands in the address is no part of it: addresses end up in logs
/// and histories.
#[derive(Debug)]
pub struct JsonOrForm<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for JsonOrForm<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !request.content_type().eq_ignore_ascii_case(FORM) {
            if !request.content_type().eq_ignore_ascii_case("application/json") {
                let refused = ApiError::saying(ErrorCode::UnsupportedMediaType, NEITHER);
                return Box::pin(async move { Err(refused) });
            }
            let body = json::Json::<T>::from_request(request, payload);
            return Box::pin(async move { body.await.map(|body| Self(body.0)) });
        }
        let body = json::bytes(request, payload, FORM);
        Box::pin(async move { parse(&body.await?).map(Self) })
    }
}

/// A form is an object whose every property is a text; of a name that comes twice the last one counts, as in JSON.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let broken = || ApiError::invalid("요청 본문의 형식이 올바르지 않습니다.");
    let text = std::str::from_utf8(body).map_err(|_| broken())?;
    let pairs = web::Query::<Vec<(String, String)>>::from_query(text).map_err(|_| broken())?;
    let object: Map<String, Value> =
        pairs.into_inner().into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    T::deserialize(Value::Object(object)).map_err(|_| broken())
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError;
    use actix_web::test::TestRequest;
    use serde::Deserialize;

    use super::super::field::Field;
    use super::super::settings::HttpSettings;
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Body {
        name: Field<String>,
    }

    async fn read(content_type: &str, body: impl Into<Vec<u8>>) -> Result<Option<String>, u16> {
        let settings = web::Data::new(HttpSettings::for_tests());
        let request = TestRequest::put().uri("/x?name=address").app_data(settings);
        let request = request.insert_header(("Content-Type", content_type)).set_payload(body.into());
        let (request, mut payload) = request.to_http_parts();
        let body = JsonOrForm::<Body>::from_request(&request, &mut payload).await;
        body.map(|body| body.0.name.optional().unwrap()).map_err(|error| error.status_code().as_u16())
    }

    #[actix_web::test]
    async fn a_form_says_the_same_as_json() {
        let wanted = Ok(Some("김 하늘&+=".to_owned()));
        assert_eq!(read("application/json", r#"{"name": "김 하늘&+="}"#).await, wanted);
        let form = "name=%EA%B9%80+%ED%95%98%EB%8A%98%26%2B%3D&other=1";
        assert_eq!(read("application/x-www-form-urlencoded; charset=UTF-8", form).await, wanted);
    }

    #[actix_web::test]
    async fn what_stands_in_the_address_is_no_part_of_the_body() {
        assert_eq!(read(FORM, "").await, Ok(None));
        assert_eq!(read("application/json", "{}").await, Ok(None));
    }

    #[actix_web::test]
    async fn other_and_endless_bodies_are_refused() {
        assert_eq!(read("text/plain", "name=x").await, Err(415));
        assert_eq!(read(FORM, format!("name={}", "x".repeat(300_000))).await, Err(413));
        assert_eq!(read(FORM, [0xff, b'=']).await, Err(400));
    }
}
