//! The inbox: every message that the relay accepted, for people and for tests.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::Mail;
use super::message::{Kept, Message, delivered};
use crate::html::page;

const PAGE: &str = include_str!("inbox.html");

/// Routes below `/mail`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("", web::get().to(inbox))
        .route("/", web::get().to(inbox))
        .route("/messages", web::get().to(list))
        .route("/messages/{id}", web::get().to(show))
        .route("/messages/{id}/raw", web::get().to(raw))
        .route("/messages/{id}/delivered", web::get().to(as_delivered))
        .route("/certificate", web::get().to(certificate));
}

async fn inbox() -> HttpResponse {
    page(StatusCode::OK, PAGE.to_owned())
}

#[derive(Deserialize)]
struct ListQuery {
    /// Only so many of the newest, for pages that refresh themselves.
    latest: Option<usize>,
    /// Only what went to that address.
    to: Option<String>,
}

/// Newest first.
async fn list(mail: web::Data<Mail>, query: web::Query<ListQuery>) -> HttpResponse {
    let wanted = |kept: &&Kept| {
        let mut recipients = kept.message.to.iter();
        query.to.as_deref().is_none_or(|wanted| recipients.any(|to| to.eq_ignore_ascii_case(wanted)))
    };
    let messages: Vec<Message> = mail.read(|state| {
        let newest = state.messages().rev().filter(wanted).take(query.latest.unwrap_or(usize::MAX));
        newest.map(|kept| kept.message.clone()).collect()
    });
    if mail.settled().await.is_err() {
        return HttpResponse::InternalServerError().finish();
    }
    HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(messages)
}

/// Shows one message, if there is one of that id.
fn show_with(mail: &Mail, id: &str, show: impl FnOnce(Kept) -> HttpResponse) -> HttpResponse {
    let missing = || HttpResponse::NotFound().json(json!({"code": "NOT_FOUND", "message": "no such message"}));
    mail.read(|state| state.find(id).cloned()).map_or_else(missing, show)
}

async fn show(mail: web::Data<Mail>, id: web::Path<String>) -> HttpResponse {
    show_with(&mail, &id, |kept| HttpResponse::Ok().json(kept.message))
}

fn plain(bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("x-content-type-options", "nosniff"))
        .body(bytes)
}

/// As it was sent, byte for byte.
async fn raw(mail: web::Data<Mail>, id: web::Path<String>) -> HttpResponse {
    show_with(&mail, &id, |kept| plain(kept.raw()))
}

/// As its recipients get it.
async fn as_delivered(mail: web::Data<Mail>, id: web::Path<String>) -> HttpResponse {
    show_with(&mail, &id, |kept| plain(delivered(&kept.raw(), &kept.message.id, kept.at)))
}

/// What a client has to trust to speak to the relay.
async fn certificate(mail: web::Data<Mail>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/x-pem-file").body(mail.authority_pem().to_owned())
}
