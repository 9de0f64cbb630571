//! Orders as administrators see and move them: `/api/admin/orders`.
//!
//! Whoever shows an order says in `ETag` which version it is; whoever moves one may send that back in `If-Match`, and
//! hears 409 where somebody else was quicker. Without it the order is moved if its state allows it.

mod advance;
mod body;
mod dto;
mod filter;
mod openapi;
mod review;
mod summary;
mod target;

use actix_web::web;

pub use dto::state_text;
pub use openapi::describe;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/admin/summary").route(web::get().to(review::summary)))
        .service(web::resource("/api/admin/orders").route(web::get().to(review::list)))
        .service(web::resource("/api/admin/orders/{orderId}").route(web::get().to(review::show)))
        .service(web::resource("/api/admin/orders/{orderId}/status").route(web::patch().to(advance::advance)))
        .service(web::resource("/api/admin/orders/{orderId}/refund").route(web::post().to(advance::refund)));
}
