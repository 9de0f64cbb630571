//! Clients that begin a body and do not end it.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::TestApp;

const IMPATIENT: [(&str, &str); 1] = [("EF__HTTP__BODY_TIMEOUT_SECONDS", "1")];
/// The server's patience, what it gives a client to say good-bye, and a machine with a lot to do.
const LONG_ENOUGH: Duration = Duration::from_secs(10);

/// Sends that and then nothing more; everything that comes back until the server closes the connection.
async fn stalls_after(app: &TestApp, request: &str) -> String {
    let mut connection = TcpStream::connect(app.server.address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let reading = tokio::time::timeout(LONG_ENOUGH, connection.read_to_end(&mut answer));
    reading.await.expect("the server ends the connection").unwrap();
    String::from_utf8(answer).unwrap()
}

fn head(path: &str, length: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n{length}\r\n\r\n")
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_answered_with_408() {
    let app = TestApp::start_with(&IMPATIENT).await;
    for (length, beginning) in
        [("Content-Length: 100", "{\"email\""), ("Transfer-Encoding: chunked", "8\r\n{\"email\"\r\n")]
    {
        let began = Instant::now();
        let answer = stalls_after(&app, &format!("{}{beginning}", head("/api/auth/login", length))).await;
        assert!(began.elapsed() >= Duration::from_secs(1), "{length}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 408 "), "{length}: {head}");
        assert!(head.to_ascii_lowercase().contains("connection: close"), "{length}: {head}");
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!((body["code"].as_str(), body["status"].as_u64()), (Some("40800001"), Some(408)), "{length}");
    }
}

#[tokio::test]
async fn a_body_that_nobody_wants_does_not_keep_the_connection() {
    let app = TestApp::start().await;
    for length in ["Content-Length: 100", "Transfer-Encoding: chunked"] {
        for (path, status) in [("/api/auth/logout", 200), ("/api/cart", 401), ("/nowhere", 404)] {
            let answer = stalls_after(&app, &head(path, length)).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}, {length}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_chunked_body_that_is_read_to_its_end_keeps_the_connection() {
    let app = TestApp::start().await;
    let mut connection = TcpStream::connect(app.server.address).await.unwrap();
    let request = format!("{}2\r\n{{}}\r\n0\r\n\r\n", head("/api/auth/login", "Transfer-Encoding: chunked"));
    for _ in 0..3 {
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let length = tokio::time::timeout(LONG_ENOUGH, connection.read(&mut answer)).await.unwrap().unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(!answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
    }
}
