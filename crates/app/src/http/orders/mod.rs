//! Orders.

mod cancel;
mod dto;
mod openapi;
mod place;
mod track;

use actix_web::web;

pub use cancel::cancel;
pub use dto::{OrderSummaryView, OrderView};
pub use openapi::describe;
pub use place::place;
pub use track::{NO_PAYMENT_STATUS, NO_STATUS, history, show};

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/orders").route(web::get().to(history)).route(web::post().to(place)))
        .service(web::resource("/api/orders/{orderNumber}").route(web::get().to(show)))
        .service(web::resource("/api/orders/{orderNumber}/cancel").route(web::patch().to(cancel)));
}
