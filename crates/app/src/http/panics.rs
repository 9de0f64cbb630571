//! Handlers that panic.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::{ResponseError, web};
use futures::FutureExt;

use super::code::ErrorCode;
use super::error::ApiError;
use super::headers;
use super::settings::HttpSettings;

/// Middleware: a handler that panics, which is a bug, is answered with the 500 of every fault of ours; else its client
/// would see a connection that ends without a word. What the handler had in its hands is dropped with it, nothing of it
/// is used again; a transaction that it had begun rolls back.
///
/// The request is gone with the handler, so there is nothing to make an ordinary answer of: this one travels as an
/// error, past the layers around. It is complete as it is, and the connection ends with it, because nobody knows how much
/// of the body was read.
pub async fn catch(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let https = request.app_data::<web::Data<HttpSettings>>().is_some_and(|settings| settings.is_https());
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(answer) => answer,
        Err(panic) => {
            let mut answer = ApiError::new(ErrorCode::Internal).error_response();
            headers::put(answer.headers_mut(), https);
            answer.head_mut().set_connection_type(ConnectionType::Close);
            Err(InternalError::from_response(format!("a handler panicked: {}", message(panic.as_ref())), answer).into())
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Duration;

    use actix_web::{App, HttpServer};
    use serde_json::Value;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::super::surround;
    use super::*;

    async fn well() -> &'static str {
        "well"
    }

    async fn panics() -> &'static str {
        panic!("a bug")
    }

    /// A server with a handler that panics and one that does not.
    fn serve() -> (String, actix_web::dev::ServerHandle) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = HttpServer::new(|| {
            let routes = web::scope("").route("/panics", web::to(panics)).route("/well", web::to(well));
            App::new().app_data(web::Data::new(HttpSettings::for_tests())).service(surround(routes))
        });
        let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        (address, handle)
    }

    async fn asks(address: &str, request: &str) -> (String, String) {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let end = socket.read_to_string(&mut answer);
        tokio::time::timeout(Duration::from_secs(10), end).await.expect("the connection ends").unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_ascii_lowercase(), body.to_owned())
    }

    #[actix_web::test]
    async fn a_handler_that_panics_is_answered_for() {
        let (address, handle) = serve();
        for request in [
            "GET /panics HTTP/1.1\r\nHost: shop\r\n\r\n",
            // A body that does not end.
            "POST /panics HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        ] {
            let (head, body) = asks(&address, request).await;
            assert!(head.starts_with("http/1.1 500 "), "{head}");
            for header in
                ["x-content-type-options: nosniff", "x-request-id: ", "cache-control: no-cache", "connection: close"]
            {
                assert!(head.contains(header), "{header}: {head}");
            }
            let body: Value = serde_json::from_str(&body).unwrap();
            assert_eq!((&body["code"], &body["data"]), (&Value::from("50000000"), &Value::Null));
            assert!(!body.to_string().contains("bug"), "{body}");
        }
        let (head, body) = asks(&address, "GET /well HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n").await;
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        assert_eq!(body, "well");
        handle.stop(true).await;
    }

    #[test]
    fn what_a_panic_says_is_text_or_nothing() {
        assert_eq!(message(&"a bug"), "a bug");
        assert_eq!(message(&"a bug".to_owned()), "a bug");
        assert_eq!(message(&7), "without a word");
    }
}
