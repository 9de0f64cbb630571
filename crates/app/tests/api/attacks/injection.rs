//! Text that wants to be something else: a header, a line, a statement, a path, a page.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::reset::mails;
use super::super::support::{TestApp, sign_up_form};

const SEND: &str = "/api/auth/password-reset/send-code";

/// Sends bytes that no well-behaved client would; all that comes back.
async fn raw(app: &TestApp, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.server.address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    tokio::time::timeout(std::time::Duration::from_secs(15), reading).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_second_recipient_in_an_address() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for email in [
        "victim@example.com\r\nBcc: evil@evil.example",
        "victim@example.com\nBcc: evil@evil.example",
        "victim@example.com\rBcc: evil@evil.example",
        "victim@example.com,evil@evil.example",
        "victim@example.com;evil@evil.example",
        "victim@example.com evil@evil.example",
        "victim@example.com>\r\nRCPT TO:<evil@evil.example",
        "<victim@example.com>",
        "Victim <victim@example.com>",
        "\"victim@example.com\"@evil.example",
        "victim@example.com%0d%0aBcc:evil@evil.example",
        "victim@example.com\u{0}@evil.example",
        "victim@example.com\u{2028}Bcc: evil@evil.example",
        "victim@[127.0.0.1]",
        "victіm@example.com",
    ] {
        visitor.post(SEND, json!({ "email": email })).await.refused(400, "40400001");
        let mut form = sign_up_form(1);
        form["email"] = json!(email);
        visitor.post("/api/users/signup", form).await.refused(400, "40400001");
    }
}

/// Whatever a shopper calls himself, the letters that he gets have the headers that the shop gives them.
#[tokio::test]
async fn a_mail_header_in_a_name() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let names = [
        "김하늘\r\nBcc: evil@evil.example\r\n\r\n<h1>",
        "=?utf-8?q?=0d=0aBcc:_evil=40evil.example?=",
        "\u{202e}김하늘\" <evil@evil.example>",
    ];
    for (number, name) in (1..).zip(names) {
        let mut form = sign_up_form(number);
        form["name"] = json!(name);
        let email = form["email"].as_str().unwrap().to_owned();
        let answer = visitor.post("/api/users/signup", form).await;
        if answer.status == 400 {
            continue;
        }
        answer.expect(201);
        visitor.post(SEND, json!({ "email": email })).await.expect(200);
        let mail = mails(&app, &email, 1).await.remove(0);
        assert_eq!(mail["to"], json!([email]), "{mail}");
        let sandbox = app.server.sandbox.as_ref().unwrap().url();
        let url = format!("{sandbox}/mail/messages/{}/raw", mail["id"].as_str().unwrap());
        let raw = String::from_utf8(app.client.get(url).send().await.unwrap().bytes().await.unwrap().to_vec()).unwrap();
        let head = raw.split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
        assert!(!head.contains("evil") && !head.contains("bcc"), "{head}");
    }
}

/// A browser's name is shown to its owner: as data, cleaned of what would break a line.
#[tokio::test]
async fn a_line_break_or_a_page_in_a_user_agent() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let body = json!({"email": "shopper1@example.com", "password": super::super::support::PASSWORD}).to_string();
    for agent in ["Evil\rSet-Cookie: a=b", "Evil\0", "Evil\r\n Set-Cookie: a=b", "Evil\u{b}", "Evil\u{7f}"] {
        let request = format!(
            "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let answer = raw(&app, request.as_bytes()).await;
        assert!(!answer.contains("a=b"), "{agent:?}: {answer}");
        let status = answer.split(' ').nth(1).unwrap_or("closed");
        assert!(["200", "400", "closed"].contains(&status), "{agent:?}: {answer}");
    }
    let page = "<script>alert(1)</script>\"'; DROP TABLE user; --";
    let shopper = app.visitor();
    let sent = shopper.send(Method::POST, "/api/auth/login", Some(body.into_bytes()), &[("User-Agent", page)]).await;
    sent.expect(200);
    let sessions = shopper.get("/api/users/me/sessions").await;
    assert_eq!(sessions.header("content-type"), Some("application/json"));
    let devices = sessions.expect(200);
    assert!(devices.to_string().contains("DROP TABLE"), "{devices}");
    assert!(!sessions.text.contains('\u{b}') && !sessions.text.contains("\\u000d"), "{}", sessions.text);
}

#[tokio::test]
async fn a_header_in_a_requests_number() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let long = "a".repeat(5000);
    for id in
        ["%0d%0aSet-Cookie: a=b", "x\tSet-Cookie: a=b", "x; Set-Cookie: a=b", "<script>", "\"}{\"", long.as_str(), ""]
    {
        let answer = visitor.send(Method::GET, "/healthz", None, &[("X-Request-Id", id)]).await;
        assert_eq!(answer.header("x-request-id").map(str::len), Some(36), "{id}");
        assert!(answer.set_cookie_lines().is_empty(), "{id}");
    }
}

/// Of two lengths one would be the front's and one the back's.
#[tokio::test]
async fn a_request_inside_a_request() {
    let app = TestApp::start().await;
    let hidden = "GET /api/users/me HTTP/1.1\r\nHost: x\r\n\r\n";
    for lengths in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Content-Length: 0\r\nContent-Length: 44",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Content-Length: +4",
        "Content-Length: 4 4",
    ] {
        let request = format!("POST /api/auth/logout HTTP/1.1\r\nHost: x\r\n{lengths}\r\n\r\n0\r\n\r\n{hidden}");
        let answer = raw(&app, request.as_bytes()).await;
        assert!(!answer.contains("40000001"), "{lengths} let the second request through: {answer}");
    }
}

#[tokio::test]
async fn a_statement_in_a_text() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    for text in [
        "' OR '1'='1",
        "'; DROP TABLE user; --",
        "\" OR 1=1 --",
        "1) UNION SELECT password FROM user --",
        "%' OR '%'='",
        "\\' OR 1=1 --",
    ] {
        let log_in = json!({"email": text, "password": text});
        shopper.post("/api/auth/login", log_in).await.refused(401, "40100000");
        let log_in = json!({"email": "shopper1@example.com", "password": text});
        shopper.post("/api/auth/login", log_in).await.refused(401, "40100000");
        let verify = json!({"email": "shopper1@example.com", "code": text});
        shopper.post("/api/auth/password-reset/verify-code", verify).await.refused(400, "40400001");
        let reset = json!({"resetToken": text, "newPassword": "Rainy-Night-2025@"});
        shopper.post("/api/auth/password-reset", reset).await.refused(400, "40700003");
        let query: String = url_encoded(text);
        let found = shopper.get(&format!("/api/products/search?q={query}")).await.expect(200);
        assert_eq!(found["products"], json!([]), "{text}");
        let filtered = shopper.get(&format!("/api/orders?status={query}&sort={query}")).await;
        assert!(filtered.status < 500, "{text}: {}", filtered.text);
        let category = shopper.get(&format!("/api/products/categories/{query}")).await;
        assert!(category.status < 500 && !category.text.contains("argon2"), "{text}: {}", category.text);
    }
    assert_eq!(shopper.get("/api/users/me").await.expect(200)["role"], "USER");
}

#[tokio::test]
async fn a_path_out_of_the_pictures() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for name in
        ["..%2f..%2fkeys%2faccess", "%2e%2e/%2e%2e/keys/access", "..\\..\\keys\\access", "almond.svg%00", "/etc/passwd"]
    {
        let answer = visitor.get(&format!("/images/products/{name}.svg")).await;
        assert!([400, 404].contains(&answer.status), "{name}: {}", answer.status);
    }
}

/// What a shopper wrote comes back as data.
#[tokio::test]
async fn a_page_in_a_name() {
    let app = TestApp::start().await;
    let shopper = app.visitor();
    let mut form = sign_up_form(1);
    let name = "</script><img src=x onerror=alert(1)>";
    form["name"] = json!(name);
    shopper.post("/api/users/signup", form).await.expect(201);
    let me = shopper.get("/api/users/me").await;
    assert_eq!(me.expect(200)["name"], Value::from(name));
    assert_eq!(me.header("content-type"), Some("application/json"));
    assert_eq!(me.header("x-content-type-options"), Some("nosniff"));
}

fn url_encoded(text: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    bytes.concat()
}
