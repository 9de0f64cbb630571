//! Payments.

mod confirm;
mod decline;
mod dto;
mod openapi;
mod refund_refusal;
mod webhook;

use actix_web::web;

pub use confirm::confirm;
pub use decline::decline_text;
pub use openapi::describe;
pub use refund_refusal::refund_refusal_text;
pub use webhook::toss;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/payments/toss/confirm").route(web::post().to(confirm)))
        .service(web::resource("/api/webhooks/toss").route(web::post().to(toss)));
}
