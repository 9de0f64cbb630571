//! The console: one page with links to everything, live lists and buttons.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use crate::html::page;

const PAGE: &str = include_str!("console.html");

/// The page at `/`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(console));
}

async fn console() -> HttpResponse {
    page(StatusCode::OK, PAGE.to_owned())
}
