//! Pictures of products: `/api/admin/products/images`, and where those in the folder are seen.

mod dto;
mod erase;
mod form;
mod openapi;
mod show;
mod upload;

use actix_web::web;

pub use openapi::describe;

/// The routes. What is named comes before what is numbered: before `/api/admin/products/{id}`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/api/admin/products/images")
                .route(web::post().to(upload::upload))
                .route(web::delete().to(erase::erase)),
        )
        .service(web::resource("/images/products/{name}").route(web::get().to(show::show)));
}
