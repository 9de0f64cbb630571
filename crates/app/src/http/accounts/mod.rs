//! Joining, signing in, staying so, and leaving.

mod addresses;
mod close;
mod dto;
mod log_in;
mod log_out;
mod me;
mod openapi;
mod password;
mod profile;
mod profile_dto;
mod refresh;
mod sessions;
mod sign_up;

use actix_web::web;

pub use dto::NewAccountView;
pub use log_in::log_in;
pub use log_out::log_out;
pub use me::me;
pub use openapi::describe;
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
        .service(web::resource("/api/users/me").route(web::get().to(me)).route(web::delete().to(close::close)))
        .configure(profile_routes);
}

fn profile_routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/users/profile").route(web::get().to(profile::show)))
        .service(web::resource("/api/users/additional-info").route(web::put().to(profile::complete)))
        .service(web::resource("/api/users/password").route(web::put().to(password::change)))
        .service(
            web::resource("/api/users/me/addresses")
                .route(web::get().to(addresses::list))
                .route(web::post().to(addresses::add)),
        )
        .service(
            web::resource("/api/users/me/addresses/{id}")
                .route(web::put().to(addresses::change))
                .route(web::delete().to(addresses::remove)),
        )
        .service(web::resource("/api/users/me/addresses/{id}/default").route(web::put().to(addresses::make_default)));
}
