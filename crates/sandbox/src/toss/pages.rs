//! Small pages around a payment: its checkout page, its receipt, and plain notices.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::Toss;
use super::record::Record;
use super::wire::Status;
use crate::html::{fill, page};

const NOTICE: &str = include_str!("notice.html");
const RECEIPT: &str = include_str!("receipt.html");

/// A page that says one thing.
pub(crate) fn notice(status: StatusCode, title: &str, text: &str) -> HttpResponse {
    page(status, fill(NOTICE, &[("title", title), ("text", text)]))
}

/// `12,000원`.
pub(crate) fn won(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{}{text}원", if amount < 0 { "-" } else { "" })
}

/// The options of a `<select>`.
pub(crate) fn options(table: &[(&str, &str)], chosen: &str) -> String {
    let option = |(value, name): &(&str, &str)| {
        let selected = if *value == chosen { " selected" } else { "" };
        let values = [("value", *value), ("selected", selected), ("name", *name)];
        fill("<option value=\"{{value}}\"{{raw:selected}}>{{name}}</option>", &values)
    };
    table.iter().map(option).collect()
}

/// The page that `checkout.url` leads to: the payment window while it is open, the receipt afterwards.
pub(crate) async fn checkout(toss: web::Data<Toss>, key: web::Path<String>) -> HttpResponse {
    let record = find(&toss, &key);
    let window = record.as_ref().filter(|record| record.payment.status == Status::Ready);
    match window.and_then(|record| record.window.as_ref()) {
        Some(window) => {
            let location = format!("{}/toss/window/{}", toss.read(|state| state.base().to_owned()), window.id);
            HttpResponse::SeeOther().insert_header(("location", location)).finish()
        }
        None => show(record),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptQuery {
    transaction_id: String,
}

/// The page that `receipt.url` leads to.
pub(crate) async fn receipt(toss: web::Data<Toss>, query: web::Query<ReceiptQuery>) -> HttpResponse {
    show(find(&toss, &query.transaction_id))
}

fn find(toss: &Toss, payment_key: &str) -> Option<Record> {
    toss.change(|state, now| {
        state.tick(now);
        state.find(payment_key)
    })
}

fn show(record: Option<Record>) -> HttpResponse {
    let Some(Record { payment, .. }) = record else {
        return notice(StatusCode::NOT_FOUND, "없는 결제입니다", "주소를 다시 확인해주세요.");
    };
    let status = match payment.status {
        Status::Ready | Status::InProgress => "결제 진행 중",
        Status::WaitingForDeposit => "입금 대기",
        Status::Done => "결제 완료",
        Status::Canceled => "전액 취소",
        Status::PartialCanceled => "부분 취소",
        Status::Aborted => "승인 실패",
        Status::Expired => "유효 시간 만료",
    };
    let values = [
        ("order_name", payment.order_name.as_str()),
        ("order_id", payment.order_id.as_str()),
        ("status", status),
        ("method", payment.method.as_deref().unwrap_or("-")),
        ("approved_at", payment.approved_at.as_deref().unwrap_or("-")),
        ("total", &won(payment.total_amount)),
        ("balance", &won(payment.balance_amount)),
        ("supplied", &won(payment.supplied_amount)),
        ("vat", &won(payment.vat)),
    ];
    page(StatusCode::OK, fill(RECEIPT, &values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn won_groups_thousands() {
        assert_eq!(won(0), "0원");
        assert_eq!(won(900), "900원");
        assert_eq!(won(1_234_567), "1,234,567원");
        assert_eq!(won(-1000), "-1,000원");
    }
}
