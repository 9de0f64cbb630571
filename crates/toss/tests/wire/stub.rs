//! A server of a few lines that answers whatever a test wants, valid HTTP or not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Seen {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn is_look_up(&self) -> bool {
        self.line.starts_with("GET ")
    }
}

/// What to do with a request.
pub enum Reply {
    /// Send these bytes and hang up.
    Raw(Vec<u8>),
    /// Hang up.
    HangUp,
    /// Say nothing and keep the line open.
    Silence,
    /// Begin an answer and never finish it.
    Endless,
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, &body.to_string())
    }

    pub fn refusal(status: u16, code: &str) -> Self {
        Self::json(status, &serde_json::json!({"code": code, "message": "메시지"}))
    }

    pub fn text(status: u16, body: &str) -> Self {
        Self::Raw(
            format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
                .into_bytes(),
        )
    }
}

/// The server. It lives as long as its test.
pub struct Stub {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    pub async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move { serve(stream, &log, &*answer).await });
            }
        });
        Self { url, seen }
    }

    /// What was asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, log: &Mutex<Vec<Seen>>, answer: &(impl Fn(&Seen) -> Reply + Send + Sync)) {
    let Some(request) = read(&mut stream).await else { return };
    let reply = answer(&request);
    log.lock().unwrap().push(request);
    match reply {
        Reply::Raw(bytes) => drop(stream.write_all(&bytes).await),
        Reply::HangUp => {}
        Reply::Silence => tokio::time::sleep(Duration::from_mins(1)).await,
        Reply::Endless => {
            let head = stream.write_all(b"HTTP/1.1 200 X\r\ncontent-length: 100000000000\r\n\r\n").await;
            let mut open = head.is_ok();
            while open {
                open = stream.write_all(&[b' '; 8_192]).await.is_ok();
            }
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(chunk.get(..count)?);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines();
        let line = lines.next()?.to_owned();
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        if body.len() >= length.map_or(0, |(_, length)| length.parse().unwrap()) {
            return Some(Seen { line, headers, body: serde_json::from_str(body).unwrap_or(Value::Null) });
        }
    }
}
