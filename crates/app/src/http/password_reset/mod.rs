//! Choosing another password: a code by mail, a token for the code, a password for the token.

mod dto;
mod openapi;
mod reset;
mod send_code;
mod verify_code;

use actix_web::web;

pub use openapi::describe;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/auth/password-reset/send-code").route(web::post().to(send_code::send_code)))
        .service(web::resource("/api/auth/password-reset/verify-code").route(web::post().to(verify_code::verify_code)))
        .service(web::resource("/api/auth/password-reset").route(web::post().to(reset::reset)));
}
