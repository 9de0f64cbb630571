//! The page for newcomers: the running shop, to be looked at and bought from, with nothing to install.
//!
//! It is a front end like any other: it calls the public API, with the same cookies. Its files are part of the binary;
//! there is no build step, and nothing comes from elsewhere but the payment window of the sandbox. In development it is at
//! `/dev`, and at `/` too where no front end is served. In production there is none.
//!
//! To add a file: put it into `files/` and name it in [`FILES`].

use std::fmt;
use std::net::SocketAddr;

use actix_web::http::header::{self, ContentType, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

const HOME: &str = "/dev";
const PAGE: &str = include_str!("files/page.html");
/// Each with the kind of content it is.
const FILES: [(&str, &str, &str); 13] = [
    ("style.css", CSS, include_str!("files/style.css")),
    ("account.js", SCRIPT, include_str!("files/account.js")),
    ("api.js", SCRIPT, include_str!("files/api.js")),
    ("cart.js", SCRIPT, include_str!("files/cart.js")),
    ("dom.js", SCRIPT, include_str!("files/dom.js")),
    ("icon.svg", "image/svg+xml", include_str!("files/icon.svg")),
    ("main.js", SCRIPT, include_str!("files/main.js")),
    ("notices.js", SCRIPT, include_str!("files/notices.js")),
    ("orders.js", SCRIPT, include_str!("files/orders.js")),
    ("payment.js", SCRIPT, include_str!("files/payment.js")),
    ("product.js", SCRIPT, include_str!("files/product.js")),
    ("shelf.js", SCRIPT, include_str!("files/shelf.js")),
    ("tools.js", SCRIPT, include_str!("files/tools.js")),
];
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// What the page knows of this shop that the API does not tell.
#[derive(Clone)]
pub struct DevPage {
    /// Where a browser finds the sandbox.
    pub sandbox: Option<String>,
    /// The script that opens the payment window.
    pub payment_script: Option<String>,
    /// Whose payment window it is.
    pub client_key: String,
    /// The demo accounts, and whether the password opens them.
    pub accounts: Vec<(&'static str, bool)>,
    /// Their password, if nobody but the owner of this machine can ask for the page.
    pub password: Option<SecretString>,
}

impl fmt::Debug for DevPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevPage").field("sandbox", &self.sandbox).finish_non_exhaustive()
    }
}

impl DevPage {
    /// The demo password, for a server that only its own machine reaches: no proxy stands in front of it.
    pub fn password_at(listen: SocketAddr, proxies: usize, password: &SecretString) -> Option<SecretString> {
        (listen.ip().is_loopback() && proxies == 0).then(|| password.clone())
    }

    /// Whether the path is the page's. The address of the shop itself is, where no front end has it.
    pub fn is_at(&self, path: &str, at_home: bool) -> bool {
        let below = path.strip_prefix(HOME).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        below || (at_home && path == "/")
    }

    /// The page, or a part of it. `None` if there is no such part.
    pub fn answer(&self, request: &HttpRequest) -> Option<HttpResponse> {
        let path = request.match_info().as_str();
        if path == "/dev/about.json" {
            return Some(self.about(request.headers()));
        }
        let Some(name) = path.strip_prefix("/dev/files/") else { return Some(self.page()) };
        let (_, kind, text) = FILES.iter().find(|(known, ..)| *known == name)?;
        Some(HttpResponse::Ok().content_type(*kind).body(*text))
    }

    /// One page for all addresses: its script shows what the address names.
    fn page(&self) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer.content_type(ContentType::html()).insert_header((header::CONTENT_SECURITY_POLICY, self.policy()));
        answer.body(PAGE)
    }

    /// Nothing but this server and the sandbox. Pictures of goods may be anywhere.
    fn policy(&self) -> String {
        let sandbox = self.sandbox.as_deref().filter(|url| is_plain(url)).unwrap_or_default();
        format!(
            "default-src 'none'; script-src 'self' {sandbox}; style-src 'self'; img-src 'self' https:; \
             connect-src 'self' {sandbox}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    }

    fn about(&self, headers: &HeaderMap) -> HttpResponse {
        let password = self.password.as_ref().filter(|_| is_asked_at_home(headers));
        let accounts = self.accounts.iter().map(|(email, opens)| json!({"email": email, "opens": opens}));
        HttpResponse::Ok().json(json!({
            "sandbox": self.sandbox,
            "paymentScript": self.payment_script,
            "clientKey": self.client_key,
            "accounts": accounts.collect::<Vec<_>>(),
            "password": password.map(ExposeSecret::expose_secret),
        }))
    }
}

/// Something that cannot end the word it stands in.
fn is_plain(url: &str) -> bool {
    url.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.-[]_".contains(&byte))
}

/// What proxies and tunnels add to a request that they pass on. Many of them change its `Host` to that of this machine.
const SIGNS_OF_A_PROXY: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host"];

/// Whether the browser knows this server by a name of its own machine, and asked it without anybody between. A page of
/// somebody else's whose name leads here (by trickery with its DNS) is known by another name; a tunnel that lets others in
/// says that it passes something on.
fn is_asked_at_home(headers: &HeaderMap) -> bool {
    if SIGNS_OF_A_PROXY.iter().any(|name| headers.contains_key(*name)) {
        return false;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    ["localhost", "127.0.0.1", "[::1]"].contains(&name)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn page() -> DevPage {
        DevPage {
            sandbox: Some("http://127.0.0.1:9090".to_owned()),
            payment_script: None,
            client_key: "test_ck".to_owned(),
            accounts: vec![("shopper@energy-factory.kr", true)],
            password: None,
        }
    }

    #[test]
    fn the_page_is_below_its_address_and_at_the_shops_where_nobody_else_is() {
        for (path, at_home, expected) in [
            ("/dev", false, true),
            ("/dev/cart", false, true),
            ("/", true, true),
            ("/", false, false),
            ("/developers", true, false),
            ("/cart", true, false),
        ] {
            assert_eq!(page().is_at(path, at_home), expected, "{path}");
        }
    }

    #[test]
    fn every_file_that_the_page_and_its_scripts_name_is_there() {
        let mut named: Vec<&str> = PAGE.split("/dev/files/").skip(1).map(until_quote).collect();
        for (_, _, text) in FILES.iter().filter(|(_, kind, _)| *kind == SCRIPT) {
            named.extend(text.split("from \"./").skip(1).map(until_quote));
        }
        assert!(named.len() > 10, "{named:?}");
        for name in named {
            assert!(FILES.iter().any(|(known, ..)| *known == name), "{name}");
        }
    }

    fn until_quote(text: &str) -> &str {
        text.split('"').next().unwrap()
    }

    /// The policy of the page would stop it, and a name of a product could then become a script.
    #[test]
    fn no_script_writes_markup_and_no_markup_holds_scripts_or_styles() {
        for (name, kind, text) in FILES.iter().filter(|(_, kind, _)| *kind == SCRIPT) {
            for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]
            {
                assert!(!text.contains(forbidden), "{forbidden} in {name} ({kind})");
            }
        }
        for forbidden in ["style=", "<style", " onclick", " onload", "http://", "https://"] {
            assert!(!PAGE.contains(forbidden), "{forbidden}");
        }
        assert_eq!(PAGE.matches("<script").count(), PAGE.matches("<script type=\"module\" src=\"/dev/files/").count());
    }

    #[test]
    fn a_policy_names_the_sandbox_and_nothing_that_would_end_it() {
        assert!(page().policy().contains("script-src 'self' http://127.0.0.1:9090;"), "{}", page().policy());
        let odd = DevPage { sandbox: Some("http://x; script-src *".to_owned()), ..page() };
        assert!(odd.policy().contains("script-src 'self' ;"), "{}", odd.policy());
    }

    #[test]
    fn the_password_is_for_a_browser_on_this_machine() {
        for (host, expected) in [
            ("localhost:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("localhost", true),
            ("evil.example:8080", false),
            ("localhost.evil.example", false),
            ("192.168.0.7:8080", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            assert_eq!(is_asked_at_home(&headers), expected, "{host}");
        }
        let password = SecretString::from("Almonds");
        let at = |listen: &str, proxies| DevPage::password_at(listen.parse().unwrap(), proxies, &password);
        assert!(at("127.0.0.1:8080", 0).is_some());
        assert!(at("0.0.0.0:8080", 0).is_none() && at("127.0.0.1:8080", 1).is_none());
    }

    #[test]
    fn the_password_does_not_leave_through_a_tunnel() {
        for sign in ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("localhost:8080"));
            assert!(is_asked_at_home(&headers));
            headers.insert(sign.parse().unwrap(), HeaderValue::from_static("203.0.113.9"));
            assert!(!is_asked_at_home(&headers), "{sign}");
        }
    }
}
