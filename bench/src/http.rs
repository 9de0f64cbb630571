//! The least client that can speak to the server: HTTP/1.1, one connection kept alive, bodies with a known length.
//!
//! It shares the machine with what it measures, so it does nothing that is not needed: requests are bytes made
//! beforehand, and of an answer it looks at the status and the length.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// A connection, and the last answer that came over it.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    head: usize,
    length: usize,
}

impl Connection {
    /// Opens one.
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(32 * 1024), head: 0, length: 0 })
    }

    /// Sends a request and waits for the whole answer; its status.
    pub async fn exchange(&mut self, request: &[u8]) -> Outcome<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        self.head = loop {
            let seen = self.buffer.len().saturating_sub(END_OF_HEAD.len());
            self.receive().await?;
            let fresh = self.buffer.get(seen..).unwrap_or_default();
            if let Some(place) = fresh.windows(END_OF_HEAD.len()).position(|bytes| bytes == END_OF_HEAD) {
                break seen + place + END_OF_HEAD.len();
            }
        };
        let (status, length) = understand(self.head())?;
        self.length = length;
        while self.buffer.len() < self.head + length {
            self.receive().await?;
        }
        Ok(status)
    }

    /// The head of the last answer.
    pub fn head(&self) -> &str {
        let bytes = self.buffer.get(..self.head).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The body of the last answer.
    pub fn body(&self) -> &[u8] {
        self.buffer.get(self.head..self.head + self.length).unwrap_or_default()
    }

    async fn receive(&mut self) -> Outcome {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err("the connection was closed in the middle of an answer".into()),
            _ => Ok(()),
        }
    }
}

/// Status and length of the body.
fn understand(head: &str) -> Outcome<(u16, usize)> {
    let status = head.get(9..12).and_then(|digits| digits.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    match (status, length) {
        (Some(status), Some(length)) => Ok((status, length)),
        _ => Err(format!("an answer that this client cannot read:\n{head}").into()),
    }
}

/// A request without a body.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n").into_bytes()
}

/// A request with a JSON body, in the name of whom the cookie belongs to.
pub fn post(path: &str, cookie: Option<&str>, body: &serde_json::Value) -> Vec<u8> {
    let cookie = cookie.map_or_else(String::new, |cookie| format!("Cookie: {cookie}\r\n"));
    let body = body.to_string();
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
         {cookie}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_gives_status_and_length() {
        let head = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nContent-Length:  17\r\n\r\n";
        assert_eq!(understand(head).unwrap(), (201, 17));
        assert!(understand("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(understand("rubbish").is_err());
    }

    #[test]
    fn a_body_is_announced_in_bytes() {
        let request = post("/x", Some("a=b"), &serde_json::json!({ "name": "견과" }));
        let text = String::from_utf8(request).unwrap();
        assert!(text.contains("Cookie: a=b\r\nContent-Length: 17\r\n\r\n{"), "{text}");
    }
}
