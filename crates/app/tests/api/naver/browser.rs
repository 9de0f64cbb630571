//! A browser that follows no redirect by itself, and sends each cookie to its path only.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::COOKIE;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use serde_json::{Value, json};

use super::super::support::{Answer, PASSWORD, TestApp, sign_up_form};

/// Where the pages are.
pub const FRONT: &str = "http://localhost:5173";
pub const ENTRY: &str = "/api/oauth2/naver";
pub const DEPARTURE: &str = "/oauth2/authorization/naver";
pub const LINK: &str = "/api/auth/link/naver";
pub const PENDING: &str = "/api/auth/oauth-temp-info";
pub const JOIN: &str = "/api/auth/signup-with-oauth";

struct StoredCookie {
    name: String,
    path: String,
    value: String,
}

/// Somebody's browser.
pub struct Browser {
    client: Client,
    base: String,
    /// Where the sandbox is, if the shop has one.
    sandbox: Option<String>,
    jar: Mutex<Vec<StoredCookie>>,
}

impl Browser {
    pub fn of(app: &TestApp) -> Self {
        let client = Client::builder().timeout(Duration::from_secs(20)).redirect(Policy::none()).no_proxy();
        Self {
            client: client.build().unwrap(),
            base: app.base.clone(),
            sandbox: app.server.sandbox.as_ref().map(ef_sandbox::Sandbox::url),
            jar: Mutex::default(),
        }
    }

    /// The browser of somebody who has just signed up with a password.
    pub async fn of_member(app: &TestApp, number: u32) -> Self {
        let browser = Self::of(app);
        browser.post("/api/users/signup", sign_up_form(number)).await.expect(201);
        browser
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, None, headers).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string()), &[("content-type", "application/json")]).await
    }

    pub async fn delete(&self, path: &str, body: Value) -> Answer {
        self.send(Method::DELETE, path, Some(body.to_string()), &[("content-type", "application/json")]).await
    }

    /// Sends the form of the page that asks for the password.
    pub async fn proves(&self, password: &str) -> Answer {
        let body = format!("password={}", password.replace('!', "%21"));
        self.send(Method::POST, LINK, Some(body), &[("content-type", "application/x-www-form-urlencoded")]).await
    }

    /// Signs in with the password of that shopper.
    pub async fn logs_in(&self, number: u32) -> Answer {
        let email = format!("shopper{number}@example.com");
        self.post("/api/auth/login", json!({"email": email, "password": PASSWORD})).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<String>, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        let bare = path.split('?').next().unwrap().to_owned();
        let sent: Vec<String> = {
            let jar = self.jar.lock().unwrap();
            let fits = |cookie: &&StoredCookie| {
                bare == cookie.path || bare.starts_with(&format!("{}/", cookie.path.trim_end_matches('/')))
            };
            jar.iter().filter(fits).map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect()
        };
        if !sent.is_empty() {
            request = request.header(COOKIE, sent.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let answer = Answer { status, headers, text };
        for line in answer.set_cookie_lines() {
            self.store(&line);
        }
        answer
    }

    fn store(&self, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let path = attributes.split(';').find_map(|attribute| attribute.trim().strip_prefix("Path=")).unwrap();
        let mut jar = self.jar.lock().unwrap();
        jar.retain(|cookie| cookie.name != name || cookie.path != path);
        if !value.is_empty() {
            jar.push(StoredCookie { name: name.to_owned(), path: path.to_owned(), value: value.to_owned() });
        }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        let jar = self.jar.lock().unwrap();
        jar.iter().find(|cookie| cookie.name == name).map(|cookie| cookie.value.clone())
    }

    /// Loses a cookie.
    pub fn loses(&self, name: &str) {
        self.jar.lock().unwrap().retain(|cookie| cookie.name != name);
    }

    /// Keeps a cookie under another value.
    pub fn tampers(&self, name: &str, change: impl Fn(&str) -> String) {
        for cookie in self.jar.lock().unwrap().iter_mut().filter(|cookie| cookie.name == name) {
            cookie.value = change(&cookie.value);
        }
    }

    /// Goes from that path of ours to Naver; the address there.
    pub async fn departs(&self, from: &str) -> String {
        let mut path = from.to_owned();
        loop {
            let answer = self.get(&path).await;
            assert!([302, 303].contains(&answer.status), "{path}: {} {}", answer.status, answer.text);
            let to = answer.header("location").unwrap().to_owned();
            if to.starts_with("http") {
                return to;
            }
            path = to;
        }
    }

    /// What somebody of that name does at Naver; the path that it sends him back to.
    pub async fn at_naver(&self, address: &str, wishes: &str) -> String {
        assert!(address.starts_with(&format!("{}/naver/", self.sandbox.as_ref().unwrap())), "{address}");
        let answer = self.client.get(format!("{address}&{wishes}")).send().await.unwrap();
        assert_eq!(answer.status(), 302, "{address}");
        let back = answer.headers()["location"].to_str().unwrap().to_owned();
        back.strip_prefix(&self.base).unwrap_or_else(|| panic!("{back}")).to_owned()
    }

    /// The whole way to Naver and back; where the browser is sent then.
    pub async fn goes(&self, from: &str, wishes: &str) -> String {
        let address = self.departs(from).await;
        let back = self.at_naver(&address, wishes).await;
        self.arrives(&back).await
    }

    /// Comes back from Naver; where the browser is sent, which is always a page.
    pub async fn arrives(&self, back: &str) -> String {
        page(&self.get(back).await)
    }

    /// A newcomer's form, with what Naver told.
    pub async fn joins(&self, change: Value) -> Answer {
        let mut form = json!({
            "email": "hong@naver.com", "name": "홍길동", "phoneNumber": "010-1234-5678",
            "birthDate": "1980-10-01", "address": "서울시 중구 세종대로 110",
        });
        form.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        self.post(JOIN, form).await
    }

    /// Who is signed in here.
    pub async fn me(&self) -> Value {
        self.get("/api/users/me").await.expect(200)
    }

    /// Pulls a lever of the sandbox.
    pub async fn pull(&self, lever: &str, body: Value) -> Value {
        let answer = self
            .client
            .post(format!("{}{lever}", self.sandbox.as_ref().unwrap()))
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let text = answer.text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{lever}: {text}"))
    }
}

/// The page of the front end that an answer sends the browser to.
#[track_caller]
pub fn page(answer: &Answer) -> String {
    assert_eq!(answer.status, 302, "{}", answer.text);
    let to = answer.header("location").unwrap();
    to.strip_prefix(FRONT).unwrap_or_else(|| panic!("sent to {to}")).to_owned()
}

/// The parameters of an address.
pub fn params(address: &str) -> HashMap<String, String> {
    let url = Url::parse("http://shop.invalid").unwrap().join(address).unwrap();
    url.query_pairs().into_owned().collect()
}
