//! Buttons for testers: what users do in Naver's own settings, and how badly the stand-in should behave.

use actix_web::{HttpResponse, web};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Naver;
use super::app::NaverApp;
use super::disconnect::Form;
use super::faults::Fault;
use super::state::Notice;
use crate::clock::korean_time;
use crate::entropy;

/// Routes below `/naver/control`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/faults").route(web::post().to(post_fault)).route(web::get().to(list_faults)))
        .service(web::resource("/apps").route(web::post().to(post_app)).route(web::get().to(list_apps)))
        .route("/disconnect", web::post().to(disconnect))
        .route("/people", web::get().to(list_people))
        .route("/links", web::get().to(list_links))
        .route("/logins", web::get().to(list_logins))
        .route("/notices", web::get().to(list_notices));
}

/// Control calls are made by hand and by scripts: any content type will do.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

async fn respond<T: Serialize>(naver: &Naver, result: Result<T, String>) -> HttpResponse {
    if naver.settled().await.is_err() {
        return HttpResponse::InternalServerError()
            .json(json!({"code": "NOT_DURABLE", "message": "the sandbox cannot write its memory"}));
    }
    match result {
        Ok(value) => HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(value),
        Err(message) => HttpResponse::BadRequest().json(json!({"code": "INVALID_REQUEST", "message": message})),
    }
}

async fn post_fault(naver: web::Data<Naver>, body: web::Bytes) -> HttpResponse {
    let result = read::<Fault>(&body).map(|fault| {
        naver.change(|state, _| {
            state.faults.add(fault);
            state.faults.waiting().to_vec()
        })
    });
    respond(&naver, result).await
}

async fn list_faults(naver: web::Data<Naver>) -> HttpResponse {
    let faults = naver.read(|state| state.faults.waiting().to_vec());
    respond(&naver, Ok(faults)).await
}

/// What of an application is to change; a new one needs its secret.
#[derive(Deserialize)]
struct AppBody {
    client_id: String,
    client_secret: Option<String>,
    callbacks: Option<Vec<String>>,
    disconnect_url: Option<String>,
    profile_api: Option<bool>,
    id_token_nonce: Option<bool>,
}

async fn post_app(naver: web::Data<Naver>, body: web::Bytes) -> HttpResponse {
    let result = read::<AppBody>(&body).and_then(|body| {
        naver.change(|state, _| {
            let known = state.app(&body.client_id).cloned();
            let fresh = || body.client_secret.clone().map(|secret| NaverApp::new(body.client_id.clone(), secret));
            let mut app = known.or_else(fresh).ok_or("a new application needs its client_secret")?;
            app.client_secret = body.client_secret.unwrap_or(app.client_secret);
            app.callbacks = body.callbacks.unwrap_or(app.callbacks);
            app.disconnect_url = body.disconnect_url.or(app.disconnect_url).filter(|url| !url.is_empty());
            app.profile_api = body.profile_api.unwrap_or(app.profile_api);
            app.id_token_nonce = body.id_token_nonce.unwrap_or(app.id_token_nonce);
            state.register(app.clone());
            Ok(app)
        })
    });
    respond(&naver, result).await
}

async fn list_apps(naver: web::Data<Naver>) -> HttpResponse {
    let apps: Vec<_> = naver.read(|state| state.apps().cloned().collect());
    respond(&naver, Ok(apps)).await
}

#[derive(Deserialize)]
struct DisconnectBody {
    /// An id or a name.
    user: String,
    /// Without one, every application that the user is linked to.
    client_id: Option<String>,
}

/// A user cuts the link in Naver's settings: the answer tells what came of the notices.
async fn disconnect(naver: web::Data<Naver>, body: web::Bytes) -> HttpResponse {
    let naver = naver.into_inner();
    let cut = read::<DisconnectBody>(&body).and_then(|body| cut_links(&naver, &body));
    let owed = match cut {
        Ok(owed) => owed,
        Err(message) => return respond::<()>(&naver, Err(message)).await,
    };
    // The link is gone for good before anybody is told of it; the one try goes on if the tester hangs up.
    if naver.settled().await.is_err() {
        return respond::<()>(&naver, Ok(())).await;
    }
    let courier = std::sync::Arc::clone(&naver);
    let told = tokio::spawn(async move {
        let mut notices = Vec::new();
        for (form, mut notice) in owed {
            notice.outcome = match (courier.client(), &notice.url) {
                (_, None) => "no address is registered".to_owned(),
                (None, Some(_)) => "no client could be made".to_owned(),
                (Some(client), Some(url)) => form.post(&client, url).await,
            };
            courier.change(|state, _| state.note_notice(notice.clone()));
            notices.push(notice);
        }
        notices
    });
    let result = told.await.map_err(|_| "the notices were not sent".to_owned());
    respond(&naver, result).await
}

fn cut_links(naver: &Naver, body: &DisconnectBody) -> Result<Vec<(Form, Notice)>, String> {
    naver.change(|state, now| {
        let found = state.people().find(|person| person.login == body.user || person.name == body.user);
        let person = found.cloned().ok_or("nobody has that id or name")?;
        let concerned = |client_id: &str| body.client_id.as_deref().is_none_or(|wanted| wanted == client_id);
        let links = state.links().filter(|link| link.login == person.login && concerned(&link.client_id));
        let apps: Vec<_> = links.filter_map(|link| state.app(&link.client_id).cloned()).collect();
        if apps.is_empty() {
            return Err("that user is linked to no such application".to_owned());
        }
        let mut owed = Vec::new();
        for app in apps {
            state.unlink(&app.client_id, &person.login);
            let id = person.id_for(&app.client_id);
            let form = Form::about(&id, &app.client_id, &app.client_secret, entropy::bytes(), now);
            let notice = Notice {
                at: korean_time(now),
                client_id: app.client_id,
                login: person.login.clone(),
                url: app.disconnect_url,
                outcome: String::new(),
            };
            owed.push((form, notice));
        }
        Ok(owed)
    })
}

async fn list_people(naver: web::Data<Naver>) -> HttpResponse {
    let people: Vec<_> = naver.read(|state| state.people().cloned().collect());
    respond(&naver, Ok(people)).await
}

async fn list_links(naver: web::Data<Naver>) -> HttpResponse {
    let links: Vec<_> = naver.read(|state| state.links().cloned().collect());
    respond(&naver, Ok(links)).await
}

async fn list_logins(naver: web::Data<Naver>) -> HttpResponse {
    let logins: Vec<_> = naver.read(|state| state.logins().cloned().collect());
    respond(&naver, Ok(logins)).await
}

async fn list_notices(naver: web::Data<Naver>) -> HttpResponse {
    let notices: Vec<_> = naver.read(|state| state.notices().cloned().collect());
    respond(&naver, Ok(notices)).await
}
