//! What is wrong with the fields of a form, all at once.

use std::fmt;

/// One field that breaks one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field, as the caller spells it (`orderItems[2].price`).
    pub field: String,
    /// The rule it breaks, as a sentence in Korean for the person who filled the form in.
    pub rule: String,
}

/// Every broken field of a form. Collected, so that nobody has to submit a form five times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// No error yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that `field` breaks `rule`.
    pub fn add(&mut self, field: impl Into<String>, rule: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), rule: rule.into() });
    }

    /// Keeps the value of a field that parsed, or notes why it did not.
    pub fn keep<T, E: fmt::Display>(&mut self, field: impl Into<String>, parsed: Result<T, E>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(rule) => {
                self.add(field, rule.to_string());
                None
            }
        }
    }

    /// Whether every field was fine.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The broken fields, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for FieldError { field, rule } in &self.0 {
            write!(f, "{separator}{field}: {rule}")?;
            separator = "; ";
        }
        Ok(())
    }
}

/// Trimmed text of 1 to `max` characters without control characters.
///
/// # Errors
/// The broken rule, as a Korean sentence.
pub fn required_text(text: &str, max: usize) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("필수 입력 항목입니다.".to_owned());
    }
    if text.chars().count() > max {
        return Err(format!("{max}자를 넘을 수 없습니다."));
    }
    if text.chars().any(char::is_control) {
        return Err("사용할 수 없는 문자가 들어 있습니다.".to_owned());
    }
    Ok(text.to_owned())
}
