//! The token endpoints: exchange, refresh, delete, revoke. They refuse with status 200, and print numbers as strings.

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::Naver;
use super::answer::{Answer, params, serve};
use super::app::NaverApp;
use super::authorize::{Flow, Params, params_of};
use super::faults::FaultPoint;
use super::oidc::{Issuer, identity_token};
use super::state::{ACCESS_LIFE, Code, State};
use crate::clock::Moment;

/// Routes below `/naver`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/oauth2.0/token").route(web::get().to(classic)).route(web::post().to(classic)))
        .service(web::resource("/oauth2.0/revoke").route(web::post().to(revoke)))
        .service(web::resource("/oauth2/token").route(web::post().to(openid)));
}

async fn classic(naver: web::Data<Naver>, request: HttpRequest, body: String) -> HttpResponse {
    answer(&naver, &request, &body, Flow::Classic).await
}

async fn openid(naver: web::Data<Naver>, request: HttpRequest, body: String) -> HttpResponse {
    answer(&naver, &request, &body, Flow::OpenId).await
}

async fn answer(naver: &Naver, request: &HttpRequest, body: &str, flow: Flow) -> HttpResponse {
    let call = Call { params: with_basic(request, params(request, body)), flow, issuer: naver.issuer() };
    serve(naver, request, Some(FaultPoint::Token), |state, now| {
        call.run(state, now).map_or_else(|refusal| refusal, Answer::ok)
    })
    .await
}

async fn revoke(naver: web::Data<Naver>, request: HttpRequest, body: String) -> HttpResponse {
    let params = with_basic(&request, params(&request, &body));
    serve(&naver, &request, Some(FaultPoint::Token), |state, now| {
        if client(state, &params).is_none() {
            return Answer { status: 401, body: None };
        }
        let text = |name: &str| params.get(name).map(String::as_str).unwrap_or_default();
        let token = text("token");
        let grant = state.access(token, now).or_else(|| state.refresh(token, now));
        let own = grant.filter(|grant| grant.client_id == text("client_id")).cloned();
        if let Some(grant) = own {
            state.unlink(&grant.client_id, &grant.login);
        }
        Answer { status: 200, body: None }
    })
    .await
}

/// A pair in the `Authorization` header stands for the two parameters.
fn with_basic(request: &HttpRequest, mut params: Params) -> Params {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let pair = header
        .and_then(|header| header.strip_prefix("Basic "))
        .and_then(|encoded| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some((id, secret)) = pair.as_deref().and_then(|pair| pair.split_once(':')) {
        // Both halves are form-encoded inside the header.
        for (name, half) in [("client_id", id), ("client_secret", secret)] {
            let decoded = params_of(&format!("half={half}")).remove("half").unwrap_or_default();
            params.insert(name.to_owned(), decoded);
        }
    }
    params
}

/// The application, if both halves of the pair are right.
fn client<'a>(state: &'a State, params: &Params) -> Option<&'a NaverApp> {
    let app = state.app(params.get("client_id")?)?;
    (params.get("client_secret") == Some(&app.client_secret)).then_some(app)
}

fn wrong_pair() -> Answer {
    Answer::refusal("invalid_request", "wrong client id / client secret pair")
}

fn no_session() -> Answer {
    Answer::refusal("invalid_request", "no valid data in session")
}

struct Call {
    params: Params,
    flow: Flow,
    issuer: Issuer,
}

impl Call {
    fn text(&self, name: &str) -> &str {
        self.params.get(name).map(String::as_str).unwrap_or_default()
    }

    fn run(&self, state: &mut State, now: Moment) -> Result<Value, Answer> {
        let app = self.client(state)?;
        match (self.text("grant_type"), self.flow) {
            ("authorization_code", _) => self.exchange(state, &app, now),
            ("refresh_token", Flow::Classic) => self.refresh(state, &app, now),
            ("delete", Flow::Classic) => self.delete(state, &app, now),
            ("", _) => Err(Answer::refusal("invalid_request", "grant_type is missing")),
            _ => Err(Answer::refusal("unsupported_grant_type", "grant_type is not supported")),
        }
    }

    /// Who calls. On the `OpenID Connect` address a code with a challenge needs no secret.
    fn client(&self, state: &State) -> Result<NaverApp, Answer> {
        if let Some(app) = client(state, &self.params) {
            return Ok(app.clone());
        }
        let is_public = self.flow == Flow::OpenId && self.text("client_secret").is_empty();
        let app = state.app(self.text("client_id")).filter(|_| is_public && !self.text("code_verifier").is_empty());
        app.cloned().ok_or_else(wrong_pair)
    }

    fn exchange(&self, state: &mut State, app: &NaverApp, now: Moment) -> Result<Value, Answer> {
        let code = self.text("code");
        let known = state.code(code, now).filter(|known| known.client_id == app.client_id).cloned();
        let known = known.ok_or_else(no_session)?;
        if !self.text("redirect_uri").is_empty() && self.text("redirect_uri") != known.redirect_uri {
            return Err(wrong_pair());
        }
        self.check_verifier(&known)?;
        state.spend_code(code);
        let mut body = json!({
            "access_token": state.issue_access(&app.client_id, &known.login, now),
            "refresh_token": state.issue_refresh(&app.client_id, &known.login, now),
            "token_type": "bearer",
            "expires_in": expires_in(),
        });
        // The classic endpoint never hands out an identity token, wherever the code came from.
        let openid = known.openid.filter(|_| self.flow == Flow::OpenId);
        if let (Some(openid), Some(person), Some(map)) = (openid, state.person(&known.login), body.as_object_mut()) {
            let nonce = openid.nonce.filter(|_| app.id_token_nonce);
            let subject = person.subject_for(&app.client_id);
            let token = identity_token(&self.issuer, &app.client_id, &subject, nonce.as_deref(), now);
            map.insert("id_token".to_owned(), json!(token));
        }
        Ok(body)
    }

    fn check_verifier(&self, code: &Code) -> Result<(), Answer> {
        let challenge = code.openid.as_ref().and_then(|openid| openid.challenge.as_deref());
        let Some(challenge) = challenge else {
            // Without a challenge nothing but the secret proves who calls.
            return if self.text("client_secret").is_empty() { Err(wrong_pair()) } else { Ok(()) };
        };
        let verifier = digest(&SHA256, self.text("code_verifier").as_bytes());
        if URL_SAFE_NO_PAD.encode(verifier) == challenge {
            Ok(())
        } else {
            Err(Answer::refusal("invalid_grant", "code_verifier does not match"))
        }
    }

    /// No new refresh token comes with it: the old one stays good.
    fn refresh(&self, state: &mut State, app: &NaverApp, now: Moment) -> Result<Value, Answer> {
        let grant = state.refresh(self.text("refresh_token"), now).filter(|grant| grant.client_id == app.client_id);
        let login = grant.map(|grant| grant.login.clone());
        let login = login.ok_or_else(|| Answer::refusal("invalid_request", "invalid refresh_token"))?;
        Ok(json!({
            "access_token": state.issue_access(&app.client_id, &login, now),
            "token_type": "bearer",
            "expires_in": expires_in(),
        }))
    }

    /// The classic way to unlink; an expired access token cannot do it.
    fn delete(&self, state: &mut State, app: &NaverApp, now: Moment) -> Result<Value, Answer> {
        let token = self.text("access_token");
        let grant = state.access(token, now).filter(|grant| grant.client_id == app.client_id);
        let login = grant.map(|grant| grant.login.clone());
        let login = login.ok_or_else(|| Answer::refusal("invalid_request", "invalid access_token"))?;
        state.unlink(&app.client_id, &login);
        Ok(json!({"access_token": token, "result": "success"}))
    }
}

fn expires_in() -> String {
    ACCESS_LIFE.num_seconds().to_string()
}
