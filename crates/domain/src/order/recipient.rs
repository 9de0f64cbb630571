//! Who gets the parcel, and where.

use crate::account::Phone;

/// A Korean postal code: five digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostalCode(String);

impl PostalCode {
    /// The code.
    ///
    /// # Errors
    /// The broken rule, as a Korean sentence.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("우편번호는 숫자 5자리여야 합니다.")
        }
    }

    /// The five digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who gets the parcel, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// 1 to 100 characters.
    pub name: String,
    /// Where the courier calls.
    pub phone: Phone,
    /// Postal code.
    pub postal_code: PostalCode,
    /// Street and number; 1 to 500 characters.
    pub address_line1: String,
    /// Floor, door; up to 500 characters.
    pub address_line2: Option<String>,
}
