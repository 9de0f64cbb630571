//! A sandbox, an application that lets people log in with Naver, and a browser without scripts.

use std::collections::HashMap;
use std::time::Duration;

use ef_sandbox::{Sandbox, SandboxConfig};
use reqwest::{Client, RequestBuilder, Url};
use serde_json::{Value, json};

pub const CALLBACK: &str = "http://127.0.0.1:3000/cb";

pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().timeout(Duration::from_secs(20)).redirect(reqwest::redirect::Policy::none());
    builder.no_proxy().build().unwrap()
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub cookie: Option<String>,
    pub content_type: String,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The parameters that the browser carries back to the callback.
    pub fn carried(&self) -> HashMap<String, String> {
        assert_eq!(self.status, 302, "{}", self.text);
        let url = Url::parse(self.location.as_ref().unwrap()).unwrap();
        url.query_pairs().into_owned().collect()
    }

    pub fn code(&self) -> String {
        self.carried()["code"].clone()
    }

    pub fn error(&self) -> String {
        self.carried()["error"].clone()
    }

    /// The refusal of a token endpoint: error and description, with status 200.
    pub fn refusal(&self) -> (String, String) {
        assert_eq!(self.status, 200, "{}", self.text);
        let body = self.json();
        let text = |name: &str| body[name].as_str().unwrap_or("none").to_owned();
        (text("error"), text("error_description"))
    }

    /// The address in an attribute of a page, markup undone.
    pub fn address_after(&self, mark: &str) -> String {
        let rest = self.text.split(mark).nth(1).unwrap_or_else(|| panic!("no {mark} in {}", self.text));
        rest.split('"').next().unwrap().replace("&amp;", "&")
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    Answer {
        status: answer.status().as_u16(),
        location: header("location"),
        cookie: header("set-cookie").map(|cookie| cookie.split(';').next().unwrap().to_owned()),
        content_type: header("content-type").unwrap_or_default(),
        text: answer.text().await.unwrap(),
    }
}

/// The built-in application.
pub struct App {
    pub url: String,
    pub client: Client,
}

impl App {
    pub fn at(url: String) -> Self {
        Self { url, client: client() }
    }

    pub fn get(&self, path: &str, params: &[(&str, &str)]) -> RequestBuilder {
        self.client.get(format!("{}/naver{path}", self.url)).query(params)
    }

    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> RequestBuilder {
        self.client.post(format!("{}/naver{path}", self.url)).form(form)
    }

    /// A control call that must succeed.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let answer = send(self.client.post(format!("{}{path}", self.url)).json(&body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// The classic authorize request with more parameters.
    pub async fn authorize(&self, more: &[(&str, &str)]) -> Answer {
        let mut params = vec![
            ("response_type", "code"),
            ("client_id", "sandboxclient"),
            ("redirect_uri", CALLBACK),
            ("state", "abc"),
        ];
        for (name, value) in more {
            params.retain(|(known, _)| known != name);
            params.push((name, value));
        }
        send(self.get("/oauth2.0/authorize", &params)).await
    }

    /// A code for somebody who agreed to everything.
    pub async fn code_of(&self, user: &str) -> String {
        self.authorize(&[("sandbox_user", user)]).await.code()
    }

    /// A token call with the right pair.
    pub async fn token(&self, params: &[(&str, &str)]) -> Answer {
        let mut form = vec![("client_id", "sandboxclient"), ("client_secret", "sandboxsecret")];
        form.extend(params);
        send(self.post("/oauth2.0/token", &form)).await
    }

    pub async fn exchange(&self, code: &str) -> Answer {
        self.token(&[("grant_type", "authorization_code"), ("code", code), ("state", "abc")]).await
    }

    /// Access and refresh token of somebody who agreed to everything.
    pub async fn tokens_of(&self, user: &str) -> (String, String) {
        let body = self.exchange(&self.code_of(user).await).await.json();
        (body["access_token"].as_str().unwrap().to_owned(), body["refresh_token"].as_str().unwrap().to_owned())
    }

    pub async fn me(&self, token: &str) -> Answer {
        send(self.get("/v1/nid/me", &[]).bearer_auth(token)).await
    }

    pub async fn fault(&self, on: &str, kind: &str) {
        self.control("/naver/control/faults", json!({"on": on, "kind": kind, "times": 1, "delay_ms": 300})).await;
    }

    pub async fn advance(&self, seconds: i64) {
        self.control("/clock", json!({"advance_s": seconds})).await;
    }

    /// Follows an address of a page.
    pub async fn open(&self, address: &str) -> Answer {
        send(self.client.get(format!("{}{address}", self.url))).await
    }

    /// Sends a form of a page.
    pub async fn submit(&self, address: &str, form: &[(&str, &str)]) -> Answer {
        send(self.client.post(format!("{}{address}", self.url)).form(form)).await
    }
}

pub async fn start() -> (Sandbox, App) {
    start_with(SandboxConfig::for_tests()).await
}

pub async fn start_with(config: SandboxConfig) -> (Sandbox, App) {
    let sandbox = Sandbox::start(config).await.unwrap();
    let app = App::at(sandbox.url());
    (sandbox, app)
}
