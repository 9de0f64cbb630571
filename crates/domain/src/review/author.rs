//! Who wrote a review, as readers see it.

use std::fmt;

/// A name of which strangers see the first and the last letter: `김*늘`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuthorName(String);

/// The stars of the longest name: how long it is tells nobody anything.
const MOST_STARS: usize = 6;

impl AuthorName {
    /// The name with its middle masked; of two letters the second is.
    pub fn masked(name: &str) -> Self {
        let letters: Vec<char> = name.trim().chars().collect();
        Self(match letters.as_slice() {
            [] | [_] => "*".to_owned(),
            [first, _] => format!("{first}*"),
            [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len().min(MOST_STARS))),
        })
    }

    /// Somebody who has closed his account.
    pub fn gone() -> Self {
        Self("탈퇴한 회원".to_owned())
    }
}

impl fmt::Display for AuthorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_see_the_ends_of_a_name_and_never_all_of_it() {
        for (name, seen) in [
            ("김하늘", "김*늘"),
            ("남궁민수", "남**수"),
            ("이산", "이*"),
            ("별", "*"),
            ("  ", "*"),
            ("Alexander Hamilton", "A******n"),
        ] {
            assert_eq!(AuthorName::masked(name).to_string(), seen, "{name}");
        }
    }
}
