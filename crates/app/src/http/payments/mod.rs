//! Payments.

mod confirm;
mod decline;
mod dto;

use actix_web::web;

pub use confirm::confirm;
pub use decline::decline_text;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/payments/toss/confirm").route(web::post().to(confirm)));
}
