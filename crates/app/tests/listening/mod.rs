//! A page that listens: server-sent events, as a browser reads them.

#![allow(dead_code, reason = "every test program uses another part of it")]

use std::time::Duration;

use reqwest::header::{COOKIE, HeaderMap};
use reqwest::{Client, Response};
use serde_json::Value;
use tokio::time::timeout;

/// How long anything may take that is to happen at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// An event, or a comment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    pub name: String,
    pub id: Option<i64>,
    pub data: String,
    pub comment: Option<String>,
}

impl Event {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    fn read(frame: &str) -> Self {
        let mut event = Self::default();
        for line in frame.trim_end().lines() {
            let (field, value) = line.split_once(':').unwrap_or_else(|| panic!("no field: {frame:?}"));
            match field {
                "" => event.comment = Some(value.trim().to_owned()),
                "event" => value.clone_into(&mut event.name),
                "id" => event.id = Some(value.parse().unwrap()),
                "data" => value.clone_into(&mut event.data),
                _ => panic!("an unknown field: {frame:?}"),
            }
        }
        event
    }
}

/// An open stream.
pub struct Listening {
    pub headers: HeaderMap,
    response: Response,
    read: Vec<u8>,
}

impl Listening {
    /// Opens a stream and reads that it is there.
    pub async fn begin(client: &Client, base: &str, cookies: &str, seen: Option<i64>) -> (Self, Event) {
        let mut request = client.get(format!("{base}/api/notifications/stream")).header(COOKIE, cookies);
        if let Some(seen) = seen {
            request = request.header("Last-Event-ID", seen);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let mut stream = Self { headers: response.headers().clone(), response, read: Vec::new() };
        let first = stream.next().await.expect("the stream says that it is there");
        assert_eq!(first.name, "connect");
        (stream, first)
    }

    /// The next event or comment; `None` at the end.
    pub async fn next(&mut self) -> Option<Event> {
        timeout(PATIENCE, self.frame()).await.expect("something happens").map(|frame| Event::read(&frame))
    }

    /// The next event that is no sign of life.
    pub async fn told(&mut self) -> Event {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if event.comment.is_none() {
                return event;
            }
        }
    }

    /// Reads to the end; what was told until then.
    pub async fn end(&mut self) -> Vec<Event> {
        let mut told = Vec::new();
        while let Some(event) = self.next().await {
            told.extend(event.comment.is_none().then_some(event));
        }
        told
    }

    async fn frame(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.read.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.read.drain(..end + 2).collect();
                return Some(String::from_utf8(frame).unwrap());
            }
            let Some(chunk) = self.response.chunk().await.unwrap() else {
                assert!(self.read.is_empty(), "half an event at the end");
                return None;
            };
            self.read.extend_from_slice(&chunk);
        }
    }
}
