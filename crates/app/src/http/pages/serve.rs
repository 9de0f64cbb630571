//! The front end, from its folder.

use std::path::{Path, PathBuf};

use actix_files::NamedFile;
use actix_http::encoding::Encoder;
use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use super::{accept, address, file};

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// May be kept, and is asked for again each time: the answer is 304 if it is the same still.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// What breaks no page that a build makes. Where scripts may come from is not among it: the payment partner's script
/// loads more from where it likes, and a shop that cannot take money is worse than one without this line of defence.
const POLICY: HeaderValue = HeaderValue::from_static("object-src 'none'; base-uri 'self'; frame-ancestors 'none'");
const BY_CODING: HeaderValue = HeaderValue::from_static("Accept-Encoding");
/// Below that, compressing saves nothing.
const WORTH_PACKING: u64 = 1024;
/// The page of all pages.
const INDEX: &str = "index.html";

/// The file at the address, or the page if the address can be that of one. `None` if it is neither.
pub async fn serve(request: &HttpRequest, root: &Path) -> Option<HttpResponse> {
    let path = request.match_info().as_str();
    if address::is_own(path) {
        return None;
    }
    if let Some(named) = address::file_of(path)
        && let Some(found) = open(request, root, named).await
    {
        let keep = if address::is_hashed(path) { FOR_EVER } else { ASK_AGAIN };
        return Some(answer(request, found, keep));
    }
    let is_taken = accept::wants_a_page(request.headers())
        || (address::is_known_page(path) && accept::takes_a_page(request.headers()));
    if !address::is_page(path) || !is_taken {
        return None;
    }
    let page = open(request, root, PathBuf::from(INDEX)).await?;
    Some(answer(request, page, ASK_AGAIN))
}

async fn open(request: &HttpRequest, root: &Path, named: PathBuf) -> Option<NamedFile> {
    let codings = [(ContentEncoding::Brotli, "br"), (ContentEncoding::Gzip, "gzip")];
    let taken = codings.into_iter().filter(|(_, name)| accept::takes_coding(request.headers(), name));
    // A part of a file is a part of the plain one: clients put parts together.
    let ranged = request.headers().contains_key(header::RANGE);
    let codings: Vec<ContentEncoding> = taken.filter(|_| !ranged).map(|(coding, _)| coding).collect();
    let root = root.to_owned();
    web::block(move || file::open(&root, &named, &codings)).await.ok()?
}

fn answer(request: &HttpRequest, file: NamedFile, keep: HeaderValue) -> HttpResponse {
    let (packable, packed) = (is_text(&file), file.content_encoding().is_some());
    let large = file.metadata().len() >= WORTH_PACKING;
    let is_page = file.content_type().essence_str() == "text/html";
    let mut response = file.into_response(request);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, keep);
    if is_page {
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    }
    let takes = accept::takes_coding(request.headers(), "gzip");
    if packable && large && takes && !packed && response.status() == StatusCode::OK {
        // The encoder says itself by what the answer varies.
        return pack(response);
    }
    if packable {
        response.headers_mut().append(header::VARY, BY_CODING);
    }
    response
}

/// Compresses an answer on its way. It is another sequence of bytes than the file, so it loses the strong tag and offers
/// no ranges.
fn pack(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.remove(header::ACCEPT_RANGES);
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    if let Some(weak) = tag.and_then(|tag| HeaderValue::try_from(format!("W/{tag}")).ok()) {
        headers.insert(header::ETAG, weak);
    }
    response.map_body(|head, body| Encoder::response(ContentEncoding::Gzip, head, body).boxed())
}

/// Whether compressing makes it smaller: pictures, fonts and films are compressed already.
fn is_text(file: &NamedFile) -> bool {
    let kind = file.content_type();
    let is = |suffix: &str| kind.suffix().is_some_and(|own| own == suffix);
    kind.type_() == "text"
        || is("xml")
        || is("json")
        || ["application/json", "application/javascript", "application/xml", "application/wasm"]
            .contains(&kind.essence_str())
}
