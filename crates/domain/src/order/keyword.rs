//! What somebody at the desk types to find an order.

/// A text to find orders by: part of a number, of a name, of an address, of a telephone number, of what was bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderKeyword {
    text: String,
    digits: Option<String>,
}

impl OrderKeyword {
    /// The most digits of an order's number.
    const NUMBER_DIGITS: usize = 16;
    /// The most digits of a telephone number.
    const PHONE_DIGITS: usize = 11;

    /// The keyword; `None` for blanks.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_number = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ' '));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let digits = (is_number && !digits.is_empty()).then_some(digits);
        (!text.is_empty()).then(|| Self { text: text.to_owned(), digits })
    }

    /// As it was typed, to be looked for in names; nothing where it can only be an order's number.
    pub fn text(&self) -> Option<&str> {
        self.phone_or_text().then_some(self.text.as_str())
    }

    /// Its digits, where it may be a part of a telephone number.
    pub fn phone_digits(&self) -> Option<&str> {
        self.digits.as_deref().filter(|_| self.phone_or_text())
    }

    /// The numbers that begin with its digits, as ranges of first and last: what an index of numbers can find.
    pub fn number_ranges(&self) -> Vec<(i64, i64)> {
        let Some(first) = self.digits.as_deref().and_then(|digits| digits.parse::<i64>().ok()) else {
            return Vec::new();
        };
        let is_prefix = self.digits.as_deref().is_some_and(|digits| !digits.starts_with('0'));
        let length = self.digits.as_deref().map_or(0, str::len);
        if !is_prefix || length > Self::NUMBER_DIGITS {
            return Vec::new();
        }
        let mut ranges = vec![(first, first)];
        for _ in length..Self::NUMBER_DIGITS {
            let next = ranges.last().and_then(|(low, high)| Some((low.checked_mul(10)?, high.checked_mul(10)? + 9)));
            ranges.extend(next);
        }
        ranges
    }

    fn phone_or_text(&self) -> bool {
        self.digits.as_deref().is_none_or(|digits| digits.len() <= Self::PHONE_DIGITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyword(text: &str) -> OrderKeyword {
        OrderKeyword::parse(text).unwrap()
    }

    #[test]
    fn a_whole_number_is_one_number_and_nothing_else() {
        let found = keyword("1762500000123456");
        assert_eq!(found.number_ranges(), [(1_762_500_000_123_456, 1_762_500_000_123_456)]);
        assert_eq!((found.text(), found.phone_digits()), (None, None));
    }

    #[test]
    fn the_beginning_of_a_number_is_all_numbers_that_begin_so() {
        assert_eq!(
            keyword("17625000001234").number_ranges(),
            [
                (17_625_000_001_234, 17_625_000_001_234),
                (176_250_000_012_340, 176_250_000_012_349),
                (1_762_500_000_123_400, 1_762_500_000_123_499)
            ]
        );
        assert_eq!(keyword("1").number_ranges().len(), 16);
    }

    #[test]
    fn telephone_numbers_are_told_with_and_without_hyphens() {
        for text in ["010-1234-5678", "01012345678", " 010 1234 5678 "] {
            assert_eq!(keyword(text).phone_digits(), Some("01012345678"), "{text}");
            assert!(keyword(text).number_ranges().is_empty(), "{text}");
        }
        assert_eq!(keyword("5678").phone_digits(), Some("5678"));
    }

    #[test]
    fn names_are_no_numbers() {
        for text in ["김하늘", "호두 200g", "shopper1@example.com", "-", "%"] {
            let found = keyword(text);
            assert_eq!((found.text(), found.phone_digits()), (Some(text), None));
            assert!(found.number_ranges().is_empty());
        }
        assert_eq!(OrderKeyword::parse("  "), None);
        assert!(keyword("99999999999999999999999").number_ranges().is_empty());
    }
}
