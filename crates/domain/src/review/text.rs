//! The words of a review.

use thiserror::Error;

/// What somebody wrote besides his rating: 1 to 1,000 characters, of several lines if he likes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewText(String);

/// The text breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReviewTextError {
    /// It is too long.
    #[error("1000자를 넘을 수 없습니다.")]
    TooLong,
    /// There is something in it that nobody can read.
    #[error("사용할 수 없는 문자가 들어 있습니다.")]
    Unreadable,
}

impl ReviewText {
    /// The most characters.
    pub const MOST: usize = 1_000;

    /// The text without blanks around it and with one kind of line end; `None` where nothing is left.
    ///
    /// # Errors
    /// [`ReviewTextError`] names the rule that it breaks.
    pub fn parse(text: &str) -> Result<Option<Self>, ReviewTextError> {
        let text = text.trim().replace("\r\n", "\n");
        if text.chars().count() > Self::MOST {
            return Err(ReviewTextError::TooLong);
        }
        if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
            return Err(ReviewTextError::Unreadable);
        }
        Ok(Some(Self(text)).filter(|text| !text.0.is_empty()))
    }

    /// A text that was parsed before it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_and_blanks_around_them_go() {
        let text = ReviewText::parse(" 고소해요.\r\n또 살게요!\n").unwrap().unwrap();
        assert_eq!(text.as_str(), "고소해요.\n또 살게요!");
        assert_eq!(ReviewText::parse(" \n ").unwrap(), None);
    }

    #[test]
    fn a_thousand_characters_are_enough_for_anybody() {
        assert!(ReviewText::parse(&"맛".repeat(1_000)).is_ok());
        assert_eq!(ReviewText::parse(&"맛".repeat(1_001)), Err(ReviewTextError::TooLong));
        for text in ["a\0b", "a\u{7}b", "a\rb"] {
            assert_eq!(ReviewText::parse(text), Err(ReviewTextError::Unreadable), "{text:?}");
        }
    }
}
