//! Answers that are the same for everybody and may be kept.
//!
//! The shelf is read far more often than it changes, so a shared cache may hand the same page to everybody for a second,
//! and a browser that has a page asks whether it is still true instead of loading it again. This server keeps nothing:
//! every answer is made from what was committed when it was asked for, and its tag is made from the answer. The tag is a
//! weak one, because the same answer travels compressed and plain.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::openapi::{Operation, form};

/// A browser asks each time; caches on the way need not for a second.
pub const SHARED: &str = "public, max-age=0, s-maxage=1";
/// Bytes of a digest that are enough to tell two answers apart.
const TAG_BYTES: usize = 16;

/// That JSON, or, for whoever has it already, the news that nothing changed.
pub fn shared_json(request: &HttpRequest, status: StatusCode, json: Vec<u8>) -> HttpResponse {
    let digest = Sha256::digest(&json);
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(digest.get(..TAG_BYTES).unwrap_or(&digest)));
    let unchanged = is_known(request, &tag);
    let mut answer = HttpResponse::build(if unchanged { StatusCode::NOT_MODIFIED } else { status });
    answer.insert_header((header::CACHE_CONTROL, SHARED)).insert_header((header::ETAG, tag));
    if unchanged { answer.finish() } else { answer.content_type("application/json").body(json) }
}

/// Says of an operation that its answer is the same for everybody.
pub fn describe(operation: &mut Operation) -> &mut Operation {
    operation
        .header("If-None-Match", "The `ETag` of an answer that is there already.", form::any_text())
        .answers_nothing(304, "Nothing changed since the answer with that `ETag`.")
}

/// Whether whoever asks has what bears that tag.
pub fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let wanted = bare(tag);
    let lines = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(bare).any(|known| known == wanted || known == "*")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn asked(known: &[&str], json: &str) -> (u16, Option<String>) {
        let request = known.iter().fold(TestRequest::default(), |it, tag| it.append_header(("If-None-Match", *tag)));
        let answer = shared_json(&request.to_http_request(), StatusCode::OK, json.as_bytes().to_vec());
        assert_eq!(answer.headers().get(header::CACHE_CONTROL).unwrap(), SHARED);
        let tag = answer.headers().get(header::ETAG).map(|tag| tag.to_str().unwrap().to_owned());
        (answer.status().as_u16(), tag)
    }

    #[test]
    fn whoever_has_the_answer_hears_that_it_is_still_true() {
        let (status, tag) = asked(&[], "{}");
        let tag = tag.unwrap();
        assert_eq!((status, &tag[..3]), (200, "W/\""));
        let strong = tag.trim_start_matches("W/").to_owned();
        for known in [&[tag.as_str()][..], &[&strong], &["*"], &["\"other\"", &tag], &[&format!("\"a\", {tag},\"b\"")]]
        {
            assert_eq!(asked(known, "{}"), (304, Some(tag.clone())), "{known:?}");
        }
        for known in [&["\"other\""][..], &["W/\"\""], &[""], &["W/"]] {
            assert_eq!(asked(known, "{}").0, 200, "{known:?}");
        }
        assert_ne!(asked(&[], "{\"a\":1}").1, Some(tag));
    }
}
