//! Letters about orders as JSON, for under the seal.

use ef_domain::notice::{LetterAddress, LetterLine, OrderLetter, OrderNews};
use ef_domain::order::OrderNumber;
use ef_domain::payment::{DepositAccount, PaymentMethod};
use ef_domain::shared::{Timestamp, Won};
use serde_json::{Value, json};

/// What the letter says besides its name.
pub(super) fn to_json(letter: &OrderLetter) -> Value {
    let line = |line: &LetterLine| json!({ "product": line.product, "variant": line.variant, "pieces": line.pieces, "amount": line.amount.get() });
    json!({
        "number": letter.number.get(),
        "placedAt": letter.placed_at.millis(),
        "lines": letter.lines.iter().map(line).collect::<Vec<_>>(),
        "moreLines": letter.more_lines,
        "total": letter.total.get(),
        "name": letter.address.name,
        "postalCode": letter.address.postal_code,
        "address": letter.address.address,
        "news": news_to_json(&letter.news),
    })
}

fn news_to_json(news: &OrderNews) -> Value {
    match news {
        OrderNews::Confirmed { paid_at, method } => json!({ "paidAt": paid_at.millis(), "method": method.name() }),
        OrderNews::DepositDue { due_at, account } => {
            let account = account
                .as_ref()
                .map(|account| json!({ "bank": account.bank, "number": account.number, "holder": account.holder }));
            json!({ "dueAt": due_at.millis(), "account": account })
        }
        OrderNews::Refunded { method } => json!({ "method": method.name() }),
        OrderNews::DepositMissed | OrderNews::CalledOff | OrderNews::Shipped => Value::Null,
    }
}

/// The letter of that name and content, if it is one.
pub(super) fn from_json(kind: &str, content: &Value) -> Option<OrderLetter> {
    let lines = content.get("lines")?.as_array()?.iter().map(line).collect::<Option<Vec<_>>>()?;
    Some(OrderLetter {
        number: OrderNumber::try_new(content.get("number")?.as_i64()?).ok()?,
        placed_at: moment(content.get("placedAt")?)?,
        lines,
        more_lines: u32::try_from(content.get("moreLines")?.as_u64()?).ok()?,
        total: Won::try_new(content.get("total")?.as_i64()?).ok()?,
        address: LetterAddress {
            name: text(content.get("name")?)?,
            postal_code: text(content.get("postalCode")?)?,
            address: text(content.get("address")?)?,
        },
        news: news(kind, content.get("news")?)?,
    })
}

fn line(line: &Value) -> Option<LetterLine> {
    Some(LetterLine {
        product: text(line.get("product")?)?,
        variant: text(line.get("variant")?)?,
        pieces: line.get("pieces")?.as_i64()?,
        amount: Won::try_new(line.get("amount")?.as_i64()?).ok()?,
    })
}

fn news(kind: &str, content: &Value) -> Option<OrderNews> {
    let method = || PaymentMethod::parse(content.get("method")?.as_str()?);
    match kind {
        "ORDER_CONFIRMED" => Some(OrderNews::Confirmed { paid_at: moment(content.get("paidAt")?)?, method: method()? }),
        "ORDER_DEPOSIT_DUE" => {
            let account = match content.get("account").filter(|account| !account.is_null()) {
                Some(account) => Some(deposit_account(account)?),
                None => None,
            };
            Some(OrderNews::DepositDue { due_at: moment(content.get("dueAt")?)?, account })
        }
        "ORDER_REFUNDED" => Some(OrderNews::Refunded { method: method()? }),
        "ORDER_DEPOSIT_MISSED" => Some(OrderNews::DepositMissed),
        "ORDER_CALLED_OFF" => Some(OrderNews::CalledOff),
        "ORDER_SHIPPED" => Some(OrderNews::Shipped),
        _ => None,
    }
}

fn deposit_account(account: &Value) -> Option<DepositAccount> {
    Some(DepositAccount {
        bank: text(account.get("bank")?)?,
        number: text(account.get("number")?)?,
        holder: text(account.get("holder")?)?,
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn moment(value: &Value) -> Option<Timestamp> {
    Timestamp::from_millis(value.as_i64()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(news: OrderNews) -> OrderLetter {
        let at = Timestamp::from_millis(1_790_000_000_000).expect("within the calendar");
        let amount = Won::try_new(17_000).expect("an amount");
        OrderLetter {
            number: OrderNumber::try_new(1_234_567_890_123_456).expect("a number"),
            placed_at: at,
            lines: vec![LetterLine { product: "아몬드".into(), variant: "250g".into(), pieces: 2, amount }],
            more_lines: 3,
            total: amount,
            address: LetterAddress {
                name: "김건강".into(), postal_code: "04036".into(), address: "양화로 100".into()
            },
            news,
        }
    }

    #[test]
    fn every_piece_of_news_reads_back_as_it_was_written() {
        let at = Timestamp::from_millis(1_790_000_000_000).expect("within the calendar");
        let account = DepositAccount { bank: "06".into(), number: "X6505".into(), holder: "김건강".into() };
        for news in [
            OrderNews::Confirmed { paid_at: at, method: PaymentMethod::KakaoPay },
            OrderNews::DepositDue { due_at: at, account: None },
            OrderNews::DepositDue { due_at: at, account: Some(account) },
            OrderNews::DepositMissed,
            OrderNews::CalledOff,
            OrderNews::Refunded { method: PaymentMethod::CreditCard },
            OrderNews::Shipped,
        ] {
            let letter = letter(news);
            assert_eq!(from_json(letter.news.kind(), &to_json(&letter)), Some(letter));
        }
    }
}
