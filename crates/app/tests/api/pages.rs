//! A built front end, served by the shop itself, and the page for newcomers.

use std::fs;
use std::path::Path;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::TestApp;

const INDEX: &str = "<!doctype html><title>shop</title>";
const SCRIPT: &str = "/assets/index-B7Kq_x2f.js";
const A_BROWSER_GOES: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const SECRET: &str = "nobody shall read this";

/// A build as Vite leaves it, with something beside it and things in it that are nobody's business.
fn build() -> TempDir {
    let folder = TempDir::new().unwrap();
    let dist = folder.path().join("dist");
    fs::create_dir_all(dist.join("assets")).unwrap();
    fs::create_dir_all(dist.join(".git")).unwrap();
    fs::write(folder.path().join("secret.txt"), SECRET).unwrap();
    for (name, text) in [
        ("index.html", INDEX.to_owned()),
        ("site.webmanifest", "{}".to_owned()),
        ("favicon.ico", "icon".to_owned()),
        ("robots.txt", "User-agent: *".to_owned()),
        (".env", SECRET.to_owned()),
        (".git/config", SECRET.to_owned()),
        ("assets/index-B7Kq_x2f.js", "export const almonds = 'roasted';\n".repeat(200)),
        ("assets/style-Ab3dEf9h.css", "body { margin: 0 }\n".repeat(200)),
        ("assets/logo.svg", "<svg/>".to_owned()),
        ("assets/app-abcdef12.js", "1".to_owned()),
        ("assets/app-ABCDEF12.js", "1".to_owned()),
        ("assets/vendor-a1b2c3d4.js", "1".to_owned()),
        ("assets/font-Qx7Yz1Ab.woff2", "w".repeat(4000)),
        ("assets/vendor-Cd5eFg7H.js", "plain".repeat(500)),
        ("assets/vendor-Cd5eFg7H.js.br", "packed by brotli".to_owned()),
        ("assets/vendor-Cd5eFg7H.js.gz", "packed by gzip".to_owned()),
    ] {
        fs::write(dist.join(name), text).unwrap();
    }
    folder
}

async fn shop_with(folder: &Path) -> TestApp {
    TestApp::start_with(&[("EF__WEB__ROOT", folder.join("dist").to_str().unwrap())]).await
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

async fn asks(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Got {
    let pairs = headers
        .iter()
        .map(|(name, value)| (HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap()));
    let request = app.client.request(method, format!("{}{path}", app.base)).headers(pairs.collect());
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    Got { status, headers, body: answer.bytes().await.unwrap().to_vec() }
}

async fn gets(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Got {
    asks(app, Method::GET, path, headers).await
}

#[tokio::test]
async fn every_page_of_the_front_end_is_its_one_page() {
    let folder = build();
    let app = shop_with(folder.path()).await;
    for path in [
        "/",
        "/landing",
        "/products",
        "/products/3",
        "/cart",
        "/login",
        "/forgot-password",
        "/verify-code",
        "/reset-password",
        "/reset-password-success",
        "/signup",
        "/signup/connect",
        "/mypage",
        "/nutrition",
        "/diet-coach",
        "/order-history",
        "/order-complete?paymentKey=a&orderId=1&amount=2",
        "/order-success",
        "/order-fail",
        "/cms/products",
        "/cms/products/create",
        "/cms/products/3/edit",
        "/test",
        "/test/animation",
        "/somewhere/else/",
        "/login?error",
    ] {
        let axios = "application/json, text/plain, */*";
        let known = !path.starts_with("/somewhere");
        for accept in [A_BROWSER_GOES, "*/*"].into_iter().chain(known.then_some(axios)) {
            let page = gets(&app, path, &[("accept", accept)]).await;
            assert_eq!((page.status.as_u16(), page.body.as_slice()), (200, INDEX.as_bytes()), "{path}");
            assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
            assert_eq!(page.header("cache-control"), Some("no-cache"), "{path}");
        }
    }
    let page = gets(&app, "/", &[]).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        !policy.contains("script-src") && !policy.contains("default-src"),
        "it would stop the payment script: {policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));

    let head = asks(&app, Method::HEAD, "/products", &[("accept", A_BROWSER_GOES)]).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(head.header("content-length"), Some(INDEX.len().to_string().as_str()));
}

#[tokio::test]
async fn what_is_the_servers_own_or_a_missing_file_is_never_the_page() {
    let folder = build();
    let app = shop_with(folder.path()).await;
    for path in [
        "/api/auth/nowhere",
        "/api/products/nowhere/at/all",
        "/oauth2/nowhere",
        "/login/oauth2/nowhere",
        "/images/nowhere.svg",
        "/images/nowhere",
        "/healthz/nowhere",
        "/metrics",
        "/dev/files/nowhere.js",
        "/assets/x.js",
        "/assets/x",
        "/assets/",
        "/sitemap.xml",
        "/apple-touch-icon.png",
        "/.well-known/security.txt",
    ] {
        let answer = app.visitor().send(Method::GET, path, None, &[("accept", A_BROWSER_GOES)]).await;
        assert_eq!(answer.status, 404, "{path}");
        answer.is_in_the_envelope();
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
    }
    // Whoever wants JSON took a wrong turn, and whoever changes something did so all the more.
    let wants_json = [("accept", "application/json, text/plain, */*")];
    assert_eq!(gets(&app, "/v1/products", &wants_json).await.status, 404);
    assert_eq!(gets(&app, "/products", &[("accept", "application/json")]).await.status, 404);
    assert_eq!(asks(&app, Method::POST, "/products", &[]).await.status, 404);
    assert_eq!(gets(&app, "/api/cart", &[("accept", A_BROWSER_GOES)]).await.status, 401);
    // The API and its pictures are where they were.
    assert_eq!(gets(&app, "/api/products", &[]).await.status, 200);
    assert_eq!(gets(&app, "/images/products/almond.svg", &[]).await.header("content-type"), Some("image/svg+xml"));
    assert_eq!(
        gets(&app, "/healthz", &[("accept", A_BROWSER_GOES)]).await.header("content-type"),
        Some("application/json")
    );
}

#[tokio::test]
async fn every_file_says_what_it_is_and_how_long_it_keeps() {
    let folder = build();
    let app = shop_with(folder.path()).await;
    let (for_ever, ask_again) = ("public, max-age=31536000, immutable", "no-cache");
    for (path, kind, keeps) in [
        (SCRIPT, "text/javascript", for_ever),
        ("/assets/style-Ab3dEf9h.css", "text/css; charset=utf-8", for_ever),
        ("/assets/font-Qx7Yz1Ab.woff2", "font/woff2", for_ever),
        ("/assets/app-abcdef12.js", "text/javascript", for_ever),
        ("/assets/app-ABCDEF12.js", "text/javascript", for_ever),
        ("/assets/vendor-a1b2c3d4.js", "text/javascript", for_ever),
        ("/assets/logo.svg", "image/svg+xml", ask_again),
        ("/site.webmanifest", "application/manifest+json", ask_again),
        ("/favicon.ico", "image/x-icon", ask_again),
        ("/robots.txt", "text/plain; charset=utf-8", ask_again),
        ("/index.html", "text/html; charset=utf-8", ask_again),
    ] {
        let file = gets(&app, path, &[]).await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some(kind)), "{path}");
        assert_eq!(file.header("cache-control"), Some(keeps), "{path}");
        assert_eq!(file.header("content-disposition"), None, "{path}");
        let tag = file.header("etag").unwrap().to_owned();
        let again = gets(&app, path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("cache-control"), Some(keeps), "{path}");
        let since = file.header("last-modified").unwrap().to_owned();
        assert_eq!(gets(&app, path, &[("if-modified-since", &since)]).await.status, 304, "{path}");
    }
    // A new build under the same name is another page at once.
    let tag = gets(&app, "/", &[]).await.header("etag").unwrap().to_owned();
    fs::write(folder.path().join("dist/index.html"), "<!doctype html><title>new</title>").unwrap();
    let page = gets(&app, "/", &[("if-none-match", &tag)]).await;
    assert_eq!((page.status.as_u16(), page.body.ends_with(b"<title>new</title>")), (200, true));
}

#[tokio::test]
async fn texts_travel_packed_and_what_is_packed_already_does_not() {
    let folder = build();
    let app = shop_with(folder.path()).await;
    let browser = [("accept-encoding", "gzip, deflate, br, zstd")];
    let plain = gets(&app, SCRIPT, &[]).await;
    assert_eq!((plain.header("content-encoding"), plain.header("accept-ranges")), (None, Some("bytes")));
    assert!(plain.headers.get_all("vary").iter().any(|value| value == "Accept-Encoding"), "{:?}", plain.headers);

    // On the way, where the build did not: other bytes than the file's, so the tag is weak and there are no ranges.
    let packed = gets(&app, SCRIPT, &browser).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(
        packed.body.starts_with(&[0x1f, 0x8b]) && packed.body.len() * 4 < plain.body.len(),
        "{}",
        packed.body.len()
    );
    assert_eq!(packed.header("etag").unwrap(), format!("W/{}", plain.header("etag").unwrap()));
    assert_eq!(packed.header("accept-ranges"), None);
    let varies = |value: &&HeaderValue| value.to_str().unwrap().eq_ignore_ascii_case("accept-encoding");
    for answer in [&plain, &packed] {
        assert_eq!(answer.headers.get_all("vary").iter().filter(varies).count(), 1, "{:?}", answer.headers);
    }
    let tag = packed.header("etag").unwrap().to_owned();
    assert_eq!(gets(&app, SCRIPT, &[browser[0], ("if-none-match", &tag)]).await.status, 304);

    // What the build packed, in the best way that the client knows.
    for (accepts, coding, body) in [
        ("gzip, deflate, br", Some("br"), "packed by brotli"),
        ("gzip", Some("gzip"), "packed by gzip"),
        ("br;q=0, gzip", Some("gzip"), "packed by gzip"),
    ] {
        let vendor = gets(&app, "/assets/vendor-Cd5eFg7H.js", &[("accept-encoding", accepts)]).await;
        assert_eq!((vendor.header("content-encoding"), vendor.body.as_slice()), (coding, body.as_bytes()), "{accepts}");
        assert_eq!(vendor.header("content-type"), Some("text/javascript"), "{accepts}");
    }
    assert!(
        gets(&app, "/assets/vendor-Cd5eFg7H.js", &[("accept-encoding", "identity")]).await.body.starts_with(b"plain")
    );

    for path in
        ["/assets/font-Qx7Yz1Ab.woff2", "/index.html", "/images/products/almond.svg", "/api/products", "/healthz"]
    {
        assert_eq!(gets(&app, path, &browser).await.header("content-encoding"), None, "{path}");
    }
}

#[tokio::test]
async fn a_part_of_a_file_is_a_part_of_the_plain_one() {
    let folder = build();
    let app = shop_with(folder.path()).await;
    for path in [SCRIPT, "/assets/vendor-Cd5eFg7H.js"] {
        let whole = gets(&app, path, &[]).await.body;
        let part = gets(&app, path, &[("range", "bytes=5-9"), ("accept-encoding", "gzip, br")]).await;
        assert_eq!((part.status.as_u16(), part.body.as_slice()), (206, &whole[5..10]), "{path}");
        assert_eq!(part.header("content-encoding"), None, "{path}");
        let range = format!("bytes 5-9/{}", whole.len());
        assert_eq!(part.header("content-range"), Some(range.as_str()), "{path}");
    }
    assert_eq!(gets(&app, SCRIPT, &[("range", "bytes=999999-")]).await.status, 416);
}

/// A path as no well-behaved client would send it.
async fn sends(app: &TestApp, path: &str) -> String {
    let mut stream = TcpStream::connect(app.server.address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn nothing_outside_the_folder_or_hidden_in_it_can_be_read() {
    let folder = build();
    let dist = folder.path().join("dist");
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), dist.join("escape.txt")).unwrap();
    std::os::unix::fs::symlink(folder.path(), dist.join("assets/up")).unwrap();
    std::os::unix::fs::symlink(dist.join(".env"), dist.join("visible.txt")).unwrap();
    std::os::unix::fs::symlink(dist.join("robots.txt"), dist.join("inside.txt")).unwrap();
    fs::write(dist.join("packed.js"), "plain").unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), dist.join("packed.js.gz")).unwrap();
    let app = shop_with(folder.path()).await;
    for path in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/%252e%252e/secret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/.env%00.js",
        "/index.html%00",
        "/robots.txt%00.html",
        "/escape.txt",
        "/assets/up/secret.txt",
        "/visible.txt",
        "//secret.txt",
        "/assets//../secret.txt",
        "/robots.txt/",
        "/assets",
        "/...//secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/%00",
        "/assets/%0d%0aset-cookie:a=b",
    ] {
        let answer = sends(&app, path).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(["404", "400"].contains(&status), "{path}: {answer}");
        assert!(!answer.contains(SECRET) && !answer.to_lowercase().contains("\r\nset-cookie:"), "{path}: {answer}");
    }
    assert!(sends(&app, "/inside.txt").await.ends_with("User-agent: *"), "a link that stays inside is fine");
    let packed = gets(&app, "/packed.js", &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.body, b"plain");
}

#[tokio::test]
async fn browsers_are_sent_to_pages_where_they_are() {
    let folder = build();
    let app = shop_with(folder.path()).await;
    let failed = app.visitor().get("/fail?code=PAY_PROCESS_CANCELED&message=%EC%B7%A8%EC%86%8C").await;
    let page = "/order-fail?code=PAY_PROCESS_CANCELED&message=%EC%B7%A8%EC%86%8C";
    assert_eq!((failed.status, failed.header("location")), (302, Some(page)));
    // `localhost` and `127.0.0.1` have different cookies: whoever came by one must not be sent to the other.
    let back = app.visitor().get("/login/oauth2/code/naver?error=access_denied").await;
    assert_eq!((back.status, back.header("location")), (302, Some("/login?error")));
    let link = app.visitor().get("/api/auth/link/naver").await;
    assert_eq!((link.status, link.header("location")), (302, Some("/login?error=not_authenticated")));
}

#[tokio::test]
async fn without_a_front_end_the_page_for_newcomers_is_at_home() {
    let app = TestApp::start().await;
    for path in ["/", "/dev", "/dev/", "/dev/products/3", "/dev/cart"] {
        let page = gets(&app, path, &[]).await;
        assert_eq!(
            (page.status.as_u16(), page.header("content-type")),
            (200, Some("text/html; charset=utf-8")),
            "{path}"
        );
        let policy = page.header("content-security-policy").unwrap();
        let sandbox = app.server.sandbox.as_ref().unwrap().public_url();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' http://"), "{policy}");
        assert!(policy.contains(sandbox.trim_end_matches('/')) && !policy.contains("unsafe"), "{policy}");
    }
    for (path, kind) in [
        ("/dev/files/main.js", "text/javascript; charset=utf-8"),
        ("/dev/files/style.css", "text/css; charset=utf-8"),
        ("/dev/files/icon.svg", "image/svg+xml"),
    ] {
        let file = gets(&app, path, &[]).await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some(kind)), "{path}");
    }
    for path in ["/products", "/index.html", "/dev/files/nowhere.js", "/developers"] {
        assert_eq!(gets(&app, path, &[("accept", A_BROWSER_GOES)]).await.status, 404, "{path}");
    }
    assert_eq!(asks(&app, Method::POST, "/dev", &[]).await.status, 404);
}

#[tokio::test]
async fn a_front_end_takes_the_home_and_leaves_the_newcomers_their_page() {
    let folder = build();
    fs::create_dir_all(folder.path().join("dist/dev")).unwrap();
    fs::write(folder.path().join("dist/dev/about.json"), "{}").unwrap();
    let app = shop_with(folder.path()).await;
    assert_eq!(gets(&app, "/", &[]).await.body, INDEX.as_bytes());
    assert!(gets(&app, "/dev", &[]).await.body.starts_with(b"<!doctype html>\n<html lang=\"ko\">"));
    assert!(gets(&app, "/dev/about.json", &[]).await.body.len() > 2);
}

#[tokio::test]
async fn the_demo_password_is_told_to_a_browser_on_this_machine_only() {
    let app = TestApp::start_with(&[("EF__DEMO__PASSWORD", "Almonds-4-all!")]).await;
    let about = app.visitor().get("/dev/about.json").await.json();
    assert_eq!(about["password"], "Almonds-4-all!");
    assert_eq!(about["accounts"][0]["email"], "shopper@energy-factory.kr");
    assert!(about["paymentScript"].as_str().unwrap().ends_with("/toss/v2/standard"), "{about}");
    let port = app.server.address.port();
    for host in ["evil.example".to_owned(), format!("evil.example:{port}"), format!("localhost.evil.example:{port}")] {
        let about = app.visitor().send(Method::GET, "/dev/about.json", None, &[("host", &host)]).await.json();
        assert!(about["password"].is_null(), "{host}: {about}");
    }
}
