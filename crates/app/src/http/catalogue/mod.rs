//! Browsing the shelf.

mod browse;
mod dto;
mod openapi;

use actix_web::web;

pub use browse::{categories, category, filter, list, parse_status, search, show, stretch};
pub use dto::{ProductDetailView, ProductPageView};
pub use openapi::{describe, takes_filter};

/// The routes. What is named comes before what is numbered.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/products").route(web::get().to(list)))
        .service(web::resource("/api/products/categories").route(web::get().to(categories)))
        .service(web::resource("/api/products/categories/{category}").route(web::get().to(category)))
        .service(web::resource("/api/products/search").route(web::get().to(search)))
        .service(web::resource("/api/products/{id}").route(web::get().to(show)));
}
