//! Reads single keys out of the merged sources and gathers everything that is wrong with them, so that a start-up
//! reports all of it at once.

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;

use config::{Value, ValueKind};
use secrecy::SecretString;

/// Something wrong with one key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The key, as files spell it (`http.listen`).
    pub key: String,
    /// What is wrong with it. Never repeats a secret.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, what } = self;
        if key.chars().any(char::is_uppercase) {
            return write!(f, "{key}: {what}"); // a variable of its own, no key of a file
        }
        write!(f, "{key} (EF__{}): {what}", key.to_uppercase().replace('.', "__"))
    }
}

/// The merged sources, what was asked of them, and what was wrong.
pub(super) struct Reader {
    values: config::Config,
    asked: BTreeSet<&'static str>,
    problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn new(values: config::Config) -> Self {
        Self { values, asked: BTreeSet::new(), problems: Vec::new() }
    }

    /// Notes that something is wrong with the key.
    pub(super) fn problem(&mut self, key: &str, what: impl Into<String>) {
        self.problems.push(Problem { key: key.to_owned(), what: what.into() });
    }

    /// The key's text; `None` where it is absent or empty.
    pub(super) fn optional_text(&mut self, key: &'static str) -> Option<String> {
        let text = self.value(key)?.into_string();
        if text.is_err() {
            self.problem(key, "must be text");
        }
        text.ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The key's text, which must be there.
    pub(super) fn text(&mut self, key: &'static str) -> String {
        self.optional_text(key).unwrap_or_else(|| {
            self.problem(key, "is missing");
            String::new()
        })
    }

    /// The key's text, out of logs' reach.
    pub(super) fn secret(&mut self, key: &'static str) -> Option<SecretString> {
        self.optional_text(key).map(SecretString::from)
    }

    /// A whole number within the range, which must be there.
    pub(super) fn number<T>(&mut self, key: &'static str, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + fmt::Display + Copy,
    {
        let (least, most) = (*range.start(), *range.end());
        self.parsed(key, &format!("a whole number from {least} to {most}"), |text| {
            text.parse().ok().filter(|number| range.contains(number))
        })
        .unwrap_or(least)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        self.parsed(key, "true or false", |text| text.to_ascii_lowercase().parse().ok()).unwrap_or_default()
    }

    /// An address to listen at.
    pub(super) fn address(&mut self, key: &'static str) -> SocketAddr {
        self.parsed(key, "an address such as 127.0.0.1:8080", |text| text.parse().ok())
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// What `parse` makes of the key's text, which must be there; `None` (and a problem) where it makes nothing of it.
    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let Some(text) = self.optional_text(key) else {
            self.problem(key, format!("is missing: it must be {wanted}"));
            return None;
        };
        let value = parse(&text);
        if value.is_none() {
            self.problem(key, format!("is {text:?}, but must be {wanted}"));
        }
        value
    }

    /// The entries of an array, or of a text that separates them by commas; `None` where the key is absent.
    pub(super) fn list(&mut self, key: &'static str) -> Option<Vec<String>> {
        let entries = match self.value(key)?.kind {
            ValueKind::Array(values) => values.into_iter().map(Value::into_string).collect(),
            other => Value::new(None, other).into_string().map(|text| text.split(',').map(str::to_owned).collect()),
        };
        let Ok(entries): Result<Vec<String>, _> = entries else {
            self.problem(key, "must be a list of texts");
            return None;
        };
        Some(entries.iter().map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect())
    }

    /// Everything that was wrong, including keys that nobody asked for.
    pub(super) fn finish(mut self, reserved: &[&str]) -> Vec<Problem> {
        let mut given = Vec::new();
        collect_keys("", &self.values.cache.clone(), &mut given);
        for (key, origin) in given {
            let known = self.asked.contains(key.as_str()) || reserved.contains(&key.as_str());
            if !known {
                self.problem(&key, format!("is not a key of this server; it comes from {origin}"));
            }
        }
        self.problems.sort();
        self.problems.dedup();
        self.problems
    }

    /// Whether the key was given anywhere.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.values.get::<Value>(key).is_ok()
    }

    fn value(&mut self, key: &'static str) -> Option<Value> {
        self.asked.insert(key);
        self.values.get(key).ok()
    }
}

/// Every key below the value that is no table itself, with where it comes from.
fn collect_keys(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match &value.kind {
        ValueKind::Table(entries) => {
            for (name, value) in entries {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect_keys(&path, value, found);
            }
        }
        _ => found.push((path.to_owned(), value.origin().unwrap_or("a configuration file").to_owned())),
    }
}
