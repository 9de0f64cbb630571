//! How the shop's letters read: Korean, once as plain text and once as HTML.
//!
//! | File | Part |
//! | --- | --- |
//! | `fill.rs` | puts values into templates, and escapes them |
//! | `words.rs` | moments, spans and amounts as people say them |
//! | `order.rs` | letters about orders, which share their parts |
//! | `../../templates` | the templates: a frame, a text and a page for each letter, and one of each for all about orders |
//!
//! To add a letter: its two templates, its row in [`Letters::render`], its line in the tests.

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("../../templates/", $name))
    };
}

mod fill;
mod order;
mod words;

use ef_domain::account::IdentityProvider;
use ef_domain::notice::Letter;
use ef_domain::shared::Timestamp;

use fill::{Piece, html, plain};

/// A letter, ready to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The subject.
    pub subject: String,
    /// For readers who want text only.
    pub text: String,
    /// For everybody else.
    pub html: String,
}

/// Writes letters.
#[derive(Clone, Debug)]
pub struct Letters {
    shop_url: String,
}

/// A letter before its values are filled in.
#[derive(Default)]
struct Draft {
    /// What it is about; the subject says the shop's name before it.
    title: &'static str,
    /// Which one, for the subject: mail programs put letters of one subject into one thread.
    about: Option<String>,
    /// What mail programs show beside the subject.
    preview: &'static str,
    text: &'static str,
    html: &'static str,
    values: Vec<(&'static str, String)>,
    /// What is filled in already.
    parts: Vec<(&'static str, Part)>,
}

/// A part of a letter, ready to be put into it.
#[derive(Default)]
struct Part {
    text: String,
    html: String,
}

impl Part {
    /// All of them, each on lines of its own.
    fn joined(parts: impl Iterator<Item = Self>) -> Self {
        let (text, html): (Vec<_>, Vec<_>) = parts.map(|part| (part.text, part.html)).unzip();
        Self { text: text.join("\n"), html: html.join("\n") }
    }
}

impl Letters {
    /// Letters of the shop whose pages are there.
    pub fn new(shop_url: impl Into<String>) -> Self {
        Self { shop_url: shop_url.into() }
    }

    /// The letter as its reader sees it.
    pub fn render(&self, letter: &Letter) -> Rendered {
        let draft = draft(letter, &self.shop_url);
        let values = |ready: fn(&Part) -> &str| -> Vec<_> {
            let texts = draft.values.iter().map(|(name, value)| (*name, Piece::Text(value)));
            texts.chain(draft.parts.iter().map(move |(name, part)| (*name, Piece::Ready(ready(part))))).collect()
        };
        let frame = |content| {
            [
                ("title", Piece::Text(draft.title)),
                ("preview", Piece::Text(draft.preview)),
                ("shop", Piece::Text(&self.shop_url)),
                ("content", content),
            ]
        };
        let text = plain(draft.text.trim_end(), &values(|part| &part.text));
        let page = html(draft.html.trim_end(), &values(|part| &part.html));
        let about = draft.about.as_ref().map(|about| format!(" ({about})")).unwrap_or_default();
        Rendered {
            subject: format!("[에너지팩토리] {}{about}", draft.title),
            text: plain(template!("frame.txt"), &frame(Piece::Ready(&text))),
            html: html(template!("frame.html"), &frame(Piece::Ready(&page))),
        }
    }
}

fn draft(letter: &Letter, shop_url: &str) -> Draft {
    let at = |at: &Timestamp| ("at", words::korean_time(*at));
    match letter {
        Letter::ResetCode { code, valid_for } => Draft {
            title: "비밀번호 재설정 인증번호",
            preview: "인증번호를 화면에 입력하면 새 비밀번호를 정하실 수 있습니다.",
            text: template!("reset_code.txt"),
            html: template!("reset_code.html"),
            values: vec![("code", code.expose().to_owned()), ("valid", words::span(*valid_for))],
            ..Draft::default()
        },
        Letter::PasswordChanged { at: moment } => Draft {
            title: "비밀번호가 변경되었습니다",
            preview: "본인이 변경하지 않으셨다면 바로 확인해 주세요.",
            text: template!("password_changed.txt"),
            html: template!("password_changed.html"),
            values: vec![at(moment)],
            ..Draft::default()
        },
        Letter::PasswordReset { at: moment } => Draft {
            title: "비밀번호가 재설정되었습니다",
            preview: "본인이 재설정하지 않으셨다면 바로 확인해 주세요.",
            text: template!("password_reset.txt"),
            html: template!("password_reset.html"),
            values: vec![at(moment)],
            ..Draft::default()
        },
        Letter::IdentityLinked { provider, at: moment } => Draft {
            title: "간편 로그인이 연결되었습니다",
            preview: "본인이 연결하지 않으셨다면 바로 확인해 주세요.",
            text: template!("identity_linked.txt"),
            html: template!("identity_linked.html"),
            values: vec![("provider", provider_name(*provider).to_owned()), at(moment)],
            ..Draft::default()
        },
        Letter::IdentityUnlinked { provider, at: moment } => Draft {
            title: "간편 로그인 연결이 해제되었습니다",
            preview: "본인이 해제하지 않으셨다면 바로 확인해 주세요.",
            text: template!("identity_unlinked.txt"),
            html: template!("identity_unlinked.html"),
            values: vec![("provider", provider_name(*provider).to_owned()), at(moment)],
            ..Draft::default()
        },
        Letter::AccountClosed { at: moment } => Draft {
            title: "회원 탈퇴가 완료되었습니다",
            preview: "그동안 에너지팩토리와 함께해 주셔서 고맙습니다.",
            text: template!("account_closed.txt"),
            html: template!("account_closed.html"),
            values: vec![at(moment)],
            ..Draft::default()
        },
        Letter::SecondFactorEnrolled { at: moment } => Draft {
            title: "2단계 인증이 설정되었습니다",
            preview: "본인이 설정하지 않으셨다면 바로 확인해 주세요.",
            text: template!("second_factor_enrolled.txt"),
            html: template!("second_factor_enrolled.html"),
            values: vec![at(moment)],
            ..Draft::default()
        },
        Letter::SecondFactorRemoved { at: moment } => Draft {
            title: "2단계 인증이 해제되었습니다",
            preview: "본인이 해제하지 않으셨다면 바로 확인해 주세요.",
            text: template!("second_factor_removed.txt"),
            html: template!("second_factor_removed.html"),
            values: vec![at(moment)],
            ..Draft::default()
        },
        Letter::Order(letter) => order::draft(letter, shop_url),
    }
}

/// The provider as its own log-in button says it.
const fn provider_name(provider: IdentityProvider) -> &'static str {
    match provider {
        IdentityProvider::Local => "이메일",
        IdentityProvider::Naver => "네이버",
    }
}

#[cfg(test)]
mod tests;
