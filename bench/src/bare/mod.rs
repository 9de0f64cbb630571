//! The ceiling of reading: an actix server without a shop in it. Its handlers run the statements of the real ones
//! against the same database and serialise the same bytes; there is no domain, no port, no middleware, no log.

mod views;

use std::net::SocketAddr;

use actix_web::error::ErrorInternalServerError;
use actix_web::http::header;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use crate::Outcome;
use crate::sql::{nutrients, shelf};
use crate::store::{CONNECTIONS, Store};
use views::{Envelope, PageInfo, ProductPage, ProductView, Products};

/// How many products a page of the list has; what the front end asks for.
pub const PAGE_SIZE: i64 = 8;

/// Serves until it is ended.
pub fn serve(url: &str, address: SocketAddr) -> Outcome {
    actix_web::rt::System::new().block_on(async {
        let store = Store::connect(url, CONNECTIONS).await?;
        let list = list(&store, "http://127.0.0.1").await?;
        let from_memory = web::Bytes::from(serde_json::to_vec(&list)?);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(store.clone()))
                .app_data(web::Data::new(from_memory.clone()))
                .route("/list", web::get().to(show_list))
                .route("/page/{id}", web::get().to(show_page))
                .route("/static", web::get().to(show_static))
        });
        server.bind(address)?.run().await?;
        Ok(())
    })
}

async fn show_list(store: web::Data<Store>, request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let body = list(&store, &origin(&request)).await.map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().json(body))
}

async fn show_page(
    store: web::Data<Store>,
    id: web::Path<i64>,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let body = page(&store, *id, &origin(&request)).await.map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().json(body))
}

/// The list's bytes without asking anybody: what is left is actix, the kernel and the client.
async fn show_static(body: web::Data<web::Bytes>) -> HttpResponse {
    let body: &web::Bytes = &body;
    HttpResponse::Ok().content_type("application/json").body(body.clone())
}

fn origin(request: &HttpRequest) -> String {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or_default())
}

async fn list(store: &Store, origin: &str) -> Outcome<Envelope<Products>> {
    let (total, rows) = shelf::newest(store, PAGE_SIZE).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let variants = shelf::variants(store, &ids).await?;
    let tags = shelf::tags(store, &ids).await?;
    Ok(Envelope::new(Products {
        products: ProductView::all(rows, variants, tags, origin),
        page_info: PageInfo::first(PAGE_SIZE, total),
    }))
}

async fn page(store: &Store, id: i64, origin: &str) -> Outcome<Envelope<ProductPage>> {
    let row = shelf::product(store, id).await?;
    let nutrients = nutrients(store, &[id]).await?;
    let variants = shelf::variants(store, &[id]).await?;
    let tags = shelf::tags(store, &[id]).await?;
    Ok(Envelope::new(ProductPage::new(row, nutrients, variants, tags, origin)))
}
