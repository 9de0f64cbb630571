//! Puts values into templates: `{{name}}` becomes the value of that name.

/// What stands in for a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    /// Somebody's words. Pages get them escaped.
    Text(&'a str),
    /// Filled in already.
    Ready(&'a str),
}

/// A page: whatever is no template of ours is escaped, so that no value can become markup.
pub(super) fn html(template: &str, values: &[(&str, Piece<'_>)]) -> String {
    fill(template, values, escaped)
}

/// Plain text: values as they are.
pub(super) fn plain(template: &str, values: &[(&str, Piece<'_>)]) -> String {
    fill(template, values, str::to_owned)
}

/// One pass: a value that looks like a name stays as it is.
fn fill(template: &str, values: &[(&str, Piece<'_>)], write: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut parts = template.split("{{");
    filled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let found = part.split_once("}}").and_then(|(name, rest)| {
            let (_, piece) = values.iter().find(|(known, _)| *known == name)?;
            Some((*piece, rest))
        });
        match found {
            Some((Piece::Text(text), rest)) => filled.extend([write(text).as_str(), rest]),
            Some((Piece::Ready(ready), rest)) => filled.extend([ready, rest]),
            None => filled.extend(["{{", part]),
        }
    }
    filled
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_becomes_markup_on_a_page() {
        let values = [("name", Piece::Text("<b a=\"1\">'&'</b>")), ("part", Piece::Ready("<i></i>"))];
        assert_eq!(html("{{name}}{{part}}", &values), "&lt;b a=&quot;1&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;<i></i>");
        assert_eq!(plain("{{name}}!", &values), "<b a=\"1\">'&'</b>!");
    }

    #[test]
    fn a_value_that_looks_like_a_name_stays_as_it_is() {
        let values = [("a", Piece::Text("{{b}}")), ("b", Piece::Text("no"))];
        assert_eq!(plain("x {{a}} y {{c}} {{ z", &values), "x {{b}} y {{c}} {{ z");
    }
}
