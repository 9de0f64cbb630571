//! Payments.

mod confirm;
mod decline;
mod dto;
mod openapi;
mod refund;
mod refund_refusal;
mod show;
mod webhook;

use actix_web::web;

pub use confirm::confirm;
pub use decline::decline_text;
pub use dto::DepositView;
pub use openapi::describe;
pub use refund::refund;
pub use refund_refusal::refund_refusal_text;
pub use show::show;
pub use webhook::toss;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/payments/toss/confirm").route(web::post().to(confirm)))
        .service(web::resource("/api/payments/toss/{id}/cancel").route(web::post().to(refund)))
        .service(web::resource("/api/payments/{id}").route(web::get().to(show)))
        .service(web::resource("/api/webhooks/toss").route(web::post().to(toss)));
}
