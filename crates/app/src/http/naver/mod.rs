//! Naver Login: from the log-in page to Naver and back.
//!
//! | File | Part |
//! | --- | --- |
//! | `depart.rs` | `GET /api/oauth2/naver`, `GET /oauth2/authorization/naver`: to Naver, with the flow in a cookie |
//! | `arrive.rs` | `GET /login/oauth2/code/naver`: back, and on to the page that fits |
//! | `link.rs` `proof_page.rs` | `/api/auth/link/naver`: a member wants Naver to open his account as well |
//! | `join.rs` `dto.rs` | `GET /api/auth/oauth-temp-info`, `POST /api/auth/signup-with-oauth`: a newcomer joins |
//! | `identities.rs` | `/api/users/me/identities`: what opens one's account, and removing it |
//! | `webhook.rs` | `POST /api/webhooks/naver`: somebody cut the link at Naver |
//! | `kept.rs` `redirect.rs` | what browsers keep meanwhile, sealed; where they are sent |
//!
//! What a browser keeps belongs to one flow: the link's intent goes into the flow at the departure, so that a flow that
//! somebody abandoned links nothing for the next person. Whoever navigates here never sees an error document, and is
//! never sent anywhere that a parameter says.

mod arrive;
mod depart;
mod dto;
mod identities;
mod join;
mod kept;
mod link;
mod openapi;
mod proof_page;
mod redirect;
mod webhook;

use actix_web::web;

pub use openapi::describe;

/// Where Naver sends browsers back to, below our origin.
const CALLBACK: &str = "/login/oauth2/code/naver";
/// Where a flow begins.
const DEPARTURE: &str = "/oauth2/authorization/naver";

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/oauth2/naver").route(web::get().to(depart::enter)))
        .service(web::resource(DEPARTURE).route(web::get().to(depart::depart)))
        .service(web::resource(CALLBACK).route(web::get().to(arrive::arrive)))
        .service(
            web::resource("/api/auth/link/naver")
                .route(web::get().to(link::begin))
                .route(web::post().to(link::begin_with_password)),
        )
        .service(web::resource("/api/auth/oauth-temp-info").route(web::get().to(join::pending)))
        .service(web::resource("/api/auth/signup-with-oauth").route(web::post().to(join::join)))
        .service(web::resource("/api/users/me/identities").route(web::get().to(identities::list)))
        .service(web::resource("/api/users/me/identities/naver").route(web::delete().to(identities::unlink)))
        .service(web::resource("/api/webhooks/naver").route(web::post().to(webhook::naver)));
}
