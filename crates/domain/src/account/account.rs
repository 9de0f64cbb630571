//! An account.

use chrono::{Datelike, NaiveDate};

use crate::shared::{Role, Timestamp, UserId};

use super::{Email, HashedPassword, Phone};

/// How somebody proves who he is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentityProvider {
    /// E-mail and password.
    Local,
    /// Naver.
    Naver,
}

impl IdentityProvider {
    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "LOCAL",
            Self::Naver => "NAVER",
        }
    }

    /// The provider of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Local, Self::Naver].into_iter().find(|provider| provider.name() == name)
    }
}

/// A date of birth: a real day between 1900 and today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BirthDate(NaiveDate);

impl BirthDate {
    /// The date in `YYYY-MM-DD`.
    ///
    /// # Errors
    /// The broken rule, as a Korean sentence.
    pub fn parse(text: &str, today: Timestamp) -> Result<Self, &'static str> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "존재하지 않는 날짜입니다.")?;
        if date.year() < 1900 || date > today.to_utc().date_naive() {
            return Err("생년월일이 올바르지 않습니다.");
        }
        Ok(Self(date))
    }

    /// A date as the store kept it.
    pub fn stored(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The date.
    pub fn get(self) -> NaiveDate {
        self.0
    }
}

/// An account as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub id: UserId,
    /// Where it gets mail.
    pub email: Email,
    /// Its owner's name.
    pub name: String,
    /// Telephone.
    pub phone: Option<Phone>,
    /// Date of birth.
    pub birth_date: Option<BirthDate>,
    /// Address in one line.
    pub address: Option<String>,
    /// The partner whose log-in opens it; [`IdentityProvider::Local`] if none does.
    pub provider: IdentityProvider,
    /// Whether its password opens it: a partner's log-in needs none.
    pub has_password: bool,
    /// What it may do.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
}

/// An account that is not stored yet.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Where it gets mail; unique.
    pub email: Email,
    /// The hash of its password; an account that a partner's log-in opens needs none.
    pub password: Option<HashedPassword>,
    /// Its owner's name.
    pub name: String,
    /// Telephone; unique.
    pub phone: Option<Phone>,
    /// Date of birth.
    pub birth_date: Option<BirthDate>,
    /// Address in one line.
    pub address: Option<String>,
    /// What it may do.
    pub role: Role,
    /// Now.
    pub created_at: Timestamp,
}
