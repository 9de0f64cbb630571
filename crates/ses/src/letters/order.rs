//! Letters about orders. All of them are made of the same parts: a sentence, facts, a word of advice, what was bought.

use ef_domain::notice::{LetterLine, OrderLetter, OrderNews};
use ef_domain::payment::PaymentMethod;

use super::fill::{Piece, html, plain};
use super::words::{korean_time, one_line, won};
use super::{Draft, Part};

/// Where the front end shows a shopper's orders.
const ORDERS: &str = "/order-history";

/// What is different from letter to letter.
struct Words {
    title: &'static str,
    preview: &'static str,
    intro: &'static str,
    facts: Vec<(&'static str, String)>,
    /// A heading and a sentence.
    note: Option<(&'static str, String)>,
    total_label: &'static str,
}

/// The letter before its values are filled in.
pub(super) fn draft(letter: &OrderLetter, shop_url: &str) -> Draft {
    let words = words(letter);
    let facts = std::iter::once(("주문번호", letter.number.to_string())).chain(words.facts);
    Draft {
        title: words.title,
        about: Some(format!("주문번호 {}", letter.number)),
        preview: words.preview,
        text: template!("order.txt"),
        html: template!("order.html"),
        values: vec![
            ("intro", words.intro.to_owned()),
            ("total_label", words.total_label.to_owned()),
            ("total", won(letter.total)),
            ("orders", format!("{}{ORDERS}", shop_url.trim_end_matches('/'))),
        ],
        parts: vec![
            ("facts", Part::joined(facts.map(|(label, value)| fact(label, &one_line(&value))))),
            ("lines", lines(letter)),
            ("note", words.note.map_or_else(Part::default, |(heading, note)| advice(heading, &note))),
        ],
    }
}

fn words(letter: &OrderLetter) -> Words {
    match &letter.news {
        OrderNews::Confirmed { paid_at, method } => Words {
            title: "주문이 확정되었습니다",
            preview: "결제가 완료되어 상품을 준비하고 있습니다.",
            intro: "주문해 주셔서 고맙습니다. 결제가 완료되어 상품을 준비하고 있습니다. 상품을 보내면 다시 알려 드리겠습니다.",
            facts: [
                vec![
                    ("결제일시", format!("{} (한국 시각)", korean_time(*paid_at))),
                    ("결제수단", method_name(*method)),
                ],
                address(letter),
            ]
            .concat(),
            note: None,
            total_label: "결제 금액",
        },
        OrderNews::DepositDue { .. } => deposit_due(letter),
        OrderNews::DepositMissed => Words {
            title: "입금 기한이 지나 주문이 취소되었습니다",
            preview: "가상계좌가 닫혔으니 입금하지 말아 주세요.",
            intro: "기한 안에 입금이 확인되지 않아 주문이 취소되었습니다.",
            facts: vec![("주문일시", format!("{} (한국 시각)", korean_time(letter.placed_at)))],
            note: Some((
                "이제 입금하지 말아 주세요",
                "안내해 드린 가상계좌는 닫혔습니다. 상품이 필요하시면 다시 주문해 주세요.".to_owned(),
            )),
            total_label: "주문 금액",
        },
        OrderNews::CalledOff => Words {
            title: "판매자 사정으로 주문이 취소되었습니다",
            preview: "결제된 금액은 없습니다.",
            intro: "불편을 드려 죄송합니다. 판매자 사정으로 결제 전에 주문이 취소되었습니다. 결제된 금액은 없습니다.",
            facts: vec![("주문일시", format!("{} (한국 시각)", korean_time(letter.placed_at)))],
            note: None,
            total_label: "주문 금액",
        },
        OrderNews::Refunded { method } => Words {
            title: "환불이 완료되었습니다",
            preview: "주문이 취소되고 결제하신 금액을 돌려 드렸습니다.",
            intro: "주문이 취소되고 결제하신 금액을 모두 돌려 드렸습니다.",
            facts: vec![("환불 금액", won(letter.total)), ("환불수단", method_name(*method))],
            note: Some(("언제 받나요?", arrival(*method).to_owned())),
            total_label: "환불 금액",
        },
        OrderNews::Shipped => Words {
            title: "상품이 발송되었습니다",
            preview: "주문하신 상품이 배송을 시작했습니다.",
            intro: "주문하신 상품이 배송을 시작했습니다. 곧 받아 보실 수 있습니다.",
            facts: address(letter),
            note: None,
            total_label: "결제 금액",
        },
    }
}

fn deposit_due(letter: &OrderLetter) -> Words {
    let mut facts = vec![];
    if let OrderNews::DepositDue { due_at, account } = &letter.news {
        facts.push(("입금 기한", format!("{}까지 (한국 시각)", korean_time(*due_at))));
        facts.push(("입금 금액", won(letter.total)));
        // Bank and number in one line: it can be copied, and no line is a number alone.
        facts.push(match account {
            Some(account) => ("입금 계좌", format!("{} {}", account.bank_name(), account.number)),
            None => ("입금 계좌", "주문 내역에서 확인해 주세요".to_owned()),
        });
        let holder = account.iter().map(|account| &account.holder).filter(|holder| !holder.is_empty());
        // With a word behind it, like every name.
        facts.extend(holder.map(|holder| ("예금주", format!("{holder} 님"))));
    }
    Words {
        title: "입금을 기다리고 있습니다",
        preview: "기한 안에 입금하시면 주문이 확정됩니다.",
        intro: "주문해 주셔서 고맙습니다. 아래 가상계좌로 입금하시면 주문이 확정됩니다.",
        facts,
        note: Some((
            "금액과 기한을 확인해 주세요",
            "기한이 지나면 주문이 자동으로 취소됩니다. 입금 금액이 다르면 입금되지 않습니다.".to_owned(),
        )),
        total_label: "입금 금액",
    }
}

fn address(letter: &OrderLetter) -> Vec<(&'static str, String)> {
    let to = &letter.address;
    vec![("받는 분", format!("{} 님", to.name)), ("배송지", format!("({}) {}", to.postal_code, to.address))]
}

fn method_name(method: PaymentMethod) -> String {
    match method {
        PaymentMethod::CreditCard => "카드",
        PaymentMethod::DebitCard => "체크카드",
        PaymentMethod::BankTransfer => "계좌이체",
        PaymentMethod::VirtualAccount => "가상계좌",
        PaymentMethod::Mobile => "휴대폰",
        PaymentMethod::KakaoPay => "카카오페이",
        PaymentMethod::NaverPay => "네이버페이",
        PaymentMethod::TossPay => "토스페이",
        PaymentMethod::Payco => "페이코",
    }
    .to_owned()
}

/// When refunded money is where it came from. What banks and card companies promise, not what we would like.
const fn arrival(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::CreditCard => {
            "카드 승인이 취소되었습니다. 카드사에 따라 영업일 기준 3~5일 안에 카드 내역에 반영됩니다."
        }
        PaymentMethod::DebitCard => "카드사에 따라 영업일 기준 3~5일 안에 카드와 연결된 계좌로 입금됩니다.",
        PaymentMethod::BankTransfer => "결제하신 계좌로 영업일 기준 1~3일 안에 입금됩니다.",
        PaymentMethod::VirtualAccount => "알려 주신 환불 계좌로 영업일 기준 1~3일 안에 입금됩니다.",
        PaymentMethod::Mobile => "휴대폰 요금에 청구되지 않습니다. 청구가 이미 끝났다면 다음 달 요금에서 조정됩니다.",
        PaymentMethod::KakaoPay | PaymentMethod::NaverPay | PaymentMethod::TossPay | PaymentMethod::Payco => {
            "결제에 쓰신 카드나 계좌에 따라 영업일 기준 3~5일 안에 반영됩니다. 포인트나 머니는 바로 돌아갑니다."
        }
    }
}

fn fact(label: &str, value: &str) -> Part {
    let values = [("label", Piece::Text(label)), ("value", Piece::Text(value))];
    Part { text: format!("{label}: {value}"), html: html(template!("order_fact.html").trim_end(), &values) }
}

/// What was bought. A product may be called `123456`: with its size and its pieces it is no number on a line of its own.
fn lines(letter: &OrderLetter) -> Part {
    let line = |line: &LetterLine| {
        let name = one_line(&format!("{} ({}) × {}", line.product, line.variant, line.pieces));
        row(&name, &won(line.amount))
    };
    let more = (letter.more_lines > 0).then(|| row(&format!("외 {}개 상품", letter.more_lines), ""));
    Part::joined(letter.lines.iter().map(line).chain(more))
}

fn row(name: &str, amount: &str) -> Part {
    let values = [("name", Piece::Text(name)), ("amount", Piece::Text(amount))];
    let text = format!("- {name} {amount}");
    Part { text: text.trim_end().to_owned(), html: html(template!("order_line.html").trim_end(), &values) }
}

fn advice(heading: &str, note: &str) -> Part {
    let values = [("heading", Piece::Text(heading)), ("note", Piece::Text(note))];
    Part { text: plain("[{{heading}}]\n{{note}}\n\n", &values), html: html(template!("order_note.html"), &values) }
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
