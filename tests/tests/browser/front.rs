//! Who serves the page: an origin of its own, as the front end has in development.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const PAGE: &str = include_str!("front.html");
/// More than a browser says in one request to us.
const LONGEST_REQUEST: usize = 64 * 1024;

/// An origin that serves nothing yet.
pub struct Front {
    listener: TcpListener,
    /// Such as `http://localhost:40123`.
    pub origin: String,
}

impl Front {
    /// Takes a free port.
    pub async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        Self { listener, origin }
    }

    /// Serves the one page at every path until the test ends. It calls the shop and the partner at these addresses.
    pub fn serve(self, api: &str, sandbox: &str) {
        let page = built(api, sandbox);
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
             cache-control: no-store\r\nconnection: close\r\n\r\n{page}",
            page.len()
        );
        let answer: Arc<str> = answer.into();
        tokio::spawn(async move {
            while let Ok((stream, _)) = self.listener.accept().await {
                tokio::spawn(respond(stream, Arc::clone(&answer)));
            }
        });
    }
}

/// The page, built to call the shop and the partner at these addresses.
pub fn built(api: &str, sandbox: &str) -> String {
    PAGE.replace("{{api}}", api).replace("{{sandbox}}", sandbox)
}

/// A browser opens connections ahead of need and drops them: an error here is nobody's loss.
async fn respond(mut stream: TcpStream, answer: Arc<str>) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read_buf(&mut request).await {
            Ok(length) if length > 0 && request.len() < LONGEST_REQUEST => {}
            _ => return,
        }
    }
    let _ = stream.write_all(answer.as_bytes()).await;
}
