//! The one page that the server shows itself: it asks for the password before a link. The front end does not know it.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER};

use super::super::error::whole_seconds;

const PAGE: &str = include_str!("proof.html");
/// No script, nothing from anywhere. Where the form leads is not said: browsers would apply it to the redirect to Naver
/// as well.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/// What was wrong with the last try.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trouble {
    /// Another password.
    WrongPassword,
    /// Too many others; how long to wait.
    TooMany(Duration),
    /// A dependency is down.
    Unavailable,
}

impl Trouble {
    fn text(self) -> String {
        match self {
            Self::WrongPassword => "비밀번호가 일치하지 않습니다.".to_owned(),
            Self::TooMany(wait) => {
                format!("비밀번호를 여러 번 잘못 입력했습니다. {}초 뒤에 다시 시도해 주세요.", whole_seconds(wait))
            }
            Self::Unavailable => "일시적으로 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.".to_owned(),
        }
    }
}

/// The page.
pub(super) fn show(
    status: StatusCode,
    trouble: Option<Trouble>,
    cookies: impl IntoIterator<Item = Cookie<'static>>,
) -> HttpResponse {
    let text = trouble.map(|trouble| format!("<p class=\"trouble\" role=\"alert\">{}</p>", trouble.text()));
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REFERRER_POLICY, "same-origin"));
    if let Some(Trouble::TooMany(wait)) = trouble {
        response.insert_header((RETRY_AFTER, whole_seconds(wait).to_string()));
    }
    for cookie in cookies {
        response.cookie(cookie);
    }
    response.body(PAGE.replace("{{trouble}}", &text.unwrap_or_default()))
}
