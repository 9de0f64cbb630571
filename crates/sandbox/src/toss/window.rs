//! The payment window: where a tester plays the buyer, and where the browser goes from there.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use reqwest::Url;
use serde::Deserialize;
use serde_json::json;

use super::Toss;
use super::codes::Refusal;
use super::method::{BANKS, Choice, ISSUERS, Method, PROVIDERS, parse_provider};
use super::pages::{notice, options, won};
use super::record::{Record, Window};
use super::state::State;
use super::wire::Status;
use crate::clock::Moment;
use crate::html::{fill, page, script_json};

const PAGE: &str = include_str!("window.html");
const OUTCOME: &str = include_str!("outcome.html");

/// What the window offers, in the order of the page.
const OFFERED: [(Method, &str); 5] = [
    (Method::Card, "CARD"),
    (Method::EasyPay, "EASY_PAY"),
    (Method::Transfer, "TRANSFER"),
    (Method::VirtualAccount, "VIRTUAL_ACCOUNT"),
    (Method::MobilePhone, "MOBILE_PHONE"),
];

/// Routes below `/toss/window`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/{id}").route(web::get().to(show)).route(web::post().to(act)));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    /// Agree to pay.
    Pay,
    /// Agree to pay with a card that the approval will find empty.
    PayRefused,
    /// Agree to pay, and come back to the shop after the ten minutes.
    PayLate,
    /// The card company says no in the window.
    Refuse,
    /// The authentication breaks off.
    Abort,
    /// Close the window.
    Close,
    /// Let the thirty minutes pass.
    Expire,
}

#[derive(Deserialize)]
struct ActBody {
    action: Action,
    method: Option<String>,
    provider: Option<String>,
    bank: Option<String>,
    issuer: Option<String>,
}

/// How a visit to the window ends.
enum End {
    Paid(Record),
    /// A code for failUrl, and whether the order is named with it.
    Failed(Record, &'static str, bool),
    Stays(&'static str, &'static str),
}

async fn show(toss: web::Data<Toss>, id: web::Path<String>) -> HttpResponse {
    let record = toss.change(|state, now| {
        state.tick(now);
        state.find_window(&id)
    });
    match record {
        None => notice(StatusCode::NOT_FOUND, "없는 결제창입니다", "주소를 다시 확인해주세요."),
        Some(record) => match (record.payment.status, &record.window) {
            (Status::Ready, Some(window)) => page(StatusCode::OK, window_page(&record, window)),
            (Status::Expired, _) => notice(StatusCode::OK, EXPIRED.0, EXPIRED.1),
            _ => notice(StatusCode::OK, OVER.0, OVER.1),
        },
    }
}

const EXPIRED: (&str, &str) =
    ("결제 시간이 만료되었습니다", "결제 가능한 시간이 지났어요. 쇼핑몰로 돌아가 다시 시도해주세요.");
const OVER: (&str, &str) = ("이미 진행된 결제입니다", "이 결제창에서 할 수 있는 일이 끝났어요.");

fn window_page(record: &Record, window: &Window) -> String {
    let wanted = if window.easy_pay.is_some() { Method::EasyPay } else { window.wanted };
    let methods: String = OFFERED
        .iter()
        .map(|(method, name)| {
            let checked = if *method == wanted { " checked" } else { "" };
            let values = [("name", *name), ("checked", checked), ("korean", method.korean())];
            fill(
                "<label class=\"way\"><input type=\"radio\" name=\"method\" value=\"{{name}}\"{{raw:checked}}>\
                 <span>{{korean}}</span></label>",
                &values,
            )
        })
        .collect();
    let provider = window.easy_pay.as_deref().and_then(parse_provider).unwrap_or("토스페이");
    let providers: Vec<_> = PROVIDERS.iter().map(|(korean, _)| (*korean, *korean)).collect();
    fill(
        PAGE,
        &[
            ("order_name", record.payment.order_name.as_str()),
            ("order_id", record.payment.order_id.as_str()),
            ("amount", won(record.payment.total_amount).as_str()),
            ("methods", methods.as_str()),
            ("issuers", options(&ISSUERS, "61").as_str()),
            ("providers", options(&providers, provider).as_str()),
            ("banks", options(&BANKS, "20").as_str()),
        ],
    )
}

async fn act(toss: web::Data<Toss>, id: web::Path<String>, body: web::Form<ActBody>) -> HttpResponse {
    let body = body.into_inner();
    let end = toss.change(|state, now| {
        state.tick(now);
        state.find_window(&id).map(|record| play(state, record, &body, now))
    });
    if toss.settled().await.is_err() {
        return notice(StatusCode::INTERNAL_SERVER_ERROR, "오류가 발생했습니다", "잠시 후 다시 시도해주세요.");
    }
    match end {
        None => notice(StatusCode::NOT_FOUND, "없는 결제창입니다", "주소를 다시 확인해주세요."),
        Some(End::Stays(title, text)) => notice(StatusCode::OK, title, text),
        Some(End::Paid(record)) => leave_paid(&record),
        Some(End::Failed(record, code, named)) => leave_failed(&record, code, named),
    }
}

/// The buyer's move. Only READY payments can be moved; a repeated submit of a paid one leads to the same place.
fn play(state: &mut State, mut record: Record, body: &ActBody, now: Moment) -> End {
    match (record.payment.status, body.action) {
        // Refusing and closing change nothing: the payment stays READY until it expires.
        (_, Action::Close) => return End::Failed(record, "PAY_PROCESS_CANCELED", false),
        (Status::Ready, Action::Refuse) => return End::Failed(record, "REJECT_CARD_COMPANY", true),
        (Status::Ready, Action::Abort) => return End::Failed(record, "PAY_PROCESS_ABORTED", true),
        (Status::InProgress, Action::Pay | Action::PayRefused) => return End::Paid(record),
        (Status::Ready, _) => {}
        (Status::Expired, _) => return End::Stays(EXPIRED.0, EXPIRED.1),
        _ => return End::Stays(OVER.0, OVER.1),
    }
    if body.action != Action::Expire {
        record.authenticate(choice(body), now);
        record.confirm_refusal = (body.action == Action::PayRefused).then(|| refused_approval(&record).to_owned());
    }
    if matches!(body.action, Action::Expire | Action::PayLate) {
        record.expire();
        state.hooks.status_changed(&record.payment, now);
    }
    state.keep(record.clone());
    if body.action == Action::Expire { End::Stays(EXPIRED.0, EXPIRED.1) } else { End::Paid(record) }
}

fn refused_approval(record: &Record) -> &'static str {
    match record.method() {
        Method::Transfer | Method::VirtualAccount => "REJECT_ACCOUNT_PAYMENT",
        _ => "REJECT_CARD_PAYMENT",
    }
}

fn choice(body: &ActBody) -> Choice {
    let method = body.method.as_deref().and_then(Method::parse).unwrap_or(Method::Card);
    let mut choice = Choice::of(method);
    let known = |table: &[(&str, &str)], wanted: &str| table.iter().any(|(code, _)| *code == wanted);
    if let Some(issuer) = body.issuer.as_ref().filter(|issuer| known(&ISSUERS, issuer)) {
        choice.issuer.clone_from(issuer);
    }
    if let Some(bank) = body.bank.as_ref().filter(|bank| known(&BANKS, bank)) {
        choice.bank.clone_from(bank);
    }
    if let Some(provider) = body.provider.as_deref().and_then(parse_provider).filter(|_| method == Method::EasyPay) {
        choice.provider = Some(provider.to_owned());
    }
    choice
}

fn leave_paid(record: &Record) -> HttpResponse {
    let payment = &record.payment;
    let amount = payment.total_amount.to_string();
    let pairs = [
        ("paymentType", "NORMAL"),
        ("orderId", payment.order_id.as_str()),
        ("paymentKey", payment.payment_key.as_str()),
        ("amount", amount.as_str()),
    ];
    let told = json!({
        "ok": true,
        "result": {
            "paymentType": "NORMAL",
            "paymentKey": payment.payment_key,
            "orderId": payment.order_id,
            "amount": { "currency": payment.currency, "value": payment.total_amount },
        },
    });
    let success_url = record.window.as_ref().and_then(|window| window.success_url.as_deref());
    leave(record, success_url.and_then(|url| with_query(url, &pairs)), told)
}

fn leave_failed(record: &Record, code: &'static str, named: bool) -> HttpResponse {
    let message = match code {
        "PAY_PROCESS_CANCELED" => "사용자에 의해 결제가 취소되었습니다.".to_owned(),
        "PAY_PROCESS_ABORTED" => "결제 진행 중 승인에 실패하여 결제가 중단되었습니다.".to_owned(),
        other => Refusal::of(other).message.into_owned(),
    };
    let mut pairs = vec![("code", code), ("message", message.as_str())];
    if named {
        pairs.push(("orderId", record.payment.order_id.as_str()));
    }
    let told = if code == "PAY_PROCESS_CANCELED" {
        json!({ "ok": false, "error": { "code": "USER_CANCEL", "message": "취소되었습니다" } })
    } else {
        json!({ "ok": false, "error": { "code": code, "message": message } })
    };
    let fail_url = record.window.as_ref().and_then(|window| window.fail_url.as_deref());
    leave(record, fail_url.and_then(|url| with_query(url, &pairs)), told)
}

/// Leads the browser on: by a redirect, or, out of a frame, by a message to the page around it.
fn leave(record: &Record, target: Option<String>, mut told: serde_json::Value) -> HttpResponse {
    let Some(window) = &record.window else {
        return notice(StatusCode::OK, OVER.0, OVER.1);
    };
    match target {
        Some(target) if !window.framed => HttpResponse::SeeOther()
            .insert_header(("location", target))
            .insert_header(("cache-control", "no-store"))
            .finish(),
        target => {
            if let Some(fields) = told.as_object_mut() {
                fields.insert("window".to_owned(), json!(window.id));
                fields.insert("redirect".to_owned(), json!(target));
            }
            let opener = json!(window.opener.as_deref().filter(|origin| *origin != "null").unwrap_or("*"));
            page(StatusCode::OK, fill(OUTCOME, &[("told", &script_json(&told)), ("opener", &script_json(&opener))]))
        }
    }
}

/// The shop's own query parameters survive; ours come after them.
fn with_query(url: &str, pairs: &[(&str, &str)]) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    url.query_pairs_mut().extend_pairs(pairs);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shops_own_query_parameters_survive() {
        let url =
            with_query("https://shop.example/done?attempt=7#top", &[("message", "가 나"), ("amount", "1")]).unwrap();
        assert_eq!(url, "https://shop.example/done?attempt=7&message=%EA%B0%80+%EB%82%98&amount=1#top");
    }
}
