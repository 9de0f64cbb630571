//! The people who have a Naver account here: a few ready-made ones, and whoever logs in under a new id.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// A part of the profile that an application may ask for and a user may refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Item {
    Name,
    Email,
    Mobile,
    Nickname,
    ProfileImage,
    Gender,
    Age,
    Birthday,
    Birthyear,
}

impl Item {
    /// All of them, in the order of the consent page.
    pub(crate) const ALL: [Self; 9] = [
        Self::Name,
        Self::Email,
        Self::Mobile,
        Self::Nickname,
        Self::ProfileImage,
        Self::Gender,
        Self::Age,
        Self::Birthday,
        Self::Birthyear,
    ];

    /// The name on the wire.
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Mobile => "mobile",
            Self::Nickname => "nickname",
            Self::ProfileImage => "profile_image",
            Self::Gender => "gender",
            Self::Age => "age",
            Self::Birthday => "birthday",
            Self::Birthyear => "birthyear",
        }
    }

    /// The name on the consent page.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Name => "이름",
            Self::Email => "연락처 이메일 주소",
            Self::Mobile => "휴대전화번호",
            Self::Nickname => "별명",
            Self::ProfileImage => "프로필 사진",
            Self::Gender => "성별",
            Self::Age => "연령대",
            Self::Birthday => "생일",
            Self::Birthyear => "출생연도",
        }
    }

    /// Whether the application asks for it as necessary. Users can refuse it all the same.
    pub(crate) fn is_required(self) -> bool {
        matches!(self, Self::Name | Self::Email | Self::Mobile)
    }

    /// Reads a wire name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.wire() == name)
    }

    /// Everything, which is what most people agree to.
    pub(crate) fn everything() -> BTreeSet<Self> {
        Self::ALL.into_iter().collect()
    }
}

/// Somebody with a Naver account. What is `None` was never filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    /// What they type as their id.
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) nickname: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) mobile: Option<String>,
    pub(crate) gender: Option<String>,
    pub(crate) age: Option<String>,
    pub(crate) birthday: Option<String>,
    pub(crate) birthyear: Option<String>,
    pub(crate) profile_image: Option<String>,
}

impl Person {
    /// Somebody nobody has met: the id is the name, and the rest is made up.
    pub(crate) fn unknown(login: &str, mobile: String) -> Self {
        let email = if login.contains('@') { login.to_owned() } else { format!("{login}@naver.com") };
        Self {
            login: login.to_owned(),
            name: login.to_owned(),
            nickname: None,
            email: email.is_ascii().then_some(email),
            mobile: Some(mobile),
            gender: Some("U".to_owned()),
            age: Some("30-39".to_owned()),
            birthday: Some("01-01".to_owned()),
            birthyear: Some("1990".to_owned()),
            profile_image: None,
        }
    }

    fn known(login: &str, name: &str, nickname: &str, email: &str, rest: [&str; 5]) -> Self {
        let [mobile, gender, age, birthday, birthyear] = rest.map(|text| Some(text.to_owned()));
        Self {
            login: login.to_owned(),
            name: name.to_owned(),
            nickname: Some(nickname.to_owned()),
            email: Some(email.to_owned()),
            mobile,
            gender,
            age,
            birthday,
            birthyear,
            profile_image: Some("https://ssl.pstatic.net/static/pwe/address/img_profile.png".to_owned()),
        }
    }

    /// The people who are there from the start.
    pub(crate) fn ready_made() -> [Self; 4] {
        let bare = Self {
            nickname: None,
            email: None,
            mobile: None,
            gender: None,
            age: None,
            birthday: None,
            birthyear: None,
            profile_image: None,
            ..Self::unknown("park", String::new())
        };
        [
            Self::known("hong", "홍길동", "길동이", "hong@naver.com", ["010-1234-5678", "M", "40-49", "10-01", "1980"]),
            Self::known("kim", "김건강", "건강왕", "kim@naver.com", ["010-2345-6789", "F", "30-39", "05-05", "1992"]),
            // The contact e-mail of a Naver account may be anybody's.
            Self::known("lee", "이외부", "바깥", "lee@example.com", ["010-3456-7890", "F", "20-29", "12-25", "1999"]),
            Self { name: "박무명".to_owned(), ..bare },
        ]
    }

    /// What stands in the profile for an item: fields and values.
    pub(crate) fn fields(&self, item: Item) -> Vec<(&'static str, String)> {
        let value = match item {
            Item::Name => Some(self.name.clone()),
            Item::Email => self.email.clone(),
            Item::Mobile => self.mobile.clone(),
            // Who chose no nickname is shown by the beginning of the id.
            Item::Nickname => Some(self.nickname.clone().unwrap_or_else(|| masked(&self.login))),
            Item::ProfileImage => self.profile_image.clone(),
            Item::Gender => self.gender.clone(),
            Item::Age => self.age.clone(),
            Item::Birthday => self.birthday.clone(),
            Item::Birthyear => self.birthyear.clone(),
        };
        let abroad = self.mobile.as_ref().filter(|_| item == Item::Mobile).map(|mobile| {
            let digits: String = mobile.chars().filter(char::is_ascii_digit).collect();
            ("mobile_e164", format!("+82{}", digits.trim_start_matches('0')))
        });
        value.map(|value| (item.wire(), value)).into_iter().chain(abroad).collect()
    }

    /// The `id` that one application knows this person by; another application knows another one.
    pub(crate) fn id_for(&self, client_id: &str) -> String {
        fingerprint("id", client_id, &self.login)
    }

    /// The `sub` of identity tokens. Nobody has confirmed that it equals `id`, so here it does not.
    pub(crate) fn subject_for(&self, client_id: &str) -> String {
        fingerprint("sub", client_id, &self.login)
    }
}

fn masked(login: &str) -> String {
    let beginning: String = login.chars().take(2).collect();
    format!("{beginning}***")
}

fn fingerprint(what: &str, client_id: &str, login: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, format!("{what}\n{client_id}\n{login}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_found_by_its_wire_name() {
        for item in Item::ALL {
            assert_eq!(Item::parse(item.wire()), Some(item));
        }
    }

    #[test]
    fn a_mobile_number_comes_in_two_spellings() {
        let [hong, ..] = Person::ready_made();
        let fields = hong.fields(Item::Mobile);
        assert_eq!(fields, [("mobile", "010-1234-5678".to_owned()), ("mobile_e164", "+821012345678".to_owned())]);
    }

    #[test]
    fn two_applications_know_one_person_by_two_ids_that_are_no_subjects() {
        let [hong, ..] = Person::ready_made();
        assert_ne!(hong.id_for("one"), hong.id_for("two"));
        assert_ne!(hong.id_for("one"), hong.subject_for("one"));
        assert!(hong.id_for("one").len() <= 64);
    }
}
