//! Keeping the shelf: `/api/admin/products`, variants, stock, tags and the audit trail.
//!
//! Whoever shows a product says in `ETag` which version it is; whoever changes one may send that back in `If-Match`, and
//! hears 409 where somebody else was quicker. Moves of stock are no new version.

mod audit;
mod body;
mod dto;
mod openapi;
mod products;
mod stock;
mod tags;
mod target;
mod variants;

use actix_web::web;

pub use target::seen;

pub use openapi::describe;

/// The routes. What is named comes before what is numbered.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/api/admin/products")
                .route(web::get().to(products::list))
                .route(web::post().to(products::create)),
        )
        .service(web::resource("/api/admin/products/categories").route(web::get().to(products::categories)))
        .service(
            web::resource("/api/admin/products/{id}")
                .route(web::get().to(products::show))
                .route(web::put().to(products::edit))
                .route(web::delete().to(products::remove)),
        )
        .service(
            web::resource("/api/admin/products/{id}/nutrients")
                .route(web::get().to(products::nutrients))
                .route(web::put().to(products::replace_nutrients)),
        )
        .service(
            web::resource("/api/admin/products/{id}/variants")
                .route(web::get().to(variants::list))
                .route(web::post().to(variants::add)),
        )
        .service(
            web::resource("/api/admin/products/{id}/variants/{variantId}")
                .route(web::put().to(variants::edit))
                .route(web::delete().to(variants::erase)),
        )
        .service(web::resource("/api/admin/variants/{id}/stock").route(web::post().to(stock::adjust)))
        .service(web::resource("/api/admin/tags").route(web::get().to(tags::list)))
        .service(
            web::resource("/api/admin/tags/{id}")
                .route(web::put().to(tags::rename))
                .route(web::delete().to(tags::erase)),
        )
        .service(web::resource("/api/admin/audit").route(web::get().to(audit::list)));
}
