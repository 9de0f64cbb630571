//! Ways to pay, under Toss's Korean names and the browser SDK's English ones, and the banks and cards behind them.

use serde::{Deserialize, Serialize};

/// A way to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Method {
    Card,
    EasyPay,
    Transfer,
    VirtualAccount,
    MobilePhone,
    CultureGift,
    BookGift,
    GameGift,
}

const METHODS: [(Method, &str, &str); 8] = [
    (Method::Card, "카드", "CARD"),
    (Method::EasyPay, "간편결제", "EASY_PAY"),
    (Method::Transfer, "계좌이체", "TRANSFER"),
    (Method::VirtualAccount, "가상계좌", "VIRTUAL_ACCOUNT"),
    (Method::MobilePhone, "휴대폰", "MOBILE_PHONE"),
    (Method::CultureGift, "문화상품권", "CULTURE_GIFT_CERTIFICATE"),
    (Method::BookGift, "도서문화상품권", "BOOK_GIFT_CERTIFICATE"),
    (Method::GameGift, "게임문화상품권", "GAME_GIFT_CERTIFICATE"),
];

/// Easy-pay providers, as the Payment names them and as the SDK does.
pub(crate) const PROVIDERS: [(&str, &str); 9] = [
    ("토스페이", "TOSSPAY"),
    ("카카오페이", "KAKAOPAY"),
    ("네이버페이", "NAVERPAY"),
    ("삼성페이", "SAMSUNGPAY"),
    ("애플페이", "APPLEPAY"),
    ("엘페이", "LPAY"),
    ("페이코", "PAYCO"),
    ("SSG페이", "SSG"),
    ("핀페이", "PINPAY"),
];

/// Card companies of the payment window: issuer code and name.
pub(crate) const ISSUERS: [(&str, &str); 9] = [
    ("61", "현대"),
    ("41", "신한"),
    ("51", "삼성"),
    ("11", "KB국민"),
    ("71", "롯데"),
    ("21", "하나"),
    ("91", "NH농협"),
    ("15", "카카오뱅크"),
    ("24", "토스뱅크"),
];

/// Banks by code.
pub(crate) const BANKS: [(&str, &str); 26] = [
    ("20", "우리"),
    ("88", "신한"),
    ("06", "국민"),
    ("81", "하나"),
    ("11", "NH농협"),
    ("03", "기업"),
    ("90", "카카오뱅크"),
    ("92", "토스뱅크"),
    ("89", "케이뱅크"),
    ("39", "경남"),
    ("34", "광주"),
    ("12", "지역농축협"),
    ("32", "부산"),
    ("45", "새마을"),
    ("64", "산림조합"),
    ("48", "신협"),
    ("27", "씨티"),
    ("71", "우체국"),
    ("50", "저축은행"),
    ("37", "전북"),
    ("35", "제주"),
    ("02", "산업"),
    ("07", "Sh수협"),
    ("31", "iM뱅크"),
    ("23", "SC제일"),
    ("54", "HSBC"),
];

impl Method {
    /// Reads either name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        METHODS.iter().find(|(_, korean, english)| *korean == name || *english == name).map(|(method, ..)| *method)
    }

    /// The name that a Payment carries.
    pub(crate) fn korean(self) -> &'static str {
        METHODS.iter().find(|(method, ..)| *method == self).map_or("카드", |(_, korean, _)| korean)
    }

    /// The least that this way accepts: banks want more than card companies.
    pub(crate) fn minimum_amount(self) -> i64 {
        match self {
            Self::Transfer | Self::VirtualAccount => 200,
            _ => 100,
        }
    }

    /// A telephone bill takes an entry back whole or not at all.
    pub(crate) fn refunds_in_parts(self) -> bool {
        self != Self::MobilePhone
    }
}

/// The Korean name of an easy-pay provider given under either name.
pub(crate) fn parse_provider(name: &str) -> Option<&'static str> {
    PROVIDERS.iter().find(|(korean, english)| *korean == name || *english == name).map(|(korean, _)| *korean)
}

/// The code of a bank given by code or by name, with or without `은행`.
pub(crate) fn parse_bank(name: &str) -> Option<&'static str> {
    let bare = name.strip_suffix("은행").unwrap_or(name);
    BANKS.iter().find(|(code, bank)| *code == name || *bank == name || *bank == bare).map(|(code, _)| *code)
}

/// How a buyer chose to pay in the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) method: Method,
    pub(crate) provider: Option<String>,
    /// The part of an easy payment that is taken from a card.
    pub(crate) card_amount: i64,
    pub(crate) issuer: String,
    pub(crate) bank: String,
}

impl Choice {
    /// A method with everyday details.
    pub(crate) fn of(method: Method) -> Self {
        let provider = (method == Method::EasyPay).then(|| "토스페이".to_owned());
        Self { method, provider, card_amount: 0, issuer: "61".to_owned(), bank: "20".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_providers_and_banks_are_known_under_both_names() {
        assert_eq!(Method::parse("카드"), Method::parse("CARD"));
        assert_eq!(Method::parse("가상계좌"), Some(Method::VirtualAccount));
        assert_eq!(Method::parse("BITCOIN"), None);
        assert_eq!(parse_provider("KAKAOPAY"), Some("카카오페이"));
        assert_eq!(parse_bank("우리은행"), Some("20"));
        assert_eq!(parse_bank("99"), None);
    }
}
