//! Joining, signing in, staying so, and leaving.

mod dto;
mod log_in;
mod log_out;
mod me;
mod refresh;
mod sessions;
mod sign_up;

use actix_web::web;

pub use log_in::log_in;
pub use log_out::log_out;
pub use me::me;
pub use refresh::refresh;
pub use sign_up::sign_up;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/auth/login").route(web::post().to(log_in)))
        .service(web::resource("/api/auth/refresh").route(web::post().to(refresh)))
        .service(web::resource("/api/auth/logout").route(web::post().to(log_out)))
        .service(web::resource("/api/users/signup").route(web::post().to(sign_up)))
        .service(
            web::resource("/api/users/me/sessions")
                .route(web::get().to(sessions::list))
                .route(web::delete().to(sessions::end_others)),
        )
        .service(web::resource("/api/users/me/sessions/{id}").route(web::delete().to(sessions::end_one)))
        .service(web::resource("/api/users/me").route(web::get().to(me)));
}
