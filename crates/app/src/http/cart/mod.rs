//! The cart.

mod change;
mod dto;
mod openapi;

use actix_web::web;

pub use change::{add, change, clear, remove, remove_selected, show};
pub use openapi::describe;

/// The routes. What is named comes before what is numbered.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/api/cart")
                .route(web::get().to(show))
                .route(web::post().to(add))
                .route(web::delete().to(clear)),
        )
        .service(web::resource("/api/cart/selected").route(web::delete().to(remove_selected)))
        .service(
            web::resource("/api/cart/{cartItemId}").route(web::patch().to(change)).route(web::delete().to(remove)),
        );
}
