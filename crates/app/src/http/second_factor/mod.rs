//! The second factor of somebody who runs the shop. It lies outside the administration, which may be closed to him until
//! he has one.

mod dto;
mod enrol;
mod openapi;
mod recovery;
mod remove;

use actix_web::web;

pub use enrol::{enrol, status, verify};
pub use openapi::describe;
pub use recovery::replace_recovery_codes;
pub use remove::remove;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/api/users/me/totp")
                .route(web::get().to(status))
                .route(web::post().to(enrol))
                .route(web::delete().to(remove)),
        )
        .service(web::resource("/api/users/me/totp/verify").route(web::post().to(verify)))
        .service(web::resource("/api/users/me/totp/recovery-codes").route(web::post().to(replace_recovery_codes)));
}
