//! Filling page templates without letting anybody's data become markup.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

/// Text that is safe between tags and inside quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A JSON document that may stand inside a `<script>` element: no `</script>` can hide in it.
pub(crate) fn script_json(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// Replaces every `{{name}}` by its escaped value in one pass, so that a value cannot bring placeholders of its own.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut page = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        page.push_str(before);
        let Some((name, tail)) = after.split_once("}}") else {
            page.push_str("{{");
            rest = after;
            continue;
        };
        // A name with `raw:` before it is markup or JSON made by the sandbox itself.
        let (raw, wanted) = name.strip_prefix("raw:").map_or((false, name), |wanted| (true, wanted));
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == wanted) {
            page.push_str(&if raw { (*value).to_owned() } else { escape(value) });
        }
        rest = tail;
    }
    page.push_str(rest);
    page
}

/// An HTML answer that no cache keeps.
pub(crate) fn page(status: StatusCode, body: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(("cache-control", "no-store"))
        .insert_header(("x-content-type-options", "nosniff"))
        .body(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_can_bring_neither_markup_nor_placeholders() {
        let page = fill("<p>{{name}} {{raw:json}}</p>{{unknown}}", &[("name", "<b>{{json}}"), ("json", "{\"a\":1}")]);
        assert_eq!(page, "<p>&lt;b&gt;{{json}} {\"a\":1}</p>");
    }

    #[test]
    fn json_in_a_script_cannot_close_it() {
        assert!(!script_json(&serde_json::json!({"x": "</script>"})).contains("</script>"));
    }
}
