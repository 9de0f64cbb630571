//! Addresses that lead a shopper from the shop to somebody else's page.

use reqwest::{Method, Url};

use super::super::support::{Answer, TestApp};

const PAGE: &str = "http://localhost:5173";
/// Every route that sends browsers on.
const ROUTES: [&str; 5] =
    ["/api/oauth2/naver", "/oauth2/authorization/naver", "/login/oauth2/code/naver", "/api/auth/link/naver", "/fail"];
/// What such routes are asked with elsewhere.
const PARAMETERS: [&str; 14] = [
    "redirect_uri",
    "redirect",
    "redirectUrl",
    "next",
    "return",
    "return_to",
    "returnUrl",
    "url",
    "continue",
    "target",
    "callback",
    "origin",
    "frontend",
    "RelayState",
];
const ELSEWHERE: [&str; 8] = [
    "https://evil.example",
    "//evil.example",
    "/%5Cevil.example",
    "https:evil.example",
    "%0d%0aLocation:%20https://evil.example",
    "javascript:alert(document.domain)//evil.example",
    "http://localhost:5173@evil.example",
    "http://localhost:5173.evil.example",
];

/// Where the browser ends up, seen from the shop.
fn destination(app: &TestApp, answer: &Answer) -> Option<Url> {
    let lines: Vec<_> = answer.headers.get_all("location").iter().collect();
    assert!(lines.len() <= 1, "{lines:?}");
    let location = answer.header("location")?;
    Some(Url::parse(&app.base).unwrap().join(location).unwrap())
}

fn is_ours(app: &TestApp, url: &Url) -> bool {
    let sandbox = app.server.sandbox.as_ref().unwrap().url();
    let origin = url.origin().ascii_serialization();
    [PAGE, app.base.as_str(), sandbox.as_str()].contains(&origin.as_str())
}

#[tokio::test]
async fn a_parameter_that_says_where_to_go_on() {
    let app = TestApp::start().await;
    let (visitor, member) = (app.visitor(), app.shopper(1).await);
    for route in ROUTES {
        for elsewhere in ELSEWHERE {
            let query: Vec<String> = PARAMETERS.iter().map(|name| format!("{name}={elsewhere}")).collect();
            for person in [&visitor, &member] {
                let answer = person.get(&format!("{route}?{}", query.join("&"))).await;
                let url = destination(&app, &answer).unwrap_or_else(|| panic!("{route}: {}", answer.text));
                assert!(is_ours(&app, &url), "{route} with {elsewhere} leads to {url}");
                // The page for failed payments gets the query that the payment window made; it goes no further.
                assert!(route == "/fail" || !url.as_str().contains("evil"), "{route}: {url}");
            }
        }
    }
}

#[tokio::test]
async fn a_path_that_is_somebody_elses_host() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for path in
        ["//evil.example/fail", "//evil.example/api/oauth2/naver", "/fail//evil.example", "/\\evil.example/fail"]
    {
        let answer = visitor.get(path).await;
        assert!(destination(&app, &answer).is_none_or(|url| is_ours(&app, &url)), "{path}");
    }
}

/// In production the shop knows its own address.
#[tokio::test]
async fn a_host_header_that_names_another_host() {
    let app = TestApp::start_with(&[("EF__HTTP__PUBLIC_URL", "https://shop.example")]).await;
    let visitor = app.visitor();
    for headers in [
        &[("Host", "evil.example")][..],
        &[("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"), ("X-Original-Host", "evil.example")],
        &[
            ("Forwarded", "host=evil.example;proto=https"),
            ("X-Host", "evil.example"),
            ("X-Rewrite-URL", "//evil.example"),
        ],
    ] {
        for route in ROUTES {
            let answer = visitor.send(Method::GET, route, None, headers).await;
            let location = answer.header("location").unwrap_or_default().to_owned();
            assert!(!location.contains("evil"), "{route} {headers:?}: {location}");
        }
        let departure = visitor.send(Method::GET, "/oauth2/authorization/naver", None, headers).await;
        let url = destination(&app, &departure).unwrap();
        let callback = url.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
        assert_eq!(callback, "https://shop.example/login/oauth2/code/naver");
        let listed = visitor.send(Method::GET, "/api/products?size=1", None, headers).await;
        assert!(!listed.text.contains("evil"), "{}", listed.text);
    }
}

/// On a developer's machine the Host is believed where it is one; what is none breaks out of nothing.
#[tokio::test]
async fn a_host_header_that_is_no_host() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for host in ["evil.example/\"><script>", "evil.example/?", "a b", "user@evil.example", "evil.example#"] {
        let answer = visitor.send(Method::GET, "/oauth2/authorization/naver", None, &[("Host", host)]).await;
        let location = answer.header("location").unwrap_or_default();
        assert!(!location.contains("evil"), "{host}: {location}");
        let answer = visitor.send(Method::GET, "/api/products?size=1", None, &[("Host", host)]).await;
        assert!(!answer.text.contains("evil"), "{host}: {}", answer.text);
    }
}
