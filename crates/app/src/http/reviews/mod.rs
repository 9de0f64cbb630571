//! What buyers think of products.
//!
//! The list of a product's reviews is the same for everybody and may be kept by caches; what somebody wrote himself, and
//! whether he may write, is asked for apart. A page tells its reader's own review in the list by its number.

mod body;
mod dto;
mod keep;
mod moderate;
mod openapi;
mod read;

use actix_web::web;

pub use openapi::describe;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/api/products/{id}/reviews")
                .route(web::get().to(read::list))
                .route(web::post().to(keep::write)),
        )
        .service(
            web::resource("/api/products/{id}/reviews/mine")
                .route(web::get().to(read::mine))
                .route(web::put().to(keep::change))
                .route(web::delete().to(keep::withdraw)),
        )
        .service(web::resource("/api/users/me/reviewable").route(web::get().to(read::reviewable)))
        .service(web::resource("/api/admin/reviews/{id}").route(web::delete().to(moderate::remove)));
}
