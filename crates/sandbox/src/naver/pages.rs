//! The browser's side: login page, consent page, and the shortcut past both.
//!
//! The pages keep nothing: the request travels in their own addresses' query. `sandbox_user=<id or name>` in it answers
//! at once; `sandbox_items=name,email` limits what is agreed to, and `sandbox_answer=refuse` refuses.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use reqwest::Url;

use super::Naver;
use super::authorize::{Asked, Flow, Params, Unasked, params_of};
use super::person::{Item, Person};
use super::state::State;
use crate::clock::Moment;
use crate::html::{fill, page};

const LOGIN: &str = include_str!("login.html");
const CONSENT: &str = include_str!("consent.html");
const ERROR: &str = include_str!("error.html");
/// How many people of earlier logins the page offers beside the ready-made ones.
const MOST_OTHERS: usize = 8;
const COOKIE: &str = "nid_sandbox";

/// What the browser is answered.
enum Next {
    Show(String),
    Stay(&'static str),
    Go { to: String, cookie: Option<String> },
}

impl From<Unasked> for Next {
    fn from(unasked: Unasked) -> Self {
        match unasked {
            Unasked::Stay(why) => Self::Stay(why),
            Unasked::Back(to) => Self::Go { to, cookie: None },
        }
    }
}

/// Routes of the pages, below `/naver`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/oauth2.0/authorize").route(web::get().to(classic)).route(web::post().to(classic)))
        .route("/oauth2/authorize", web::get().to(openid))
        .service(web::resource("/page/{flow}/login").route(web::get().to(log_in)).route(web::post().to(log_in)))
        .route("/page/{flow}/consent", web::post().to(consent));
}

async fn classic(naver: web::Data<Naver>, request: HttpRequest, body: String) -> HttpResponse {
    authorize(&naver.into_inner(), &request, Flow::Classic, &body).await
}

async fn openid(naver: web::Data<Naver>, request: HttpRequest) -> HttpResponse {
    authorize(&naver.into_inner(), &request, Flow::OpenId, "").await
}

/// Query and body as one encoded text: the body's parameters come last and win.
fn joined(request: &HttpRequest, body: &str) -> String {
    [request.query_string(), body].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("&")
}

async fn authorize(naver: &Arc<Naver>, request: &HttpRequest, flow: Flow, body: &str) -> HttpResponse {
    let encoded = joined(request, body);
    let params = params_of(&encoded);
    let cookie = request.cookie(COOKIE).map(|cookie| cookie.value().to_owned());
    let next = naver.change(|state, now| {
        let asked = match Asked::read(state, flow, &params) {
            Ok(asked) => asked,
            Err(unasked) => return unasked.into(),
        };
        if let Some(called) = params.get("sandbox_user").filter(|called| !called.trim().is_empty()) {
            return shortcut(state, &asked, called.trim(), &params, now);
        }
        let login = cookie.as_deref().and_then(|cookie| state.browser(cookie)).map(str::to_owned);
        let known = login.and_then(|login| state.person(&login)).cloned();
        match known.filter(|_| !asked.reauthenticate) {
            Some(person) if asked.autologin && asked.needs_consent(state, &person) => {
                Next::Go { to: asked.refused("access_denied", "need user consent."), cookie: None }
            }
            Some(person) => admitted(state, &asked, flow, &encoded, &person, false, now),
            None if asked.autologin => {
                Next::Go { to: asked.refused("access_denied", "user not logged in."), cookie: None }
            }
            None => Next::Show(login_page(state, &asked, flow, &encoded, "")),
        }
    });
    respond(naver, next).await
}

fn shortcut(state: &mut State, asked: &Asked, called: &str, params: &Params, now: Moment) -> Next {
    let person = state.person_called(called);
    let items = params.get("sandbox_items").map(|list| list.split(',').filter_map(Item::parse).collect());
    let to = if params.get("sandbox_answer").is_some_and(|answer| answer == "refuse") {
        asked.refuse(state, &person, now)
    } else {
        asked.agree(state, &person, items, now)
    };
    Next::Go { to, cookie: None }
}

/// Somebody is logged in: on to the consent page, or back at once if they agreed before.
fn admitted(
    state: &mut State,
    asked: &Asked,
    flow: Flow,
    encoded: &str,
    person: &Person,
    keep: bool,
    now: Moment,
) -> Next {
    if asked.needs_consent(state, person) {
        return Next::Show(consent_page(state, asked, flow, encoded, person, keep));
    }
    let cookie = keep.then(|| state.keep_browser(&person.login));
    Next::Go { to: asked.agree(state, person, None, now), cookie }
}

async fn log_in(naver: web::Data<Naver>, request: HttpRequest, flow: web::Path<String>, body: String) -> HttpResponse {
    let query = request.query_string();
    let (params, form) = (params_of(query), params_of(&body));
    let flow = Flow::parse(&flow).unwrap_or(Flow::Classic);
    let next = naver.change(|state, now| {
        let asked = match Asked::read(state, flow, &params) {
            Ok(asked) => asked,
            Err(unasked) => return unasked.into(),
        };
        if form.get("action").is_some_and(|action| action == "cancel") {
            return Next::Go { to: asked.canceled(), cookie: None };
        }
        let called = form.get("id").or_else(|| params.get("sandbox_person"));
        let Some(called) = called.map(|called| called.trim()).filter(|called| !called.is_empty()) else {
            return Next::Show(login_page(state, &asked, flow, query, "아이디를 입력해 주세요."));
        };
        let person = state.person_called(called);
        admitted(state, &asked, flow, query, &person, form.contains_key("keep"), now)
    });
    respond(&naver.into_inner(), next).await
}

async fn consent(naver: web::Data<Naver>, request: HttpRequest, flow: web::Path<String>, body: String) -> HttpResponse {
    let (params, form) = (params_of(request.query_string()), params_of(&body));
    let flow = Flow::parse(&flow).unwrap_or(Flow::Classic);
    let next = naver.change(|state, now| {
        let asked = match Asked::read(state, flow, &params) {
            Ok(asked) => asked,
            Err(unasked) => return unasked.into(),
        };
        let login = form.get("login").map(String::as_str).unwrap_or_default();
        let Some(person) = state.person(login).cloned() else {
            return Next::Show(login_page(state, &asked, flow, request.query_string(), "다시 로그인해 주세요."));
        };
        let agreed = form.get("action").is_some_and(|action| action == "agree");
        let cookie = (agreed && form.contains_key("keep")).then(|| state.keep_browser(&person.login));
        let to = if agreed {
            let ticked: BTreeSet<Item> =
                Item::ALL.into_iter().filter(|item| form.contains_key(&format!("item_{}", item.wire()))).collect();
            asked.agree(state, &person, Some(ticked), now)
        } else {
            asked.refuse(state, &person, now)
        };
        Next::Go { to, cookie }
    });
    respond(&naver.into_inner(), next).await
}

async fn respond(naver: &Naver, next: Next) -> HttpResponse {
    if naver.settled().await.is_err() {
        return page(StatusCode::INTERNAL_SERVER_ERROR, fill(ERROR, &[("why", "샌드박스가 기록을 남길 수 없습니다.")]));
    }
    match next {
        Next::Show(body) => page(StatusCode::OK, body),
        Next::Stay(why) => page(StatusCode::OK, fill(ERROR, &[("why", why)])),
        Next::Go { to, cookie } => {
            let mut answer = HttpResponse::Found();
            answer.insert_header(("location", to)).insert_header(("cache-control", "no-store"));
            if let Some(value) = cookie {
                answer.cookie(
                    Cookie::build(COOKIE, value).path("/naver").http_only(true).same_site(SameSite::Lax).finish(),
                );
            }
            answer.finish()
        }
    }
}

/// What the query of the pages' own addresses holds: the request without the levers of tests.
fn carried(encoded: &str) -> String {
    let Ok(mut url) = Url::parse("http://sandbox/") else { return String::new() };
    url.query_pairs_mut().extend_pairs(params_of(encoded).iter().filter(|(name, _)| !name.starts_with("sandbox_")));
    url.query().unwrap_or_default().to_owned()
}

fn login_page(state: &State, asked: &Asked, flow: Flow, encoded: &str, problem: &str) -> String {
    let query = carried(encoded);
    let action = format!("/naver/page/{}/login?{query}", flow.name());
    let mut people = String::new();
    for person in offered(state) {
        let mut link = format!("{action}&sandbox_person=");
        link.extend(percent(&person.login));
        let detail = person.email.as_deref().unwrap_or("이메일 없음");
        people.push_str(&fill(
            r#"<li><a class="person" href="{{link}}" data-person="{{login}}"><b>{{name}}</b><span>{{login}} · {{detail}}</span></a></li>"#,
            &[("link", &link), ("login", &person.login), ("name", &person.name), ("detail", detail)],
        ));
    }
    let values =
        [("action", action.as_str()), ("client_id", &asked.client_id), ("people", &people), ("problem", problem)];
    fill(LOGIN, &values)
}

/// The people to choose from: the ready-made ones first, then a few others.
fn offered(state: &State) -> impl Iterator<Item = &Person> {
    let ready_made = Person::ready_made().map(|person| person.login);
    let (first, rest): (Vec<_>, Vec<_>) = state.people().partition(|person| ready_made.contains(&person.login));
    first.into_iter().chain(rest.into_iter().take(MOST_OTHERS))
}

/// Every byte of a text, as it may stand in a query.
fn percent(text: &str) -> impl Iterator<Item = String> + '_ {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
}

fn consent_page(state: &State, asked: &Asked, flow: Flow, encoded: &str, person: &Person, keep: bool) -> String {
    let before = state.link(&asked.client_id, &person.login).map(|link| link.items.clone());
    let mut items = String::new();
    for item in Item::ALL {
        let ticked = before.as_ref().is_none_or(|before| before.contains(&item));
        let necessity = if item.is_required() { "필수" } else { "선택" };
        items.push_str(&fill(
            r#"<label><input type="checkbox" name="item_{{name}}"{{raw:ticked}}> <span>{{label}}</span> <em>{{necessity}}</em></label>"#,
            &[
                ("name", item.wire()),
                ("ticked", if ticked { " checked" } else { "" }),
                ("label", item.label()),
                ("necessity", necessity),
            ],
        ));
    }
    let action = format!("/naver/page/{}/consent?{}", flow.name(), carried(encoded));
    let kept = if keep { r#"<input type="hidden" name="keep" value="on">"# } else { "" };
    let values = [
        ("action", action.as_str()),
        ("client_id", &asked.client_id),
        ("login", &person.login),
        ("name", &person.name),
        ("items", &items),
        ("kept", kept),
    ];
    fill(CONSENT, &values)
}
