//! Who it was: the profile behind an access token.

use ef_domain::account::{Email, Identity, IdentityProvider, PartnerLogInError, Phone, Profile, Subject};
use ef_domain::shared::{FailureKind, PortFailure, required_text};
use openidconnect::HttpResponse;
use openidconnect::http::header::AUTHORIZATION;
use openidconnect::http::{HeaderValue, Request, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::transport::{Transport, unsendable};

const READING: &str = "reading a profile at naver";
/// As many characters as an account's name may have.
const LONGEST_NAME: usize = 100;

#[derive(Deserialize)]
struct AnswerWire {
    resultcode: Option<Value>,
    response: Option<ProfileWire>,
}

/// Everything but the id may be withheld. What comes in another type than it should is as good as withheld.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ProfileWire {
    id: Value,
    email: Value,
    name: Value,
    mobile: Value,
}

/// Asks whose access token it is. Asking changes nothing, so a call that broke off is repeated, once; one that took
/// all of its time is not.
pub(crate) async fn read(
    transport: &Transport,
    base: &str,
    token: &SecretString,
) -> Result<Profile, PartnerLogInError> {
    match ask(transport, base, token).await {
        Err(PartnerLogInError::Unavailable(failure)) if failure.kind() == FailureKind::Unreachable => {
            tracing::debug!(error = failure.chain(), "naver's profile is asked for once more");
            ask(transport, base, token).await
        }
        answer => answer,
    }
}

async fn ask(transport: &Transport, base: &str, token: &SecretString) -> Result<Profile, PartnerLogInError> {
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
        .map_err(|_| PortFailure::new(FailureKind::Corrupt, READING, "the access token cannot be a header"))?;
    bearer.set_sensitive(true);
    let request = Request::get(format!("{base}/v1/nid/me")).header(AUTHORIZATION, bearer).body(Vec::new());
    let answer = transport.send(request.map_err(unsendable)?).await?;
    understand(&answer)
}

fn understand(answer: &HttpResponse) -> Result<Profile, PartnerLogInError> {
    let status = answer.status();
    let down = |what: String| Err(PortFailure::new(FailureKind::Unreachable, READING, what).into());
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return down(format!("answered {}", status.as_u16()));
    }
    let document: AnswerWire = serde_json::from_slice(answer.body())
        .map_err(|_| PortFailure::new(FailureKind::Corrupt, READING, "answered something that is no profile"))?;
    let code = document.resultcode.as_ref().and_then(Value::as_str).unwrap_or("none");
    if code == "500" {
        return down(format!("answered {} with result {code}", status.as_u16()));
    }
    if status != StatusCode::OK || code != "00" {
        if status == StatusCode::FORBIDDEN {
            tracing::error!("naver does not grant this application its profiles: nobody can log in by it");
        }
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(10).collect();
        return Err(PartnerLogInError::Refused(format!("the profile is refused: {}, result {code}", status.as_u16())));
    }
    document.response.as_ref().and_then(profile).ok_or_else(|| {
        let what = "the profile has no id that can be one";
        PortFailure::new(FailureKind::Corrupt, READING, what).into()
    })
}

fn profile(wire: &ProfileWire) -> Option<Profile> {
    let subject = Subject::parse(wire.id.as_str()?)?;
    Some(Profile {
        identity: Identity { provider: IdentityProvider::Naver, subject },
        email: wire.email.as_str().and_then(|text| Email::parse(text).ok()),
        name: wire.name.as_str().and_then(|text| required_text(text, LONGEST_NAME).ok()),
        phone: wire.mobile.as_str().and_then(|text| Phone::parse_mobile(text).ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str) -> Result<Profile, PartnerLogInError> {
        let mut answer = HttpResponse::new(body.as_bytes().to_vec());
        *answer.status_mut() = StatusCode::from_u16(status).unwrap();
        understand(&answer)
    }

    #[test]
    fn only_the_id_is_needed_and_the_rest_may_be_anything() {
        let all = of(
            200,
            r#"{"resultcode": "00", "message": "success", "response": {"id": "a-1", "email": "Some@Naver.com",
                "name": " 홍길동 ", "mobile": "010-1234-5678", "enc_id": "x"}, "extra": 1}"#,
        )
        .unwrap();
        assert_eq!(all.identity.subject.as_str(), "a-1");
        assert_eq!(all.email.unwrap().as_str(), "some@naver.com");
        assert_eq!(all.name.as_deref(), Some("홍길동"));
        assert_eq!(all.phone.unwrap().as_str(), "010-1234-5678");

        let odd =
            r#"{"resultcode": "00", "response": {"id": "1", "email": "nobody", "name": 5, "mobile": "01012345678"}}"#;
        let odd = of(200, odd).unwrap();
        assert_eq!((odd.email, odd.name, odd.phone), (None, None, None));
    }

    #[test]
    fn what_is_no_success_is_nobody() {
        let refused = |status, body| matches!(of(status, body), Err(PartnerLogInError::Refused(_)));
        assert!(refused(401, r#"{"resultcode": "024", "message": "Authentication failed"}"#));
        assert!(refused(403, r#"{"resultcode": "403"}"#));
        assert!(refused(200, r#"{"resultcode": "024", "response": {"id": "1"}}"#));
        assert!(refused(401, r#"{"errorMessage": "x", "errorCode": "024"}"#));
        for (status, body) in [
            (200, r#"{"resultcode": "00"}"#),
            (200, r#"{"resultcode": "00", "response": {"id": ""}}"#),
            (200, r#"{"resultcode": "00", "response": {"id": 5}}"#),
            (200, r#"{"resultcode": "00", "response": {"id": "a b"}}"#),
            (200, r#"{"resultcode": "500"}"#),
            (200, "<html>"),
            (500, ""),
            (429, "{}"),
        ] {
            assert!(matches!(of(status, body), Err(PartnerLogInError::Unavailable(_))), "{status} {body}");
        }
    }
}
