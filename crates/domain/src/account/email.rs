//! E-mail addresses.

use std::fmt;

/// An e-mail address in the one spelling that the shop stores and compares: trimmed and lower case. ASCII only, at
/// most 254 characters (RFC 5321), so that no look-alike spelling finds somebody else's account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// The address.
    ///
    /// # Errors
    /// The broken rule, as a Korean sentence.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "올바른 이메일 주소를 입력해 주세요.";
        let text = text.trim().to_ascii_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or(RULE)?;
        let local_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let local_fits = (1..=64).contains(&local.len())
            && local.chars().all(local_char)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let label_fits = |label: &str| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let domain_fits = domain.contains('.') && domain.split('.').all(label_fits);
        if text.len() <= 254 && local_fits && domain_fits { Ok(Self(text)) } else { Err(RULE) }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_one_spelling() {
        assert_eq!(Email::parse(" Shopper@Energy-Factory.KR ").unwrap().as_str(), "shopper@energy-factory.kr");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@a.kr", "x".repeat(65));
        for text in
            ["", "a", "@a.kr", "a@", "a@kr", "a b@a.kr", "a@a..kr", ".a@a.kr", "a@-a.kr", "é@a.kr", "a\n@a.kr", &long]
        {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }
}
