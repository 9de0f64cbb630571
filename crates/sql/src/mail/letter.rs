//! A letter as its row keeps it, under the seal: its name and a JSON object.

use std::time::Duration;

use ef_domain::account::IdentityProvider;
use ef_domain::notice::{Letter, OneTimeCode};
use ef_domain::shared::Timestamp;
use serde_json::{Value, json};

use super::order_letter;

/// What the letter says besides its name.
pub(crate) fn to_json(letter: &Letter) -> Value {
    match letter {
        Letter::ResetCode { code, valid_for } => {
            json!({ "code": code.expose(), "validForSeconds": valid_for.as_secs() })
        }
        Letter::PasswordChanged { at }
        | Letter::PasswordReset { at }
        | Letter::SecondFactorEnrolled { at }
        | Letter::SecondFactorRemoved { at }
        | Letter::AccountClosed { at } => json!({ "at": at.millis() }),
        Letter::IdentityLinked { provider, at } | Letter::IdentityUnlinked { provider, at } => {
            json!({ "provider": provider.name(), "at": at.millis() })
        }
        Letter::Order(letter) => order_letter::to_json(letter),
    }
}

/// The letter of that name and content, if it is one.
pub(crate) fn from_json(kind: &str, content: &Value) -> Option<Letter> {
    let at = || Timestamp::from_millis(content.get("at")?.as_i64()?);
    let provider = || IdentityProvider::parse(content.get("provider")?.as_str()?);
    match kind {
        "RESET_CODE" => Some(Letter::ResetCode {
            code: OneTimeCode::parse(content.get("code")?.as_str()?)?,
            valid_for: Duration::from_secs(content.get("validForSeconds")?.as_u64()?),
        }),
        "PASSWORD_CHANGED" => Some(Letter::PasswordChanged { at: at()? }),
        "PASSWORD_RESET" => Some(Letter::PasswordReset { at: at()? }),
        "IDENTITY_LINKED" => Some(Letter::IdentityLinked { provider: provider()?, at: at()? }),
        "IDENTITY_UNLINKED" => Some(Letter::IdentityUnlinked { provider: provider()?, at: at()? }),
        "SECOND_FACTOR_ENROLLED" => Some(Letter::SecondFactorEnrolled { at: at()? }),
        "SECOND_FACTOR_REMOVED" => Some(Letter::SecondFactorRemoved { at: at()? }),
        "ACCOUNT_CLOSED" => Some(Letter::AccountClosed { at: at()? }),
        _ => order_letter::from_json(kind, content).map(|letter| Letter::Order(Box::new(letter))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_reads_back_as_it_was_written() {
        let at = Timestamp::from_millis(1_790_000_000_000).expect("within the calendar");
        let code = OneTimeCode::parse("012345").expect("six digits");
        let provider = IdentityProvider::Naver;
        let letters = [
            Letter::ResetCode { code, valid_for: Duration::from_mins(5) },
            Letter::PasswordChanged { at },
            Letter::PasswordReset { at },
            Letter::IdentityLinked { provider, at },
            Letter::IdentityUnlinked { provider, at },
            Letter::SecondFactorEnrolled { at },
            Letter::SecondFactorRemoved { at },
            Letter::AccountClosed { at },
        ];
        for letter in letters {
            let content = to_json(&letter);
            let read = from_json(letter.kind(), &content).expect("a letter");
            assert_eq!((read.kind(), to_json(&read)), (letter.kind(), content));
        }
        assert!(from_json("LOVE_LETTER", &json!({})).is_none());
    }
}
