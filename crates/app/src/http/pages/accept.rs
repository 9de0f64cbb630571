//! What a client takes.

use actix_web::http::header::{self, HeaderMap, HeaderName};

/// Whether whoever asks wants to see a page. A browser that goes to an address says so by name. A program that takes
/// whatever comes gets the page too; one that asks for JSON does not: it is in the wrong place and shall notice.
pub fn wants_a_page(headers: &HeaderMap) -> bool {
    let accepted = all(headers, &header::ACCEPT);
    let accepted = accepted.trim();
    accepted.is_empty() || accepted == "*/*" || weight(accepted, "text/html").is_some_and(|weight| weight > 0.0)
}

/// Whether whoever asks would take a page although he does not ask for one: anything but JSON alone. Libraries ask for
/// JSON first and take whatever comes.
pub fn takes_a_page(headers: &HeaderMap) -> bool {
    let accepted = all(headers, &header::ACCEPT);
    let mut kinds = accepted.split(',').map(|entry| entry.split(';').next().unwrap_or_default().trim());
    let is_json = |kind: &str| {
        let kind = kind.to_ascii_lowercase();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    };
    !kinds.all(is_json)
}

/// Whether the client can decode this.
pub fn takes_coding(headers: &HeaderMap, coding: &str) -> bool {
    let accepted = all(headers, &header::ACCEPT_ENCODING);
    weight(&accepted, coding).or_else(|| weight(&accepted, "*")).is_some_and(|weight| weight > 0.0)
}

fn all(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get_all(name).filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",")
}

/// How much it is wanted, if it is named: 1 unless the client says otherwise.
fn weight(accepted: &str, wanted: &str) -> Option<f32> {
    accepted.split(',').find_map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        parts.next().filter(|name| name.eq_ignore_ascii_case(wanted))?;
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some(weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn browsers_want_pages_and_programs_that_want_json_do_not() {
        assert!(wants_a_page(&HeaderMap::new()));
        for accept in ["*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "TEXT/HTML;q=0.1"] {
            assert!(wants_a_page(&with(header::ACCEPT, accept)), "{accept}");
        }
        for accept in ["application/json, text/plain, */*", "image/avif,image/webp,*/*;q=0.8", "text/html;q=0"] {
            assert!(!wants_a_page(&with(header::ACCEPT, accept)), "{accept}");
        }
    }

    #[test]
    fn only_who_takes_nothing_but_json_takes_no_page() {
        assert!(takes_a_page(&HeaderMap::new()));
        for accept in ["application/json, text/plain, */*", "image/avif,image/webp,*/*;q=0.8", "text/plain"] {
            assert!(takes_a_page(&with(header::ACCEPT, accept)), "{accept}");
        }
        for accept in ["application/json", "Application/JSON;q=0.9, application/problem+json"] {
            assert!(!takes_a_page(&with(header::ACCEPT, accept)), "{accept}");
        }
    }

    #[test]
    fn a_coding_is_taken_if_it_is_named_and_not_refused() {
        let takes = |accept, coding| takes_coding(&with(header::ACCEPT_ENCODING, accept), coding);
        assert!(takes("gzip, deflate, br;q=0.5", "br"));
        assert!(takes("*", "gzip"));
        assert!(!takes("gzip;q=0, *", "gzip"));
        assert!(!takes("deflate", "gzip"));
        assert!(!takes("gzip;q=rubbish", "gzip"));
        assert!(!takes_coding(&HeaderMap::new(), "gzip"));
    }
}
