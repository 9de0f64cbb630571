//! Telephone numbers.

/// A Korean telephone number as the sign-up form writes it: two or three digits, three or four, four; joined by
/// hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// The number.
    ///
    /// # Errors
    /// The broken rule, as a Korean sentence.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let mut parts = text.split('-');
        let digits = |part: Option<&str>, from: usize, to: usize| {
            part.is_some_and(|part| (from..=to).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let fits = text.starts_with('0')
            && digits(parts.next(), 2, 3)
            && digits(parts.next(), 3, 4)
            && digits(parts.next(), 4, 4)
            && parts.next().is_none();
        if fits { Ok(Self(text.to_owned())) } else { Err("전화번호는 010-1234-5678 형식이어야 합니다.") }
    }

    /// The number if it is a mobile one of today, which couriers can reach: `010-NNNN-NNNN`.
    ///
    /// # Errors
    /// The broken rule, as a Korean sentence.
    pub fn parse_mobile(text: &str) -> Result<Self, &'static str> {
        let phone = Self::parse(text)?;
        if phone.0.len() == 13 && phone.0.starts_with("010-") {
            Ok(phone)
        } else {
            Err("휴대폰 번호는 010-1234-5678 형식이어야 합니다.")
        }
    }

    /// The number as text, with its hyphens.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_groups_of_digits() {
        for text in ["010-1234-5678", "02-123-4567", "011-123-4567"] {
            assert!(Phone::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "01012345678",
            "010-1234-567",
            "010-1234-56789",
            "010-12345-678",
            "110-1234-5678",
            "010-1234-5678-1",
            "０10-1234-5678",
        ] {
            assert!(Phone::parse(text).is_err(), "{text}");
        }
        assert!(Phone::parse_mobile("010-1234-5678").is_ok());
        assert!(Phone::parse_mobile("02-123-4567").is_err());
    }
}
