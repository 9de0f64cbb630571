//! Letters about orders.

use ef_domain::notice::{LetterAddress, LetterLine, OrderLetter, OrderNews};
use ef_domain::order::OrderNumber;
use ef_domain::payment::{DepositAccount, PaymentMethod};
use ef_domain::shared::Won;

use super::super::{Letter, Letters, Rendered, Timestamp};

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_410_300_000).unwrap()
}

fn won(amount: i64) -> Won {
    Won::try_new(amount).unwrap()
}

fn line(product: &str, variant: &str, pieces: i64, amount: i64) -> LetterLine {
    LetterLine { product: product.to_owned(), variant: variant.to_owned(), pieces, amount: won(amount) }
}

fn letter(news: OrderNews) -> OrderLetter {
    OrderLetter {
        number: OrderNumber::try_new(1_234_567_890_123_456).unwrap(),
        placed_at: at(),
        lines: vec![line("구운 통아몬드", "200g", 2, 17_000), line("하루 견과 오리지널", "20g × 30봉", 1, 24_900)],
        more_lines: 0,
        total: won(41_900),
        address: LetterAddress {
            name: "김건강".to_owned(),
            postal_code: "04036".to_owned(),
            address: "서울특별시 마포구 양화로 100 12층 1203호".to_owned(),
        },
        news,
    }
}

fn account() -> DepositAccount {
    DepositAccount { bank: "06".to_owned(), number: "X6505636518308".to_owned(), holder: "김건강".to_owned() }
}

fn every_piece_of_news() -> [OrderNews; 7] {
    [
        OrderNews::Confirmed { paid_at: at(), method: PaymentMethod::CreditCard },
        OrderNews::DepositDue { due_at: at(), account: Some(account()) },
        OrderNews::DepositDue { due_at: at(), account: None },
        OrderNews::DepositMissed,
        OrderNews::CalledOff,
        OrderNews::Refunded { method: PaymentMethod::CreditCard },
        OrderNews::Shipped,
    ]
}

fn rendered(letter: OrderLetter) -> Rendered {
    Letters::new("https://energy-factory.kr/").render(&Letter::Order(Box::new(letter)))
}

/// Both parts as their readers see them.
fn seen(letter: OrderLetter) -> [String; 2] {
    let Rendered { text, html, .. } = rendered(letter);
    let page = html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    [text, page.collect::<Vec<_>>().join("\n")]
}

fn says(letter: &OrderLetter, told: &[&str]) {
    for part in seen(letter.clone()) {
        for told in told {
            assert!(part.contains(told), "{told}: {part}");
        }
    }
}

#[test]
fn every_letter_about_an_order_is_whole_in_both_parts() {
    for news in every_piece_of_news() {
        let letter = letter(news);
        let Rendered { subject, text, html } = rendered(letter.clone());
        assert!(
            subject.starts_with("[에너지팩토리] ") && subject.ends_with(" (주문번호 1234567890123456)"),
            "{subject}"
        );
        for part in [&text, &html] {
            assert!(!part.contains("{{") && !part.contains("}}"), "{}: {part}", letter.news.kind());
            assert!(part.contains("https://energy-factory.kr/order-history"), "{part}");
        }
        assert!(!text.contains("\n\n\n"), "{text}");
        says(&letter, &["1234567890123456", "구운 통아몬드 (200g) × 2", "17,000원", "41,900원"]);
    }
}

#[test]
fn a_receipt_says_when_and_how_it_was_paid_and_where_it_goes() {
    let paid = letter(OrderNews::Confirmed { paid_at: at(), method: PaymentMethod::KakaoPay });
    let place = "(04036) 서울특별시 마포구 양화로 100 12층 1203호";
    says(&paid, &["2026년 11월 23일 14시 05분 (한국 시각)", "카카오페이", "김건강 님", place, "결제 금액"]);
}

#[test]
fn whoever_owes_a_deposit_is_told_until_when_how_much_and_where_to() {
    let due = |account| letter(OrderNews::DepositDue { due_at: at(), account });
    let until = "2026년 11월 23일 14시 05분까지 (한국 시각)";
    says(&due(Some(account())), &["국민은행 X6505636518308", "41,900원", until, "자동으로 취소"]);
    says(&due(None), &["주문 내역에서 확인해 주세요", "41,900원", until]);
}

#[test]
fn whoever_missed_his_deposit_is_told_to_transfer_nothing_any_more() {
    says(&letter(OrderNews::DepositMissed), &["입금하지 말아 주세요", "다시 주문해 주세요"]);
}

#[test]
fn whoever_gets_money_back_is_told_how_much_and_when() {
    for method in PaymentMethod::ALL {
        let refunded = letter(OrderNews::Refunded { method });
        says(&refunded, &["환불 금액", "41,900원", "언제 받나요?"]);
        let [text, _] = seen(refunded);
        assert!(text.contains("영업일") || text.contains("청구"), "{text}");
    }
}

#[test]
fn of_a_long_order_the_rest_is_counted() {
    says(&OrderLetter { more_lines: 80, ..letter(OrderNews::Shipped) }, &["외 80개 상품"]);
}

/// Whoever looks for a reset code looks for six digits on a line of their own.
#[test]
fn no_line_is_a_six_digit_number_whatever_things_and_people_are_called() {
    let is_code = |line: &str| line.trim().len() == 6 && line.trim().bytes().all(|byte| byte.is_ascii_digit());
    for evil in ["123456", "a\n123456\nb", "a\r\n123456", "\u{2028}123456\u{2028}", "123456\u{85}"] {
        let account = DepositAccount { bank: evil.to_owned(), number: evil.to_owned(), holder: evil.to_owned() };
        for news in
            every_piece_of_news().into_iter().chain([OrderNews::DepositDue { due_at: at(), account: Some(account) }])
        {
            let mut letter = letter(news);
            letter.lines = vec![line(evil, evil, 1, 123_456)];
            letter.address =
                LetterAddress { name: evil.to_owned(), postal_code: "04036".to_owned(), address: evil.to_owned() };
            let [text, page] = seen(letter);
            assert!(!text.lines().any(is_code), "{text}");
            assert!(!page.split(['\n', '\r', '\u{2028}', '\u{85}']).any(is_code), "{page}");
        }
    }
}

#[test]
fn nothing_that_somebody_typed_reaches_the_subject_or_becomes_markup() {
    let evil = "x\r\nBcc: victim@home.kr\r\n\r\n<script>alert(1)</script>{{total}}";
    for news in every_piece_of_news() {
        let mut letter = letter(news);
        let subject = rendered(letter.clone()).subject;
        letter.lines = vec![line(evil, evil, 1, 1_000)];
        letter.address =
            LetterAddress { name: evil.to_owned(), postal_code: "04036".to_owned(), address: evil.to_owned() };
        let evil_one = rendered(letter);
        assert_eq!(evil_one.subject, subject);
        assert!(!evil_one.html.contains("<script>") && !evil_one.html.contains('\r'), "{}", evil_one.html);
        assert!(!evil_one.text.contains('\r'), "{}", evil_one.text);
        assert!(evil_one.html.contains("{{total}}"), "somebody's words are no template of ours");
    }
}
