//! What shoppers are told: live, and to look at later. The wire calls announcements notifications.

mod dto;
mod events;
mod list;
mod openapi;
mod read;
mod stream;
mod texts;

use actix_web::web;

pub use list::{list, stats, unread};
pub use openapi::describe;
pub use read::{all_read, one_read};
pub use stream::stream;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/notifications").route(web::get().to(list)))
        .service(web::resource("/api/notifications/stream").route(web::get().to(stream)))
        .service(web::resource("/api/notifications/stats").route(web::get().to(stats)))
        .service(web::resource("/api/notifications/unread-count").route(web::get().to(unread)))
        .service(web::resource("/api/notifications/read-all").route(web::patch().to(all_read)))
        .service(web::resource("/api/notifications/{id}/read").route(web::patch().to(one_read)));
}
