//! The profile and the token check: both take a Bearer token and refuse with a result code.

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::Naver;
use super::answer::{Answer, params, serve};
use super::faults::FaultPoint;
use super::state::{Grant, Link, State};
use crate::clock::{Moment, korean_time};

/// Routes below `/naver`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/nid/me").route(web::get().to(me)).route(web::post().to(me)))
        .service(web::resource("/v1/nid/verify").route(web::get().to(verify)).route(web::post().to(verify)));
}

async fn me(naver: web::Data<Naver>, request: HttpRequest, body: String) -> HttpResponse {
    let token = token_of(&request, &body);
    serve(&naver, &request, Some(FaultPoint::Profile), |state, now| {
        profile(state, token.as_deref(), now).map_or_else(|refusal| refusal, Answer::ok)
    })
    .await
}

async fn verify(naver: web::Data<Naver>, request: HttpRequest, body: String) -> HttpResponse {
    let token = token_of(&request, &body);
    let with_info = params(&request, &body).get("info").is_some_and(|info| info == "true");
    serve(&naver, &request, None, |state, now| {
        check(state, token.as_deref(), with_info, now).map_or_else(|refusal| refusal, Answer::ok)
    })
    .await
}

fn token_of(request: &HttpRequest, body: &str) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer =
        header.and_then(|header| header.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let bearer = bearer.map(|(_, token)| token.trim().to_owned());
    bearer.or_else(|| params(request, body).remove("access_token")).filter(|token| !token.is_empty())
}

fn refusal(status: u16, code: &str, message: &str) -> Answer {
    Answer { status, body: Some(json!({"resultcode": code, "message": message})) }
}

/// The grant and the link that a token stands for.
fn granted<'a>(state: &'a State, token: Option<&str>, now: Moment) -> Result<(&'a Grant, &'a Link), Answer> {
    let token = token.ok_or_else(|| {
        let message = "Authentication header not exists (OAuth 인증 헤더(authorization header)가 없습니다.)";
        refusal(401, "028", message)
    })?;
    let grant = state.access(token, now);
    grant
        .and_then(|grant| Some((grant, state.link(&grant.client_id, &grant.login)?)))
        .ok_or_else(|| refusal(401, "024", "Authentication failed (인증 실패하였습니다.)"))
}

fn profile(state: &State, token: Option<&str>, now: Moment) -> Result<Value, Answer> {
    let (grant, link) = granted(state, token, now)?;
    if !state.app(&grant.client_id).is_some_and(|app| app.profile_api) {
        return Err(refusal(403, "403", "Forbidden (호출 권한이 없습니다.)"));
    }
    let mut response = Map::new();
    if let Some(person) = state.person(&grant.login) {
        response.insert("id".to_owned(), json!(person.id_for(&grant.client_id)));
        let fields = link.items.iter().flat_map(|item| person.fields(*item));
        response.extend(fields.map(|(name, value)| (name.to_owned(), json!(value))));
    }
    Ok(json!({"resultcode": "00", "message": "success", "response": response}))
}

fn check(state: &State, token: Option<&str>, with_info: bool, now: Moment) -> Result<Value, Answer> {
    let (grant, link) = granted(state, token, now)?;
    if !with_info {
        return Ok(json!({"resultcode": "00", "message": "success"}));
    }
    let allowed: Vec<_> = link.items.iter().map(|item| format!("profile/{}", item.wire())).collect();
    let response = json!({
        "token": token,
        "expire_date": korean_time(grant.expires_at),
        "allowed_profile": allowed.join(","),
    });
    Ok(json!({"resultcode": "00", "message": "success", "response": response}))
}
