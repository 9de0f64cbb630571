//! Mails: what administrators see of those that were given up and of addresses that get none any more, and what the mail
//! partner tells of the others.

mod dto;
mod openapi;
mod review;
mod suppressions;
mod webhook;

use actix_web::web;

pub use openapi::describe;
pub use webhook::Document;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/admin/mails").route(web::get().to(review::list)))
        .service(web::resource("/api/admin/mails/{id}").route(web::delete().to(review::discard)))
        .service(web::resource("/api/admin/mails/{id}/retry").route(web::post().to(review::retry)))
        .service(web::resource("/api/admin/mail-suppressions").route(web::get().to(suppressions::list)))
        .service(web::resource("/api/admin/mail-suppressions/{id}").route(web::delete().to(suppressions::lift)))
        .service(web::resource("/api/webhooks/ses").route(web::post().to(webhook::ses)));
}
