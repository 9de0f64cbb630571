//! What the token endpoints answer, straightened: Naver refuses with status 200 and writes numbers as text.

use ef_domain::account::PartnerLogInError;
use ef_domain::shared::{FailureKind, PortFailure};
use openidconnect::http::HeaderValue;
use openidconnect::http::StatusCode;
use openidconnect::http::header::CONTENT_TYPE;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use serde_json::Value;

use crate::transport::{Coming, Transport};

const EXCHANGING: &str = "trading a code at naver";
/// Codes of the standard for a partner in trouble, which says nothing of the code that was presented.
const IN_TROUBLE: [&str; 2] = ["server_error", "temporarily_unavailable"];

/// A transport whose answers are as the standard wants them: a token with status 200, a refusal with status 400, and
/// nothing else. A server in trouble, or a page that is no JSON, is a failure.
pub(crate) struct TokenTransport<'t>(pub(crate) &'t Transport);

impl<'c> AsyncHttpClient<'c> for TokenTransport<'_> {
    type Error = PortFailure;
    type Future = Coming<'c>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move { straighten(self.0.send(request).await?) })
    }
}

/// The same answer as the standard would have it.
pub(crate) fn straighten(answer: HttpResponse) -> Result<HttpResponse, PortFailure> {
    let (mut head, body) = answer.into_parts();
    if head.status.is_server_error() || head.status == StatusCode::TOO_MANY_REQUESTS {
        let what = format!("answered {}", head.status.as_u16());
        return Err(PortFailure::new(FailureKind::Unreachable, EXCHANGING, what));
    }
    let mut document: Value = serde_json::from_slice(&body)
        .map_err(|_| PortFailure::new(FailureKind::Corrupt, EXCHANGING, "answered something that is no JSON"))?;
    let Some(fields) = document.as_object_mut() else {
        return Err(PortFailure::new(FailureKind::Corrupt, EXCHANGING, "answered JSON that is no object"));
    };
    if fields.contains_key("error") {
        head.status = StatusCode::BAD_REQUEST;
    }
    if let Some(life) = fields.remove("expires_in") {
        let seconds = life.as_u64().or_else(|| life.as_str()?.trim().parse().ok());
        fields.extend(seconds.map(|seconds| ("expires_in".to_owned(), Value::from(seconds))));
    }
    // They label JSON as whatever their front server likes.
    head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(HttpResponse::from_parts(head, document.to_string().into_bytes()))
}

/// What a refusal of the token endpoint means to somebody who logs in.
pub(crate) fn refused(code: &str, description: &str) -> PartnerLogInError {
    let text: String = format!("{code}: {description}").chars().filter(|c| !c.is_control()).take(200).collect();
    if IN_TROUBLE.contains(&code) {
        return PortFailure::new(FailureKind::Unreachable, EXCHANGING, text).into();
    }
    PartnerLogInError::Refused(text)
}

/// An answer that cannot be read; what it was is not repeated, it may hold a token.
pub(crate) fn unreadable(what: impl Into<String>) -> PartnerLogInError {
    PortFailure::new(FailureKind::Corrupt, EXCHANGING, what.into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn straightened(status: u16, body: &str) -> Result<(u16, Value), PortFailure> {
        let mut answer = HttpResponse::new(body.as_bytes().to_vec());
        *answer.status_mut() = StatusCode::from_u16(status).unwrap();
        let answer = straighten(answer)?;
        Ok((answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap()))
    }

    #[test]
    fn a_refusal_is_one_whatever_its_status() {
        let (status, body) = straightened(200, r#"{"error": "invalid_request", "error_description": "x"}"#).unwrap();
        assert_eq!((status, body["error"].as_str()), (400, Some("invalid_request")));
        assert_eq!(straightened(401, r#"{"error": "invalid_client"}"#).unwrap().0, 400);
    }

    #[test]
    fn a_life_time_may_be_a_number_a_text_or_rubbish() {
        for (given, expected) in
            [(r#""3600""#, Some(3600)), ("3600", Some(3600)), (r#""soon""#, None), ("-1", None), ("null", None)]
        {
            let (status, body) =
                straightened(200, &format!(r#"{{"access_token": "a", "expires_in": {given}}}"#)).unwrap();
            assert_eq!((status, body.get("expires_in").and_then(Value::as_u64)), (200, expected), "{given}");
        }
    }

    #[test]
    fn trouble_and_pages_are_failures_and_not_refusals() {
        for (status, body) in
            [(500, r#"{"error": "x"}"#), (503, ""), (429, "{}"), (200, "<html>"), (200, "[]"), (404, "")]
        {
            assert!(straightened(status, body).is_err(), "{status} {body}");
        }
        assert!(matches!(refused("server_error", ""), PartnerLogInError::Unavailable(_)));
        assert!(matches!(refused("invalid_grant", ""), PartnerLogInError::Refused(_)));
    }
}
