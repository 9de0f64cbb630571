//! The HTTP edge: requests become commands, outcomes become answers. It decides nothing.
//!
//! A handler parses the body, runs one use case and renders a view, in about fifteen lines and without an `if`; where a
//! use case stores, a second one may load what the view shows. What is common to all of them stands around them,
//! outermost first:
//!
//! | layer | what it does |
//! | --- | --- |
//! | [`unread`] | a body without an end does not keep the connection |
//! | [`log`] | one log line a request, and its number |
//! | [`panics`] | a handler that panics is answered with 500 |
//! | [`headers`] | security headers on every answer |
//! | [`origin`] | turns foreign pages away; CORS |
//! | [`session`] | 401 for nobody, on everything under `/api` that is not listed as open; 403 for shoppers below `/api/admin` |
//! | fallbacks | 404 and 405 in the one envelope |
//! | [`head`] | `HEAD` for every `GET` |
//! | [`finish`] | what was begun is finished, also when its client hangs up |
//!
//! So the order of checks is the same on every route: origin, session, administration, route and method, body.
//!
//! # How to add an endpoint
//! Put the handler into its feature's folder and its route into the feature's `routes`. It is closed to visitors unless
//! [`session`] lists its path. A new outcome of a use case gets its code in [`code`] and its mapping in [`error`]. What
//! the endpoint promises is said in the feature's `openapi.rs`: [`openapi`] says how.

pub mod accounts;
pub mod actor;
pub mod admin;
pub mod caching;
pub mod caller;
pub mod cart;
pub mod catalogue;
pub mod code;
pub mod cookies;
pub mod cursor;
pub mod desk;
pub mod dev;
pub mod envelope;
pub mod error;
mod fallback;
pub mod field;
pub mod finish;
pub mod form;
pub mod head;
pub mod headers;
pub mod images;
pub mod json;
pub mod log;
pub mod mails;
pub mod naver;
pub mod notifications;
pub mod once;
pub mod openapi;
pub mod operations;
pub mod orders;
pub mod origin;
pub mod pages;
pub mod panics;
pub mod password_reset;
pub mod path;
pub mod payments;
pub mod pictures;
pub mod query;
pub mod recipient;
pub mod refund_account;
pub mod renew;
pub mod reviews;
pub mod second_factor;
pub mod session;
pub mod settings;
pub mod shelf;
pub mod unread;
pub mod view;

use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::from_fn;
use actix_web::{Scope, web};

pub use settings::{HttpSettings, ReadinessCheck};

/// Every route with everything around it. The app must hold `web::Data<Shop>` and `web::Data<HttpSettings>`.
pub fn configure(config: &mut web::ServiceConfig) {
    let routes = web::scope("")
        .configure(accounts::routes)
        .configure(password_reset::routes)
        .configure(second_factor::routes)
        .configure(naver::routes)
        .configure(catalogue::routes)
        .configure(reviews::routes)
        .configure(pictures::routes)
        .configure(images::routes)
        .configure(shelf::routes)
        .configure(desk::routes)
        .configure(cart::routes)
        .configure(orders::routes)
        .configure(payments::routes)
        .configure(notifications::routes)
        .configure(mails::routes)
        .configure(operations::routes)
        .configure(openapi::routes)
        .default_service(web::to(pages::answer));
    config.service(surround(routes));
}

/// The routes with what is common to all of them around. Outermost comes last.
fn surround(routes: Scope) -> impl HttpServiceFactory {
    routes
        .wrap(from_fn(finish::what_was_begun))
        .wrap(from_fn(head::answer_like_get))
        .wrap(from_fn(fallback::dress_refused_method))
        .wrap(from_fn(session::guard))
        .wrap(from_fn(origin::check))
        .wrap(from_fn(headers::add))
        .wrap(from_fn(panics::catch))
        .wrap(from_fn(log::requests))
        .wrap(from_fn(unread::end_connection))
}
