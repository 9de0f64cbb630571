use std::time::Duration;

use actix_web::ResponseError;
use actix_web::test::TestRequest;
use futures::stream;

use super::*;

const KIND: &str = "multipart/form-data; boundary=edge";

/// A part with that head and content.
fn part(head: &str, content: &[u8]) -> Vec<u8> {
    [b"--edge\r\nContent-Disposition: form-data; ", head.as_bytes(), b"\r\n\r\n", content, b"\r\n"].concat()
}

fn form(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat().as_slice(), b"--edge--\r\n"].concat()
}

fn post(kind: &str) -> TestRequest {
    let settings = web::Data::new(HttpSettings::for_tests());
    TestRequest::post().app_data(settings).insert_header(("Content-Type", kind))
}

/// The file, or the status of the refusal.
async fn read_as(kind: &str, body: Vec<u8>) -> Result<Vec<u8>, u16> {
    let (request, mut payload) = post(kind).set_payload(body).to_http_parts();
    match Upload::from_request(&request, &mut payload).await {
        Ok(upload) => Ok(upload.0),
        Err(error) => Err(error.status_code().as_u16()),
    }
}

async fn read_parts(parts: &[Vec<u8>]) -> Result<Vec<u8>, u16> {
    read_as(KIND, form(parts)).await
}

#[actix_web::test]
async fn the_file_is_read_whatever_stands_around_it() {
    let file = part("name=\"file\"; filename=\"../../a.php\"\r\nContent-Type: text/html", b"\x89PNG and so on");
    let other = part("name=\"note\"", b"hello");
    for parts in [vec![file.clone()], vec![other.clone(), file.clone()], vec![file, other]] {
        assert_eq!(read_parts(&parts).await, Ok(b"\x89PNG and so on".to_vec()));
    }
}

#[actix_web::test]
async fn five_mebibytes_are_read_and_one_byte_more_is_not() {
    let file = |length| part("name=\"file\"; filename=\"a.png\"", &vec![b'x'; length]);
    assert_eq!(read_parts(&[file(MAX_FILE)]).await.map(|bytes| bytes.len()), Ok(MAX_FILE));
    assert_eq!(read_parts(&[file(MAX_FILE + 1)]).await, Err(413));
    assert_eq!(read_parts(&[part("name=\"other\"", &vec![b'x'; MAX_FILE + MAX_AROUND])]).await, Err(413));
    // A head without an end.
    let endless = [b"--edge\r\nContent-Disposition: ".to_vec(), vec![b'x'; MAX_FILE + MAX_AROUND]].concat();
    assert!(matches!(read_as(KIND, endless).await, Err(400 | 413)));
    let request = post(KIND).insert_header(("Content-Length", "6000000")).to_http_request();
    assert_eq!(refuse_by_headers(&request).unwrap_err().code(), ErrorCode::BodyTooLarge);
}

#[actix_web::test]
async fn forms_without_their_file_are_refused() {
    let file = part("name=\"file\"; filename=\"a.png\"", b"x");
    assert_eq!(read_parts(&[]).await, Err(400));
    assert_eq!(read_parts(&[part("name=\"image\"; filename=\"a.png\"", b"x")]).await, Err(400));
    assert_eq!(read_parts(&[part("name=\"file\"; filename=\"a.png\"", b"")]).await, Err(400));
    assert_eq!(read_parts(&[file.clone(), file.clone()]).await, Err(400));
    assert_eq!(read_as(KIND, file).await, Err(400), "it has no end");
    for broken in [&b""[..], b"--edge--", b"--edge", b"nothing", b"--edge\r\n\r\nx\r\n--edge--\r\n"] {
        assert_eq!(read_as(KIND, broken.to_vec()).await, Err(400), "{broken:?}");
    }
}

#[actix_web::test]
async fn what_is_no_form_is_refused() {
    let body = form(&[part("name=\"file\"; filename=\"a.png\"", b"x")]);
    for kind in ["application/json", "image/png", "multipart/mixed; boundary=edge", "multipart/form-datax", ""] {
        assert_eq!(read_as(kind, body.clone()).await, Err(415), "{kind}");
    }
    for kind in ["multipart/form-data", "multipart/form-data; boundary="] {
        assert_eq!(read_as(kind, body.clone()).await, Err(400), "{kind}");
    }
    let request = post(KIND).insert_header(("Content-Encoding", "gzip")).to_http_request();
    assert_eq!(refuse_by_headers(&request).unwrap_err().code(), ErrorCode::UnsupportedMediaType);
}

#[actix_web::test]
async fn a_file_that_trickles_in_is_not_waited_for() {
    tokio::time::pause();
    let begin = b"--edge\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".to_vec();
    let trickle = stream::unfold(begin, |bytes| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Some((Ok(Bytes::from(bytes)), b"x".to_vec()))
    });
    let request = post(KIND).to_http_request();
    let began = tokio::time::Instant::now();
    let trickle: Pin<Box<dyn Stream<Item = _>>> = Box::pin(trickle);
    let outcome = Upload::from_request(&request, &mut Payload::from(trickle)).await;
    assert_eq!(outcome.err().map(|error| error.code()), Some(ErrorCode::BodyTimedOut));
    assert_eq!(began.elapsed().as_secs(), HttpSettings::for_tests().upload_timeout.as_secs());
}
