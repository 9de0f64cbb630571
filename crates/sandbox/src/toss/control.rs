//! Buttons for testers: what a buyer, a bank or a clerk at Toss would do, and how badly the stand-in should behave.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Toss;
use super::account::{correct_deposit, deposit, order_id_fits};
use super::cancel::{CancelRequest, settle};
use super::codes::Refusal;
use super::faults::{Fault, FaultKind};
use super::hooks::{Delivery, HookSettings};
use super::method::{Choice, Method, parse_provider};
use super::record::{Customer, NewPayment, Record};
use super::state::State;
use super::wire::Payment;

/// Routes below `/toss/control`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/payments").route(web::post().to(post_payment)).route(web::get().to(list_payments)))
        .route("/payments/{key}/deposit", web::post().to(post_deposit))
        .route("/payments/{key}/deposit-correction", web::post().to(post_deposit_correction))
        .route("/payments/{key}/dashboard-cancel", web::post().to(post_dashboard_cancel))
        .service(web::resource("/faults").route(web::post().to(post_fault)).route(web::get().to(list_faults)))
        .service(web::resource("/webhooks").route(web::post().to(post_webhooks)).route(web::get().to(list_webhooks)));
}

/// Control calls are made by hand and by scripts: any content type will do, and an empty body is an empty object.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| Refusal::of("INVALID_REQUEST").saying(error.to_string()))
}

fn refuse(why: &str) -> Refusal {
    Refusal::of("INVALID_REQUEST").saying(why)
}

/// Answers once the change is on disk.
async fn respond<T: Serialize>(toss: &Toss, result: Result<T, Refusal>) -> HttpResponse {
    let durable = toss.settled().await;
    let result = result.and_then(|value| durable.map(|()| value).map_err(|_| Refusal::of("FAILED_DB_PROCESSING")));
    match result {
        Ok(value) => HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(value),
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
            HttpResponse::build(status).content_type("application/json").body(refusal.body())
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PaymentBody {
    order_id: String,
    amount: i64,
    method: Option<String>,
    easy_pay_provider: Option<String>,
    /// The part of an easy payment that comes from a card.
    easy_pay_card_amount: Option<i64>,
    order_name: Option<String>,
    customer_name: Option<String>,
    /// The pair that the payment belongs to; absent, any pair may confirm it.
    client_key: Option<String>,
    /// The code that the approval will be refused with.
    confirm_refusal: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentView {
    payment_key: String,
}

async fn post_payment(toss: web::Data<Toss>, body: web::Bytes) -> HttpResponse {
    let result = read::<PaymentBody>(&body).and_then(|body| authenticated(&toss, body));
    respond(&toss, result).await
}

/// A buyer went through the payment window.
fn authenticated(toss: &Toss, body: PaymentBody) -> Result<PaymentView, Refusal> {
    if !order_id_fits(&body.order_id) {
        return Err(Refusal::of("INVALID_ORDER_ID"));
    }
    if body.amount <= 0 {
        return Err(Refusal::of("BELOW_ZERO_AMOUNT"));
    }
    if body.confirm_refusal.as_deref().is_some_and(|code| Refusal::find(code).is_none()) {
        return Err(refuse("confirmRefusal is no code that Toss knows"));
    }
    let choice = choice(&body)?;
    let customer = Customer { key: None, name: body.customer_name, phone: None };
    let order_name = body.order_name.unwrap_or_else(|| "샘플 상품".to_owned());
    let plain = NewPayment::plain(body.order_id, order_name, body.amount);
    let new = NewPayment { customer, client_key: body.client_key, ..plain };
    Ok(toss.change(|state, now| {
        let mut record = state.open(new, now);
        record.authenticate(choice, now);
        record.confirm_refusal = body.confirm_refusal;
        let payment_key = record.payment.payment_key.clone();
        state.keep(record);
        PaymentView { payment_key }
    }))
}

fn choice(body: &PaymentBody) -> Result<Choice, Refusal> {
    let unsupported = || Refusal::of("NOT_SUPPORTED_METHOD");
    let method = match (&body.method, &body.easy_pay_provider) {
        (Some(name), _) => Method::parse(name).ok_or_else(unsupported)?,
        (None, Some(_)) => Method::EasyPay,
        (None, None) => Method::Card,
    };
    let mut choice = Choice { card_amount: body.easy_pay_card_amount.unwrap_or(0), ..Choice::of(method) };
    if let Some(name) = &body.easy_pay_provider {
        choice.provider = Some(parse_provider(name).ok_or_else(unsupported)?.to_owned());
    }
    Ok(choice)
}

#[derive(Deserialize)]
struct ListQuery {
    /// Only so many of the newest, for pages that refresh themselves.
    latest: Option<usize>,
}

/// Every payment, oldest first: the partner's truth, for audits.
async fn list_payments(toss: web::Data<Toss>, query: web::Query<ListQuery>) -> HttpResponse {
    let latest = query.latest.unwrap_or(usize::MAX);
    let payments: Vec<Payment> = toss.change(|state, now| {
        state.tick(now);
        let mut payments: Vec<_> = state.payments().rev().take(latest).map(|record| record.payment.clone()).collect();
        payments.reverse();
        payments
    });
    respond(&toss, Ok(payments)).await
}

#[derive(Deserialize)]
struct DepositBody {
    amount: Option<i64>,
}

async fn post_deposit(toss: web::Data<Toss>, key: web::Path<String>, body: web::Bytes) -> HttpResponse {
    let result = read::<DepositBody>(&body)
        .and_then(|body| on_payment(&toss, &key, |state, record, now| deposit(state, record, body.amount, now)));
    respond(&toss, result).await
}

async fn post_deposit_correction(toss: web::Data<Toss>, key: web::Path<String>) -> HttpResponse {
    let result = on_payment(&toss, &key, correct_deposit);
    respond(&toss, result).await
}

#[derive(Deserialize)]
struct DashboardCancelBody {
    amount: Option<i64>,
    reason: Option<String>,
}

/// A refund made by a clerk: the merchant's server learns of it from the webhook alone.
async fn post_dashboard_cancel(toss: web::Data<Toss>, key: web::Path<String>, body: web::Bytes) -> HttpResponse {
    let result = read::<DashboardCancelBody>(&body).and_then(|body| {
        if body.amount.is_some_and(|amount| amount <= 0) {
            return Err(refuse("amount must be positive"));
        }
        let reason = body.reason.unwrap_or_else(|| "상점관리자에서 취소".to_owned());
        let request = CancelRequest { reason, amount: body.amount, by_hand: true, ..CancelRequest::default() };
        on_payment(&toss, &key, |state, record, now| settle(state, record, &request, now))
    });
    respond(&toss, result).await
}

fn on_payment(
    toss: &Toss,
    key: &str,
    act: impl FnOnce(&mut State, Record, crate::clock::Moment) -> Result<Payment, Refusal>,
) -> Result<Payment, Refusal> {
    toss.change(|state, now| {
        state.tick(now);
        let record = state.find(key).ok_or_else(|| Refusal::of("NOT_FOUND_PAYMENT"))?;
        act(state, record, now)
    })
}

async fn post_fault(toss: web::Data<Toss>, body: web::Bytes) -> HttpResponse {
    let result = read::<Fault>(&body).and_then(|fault| {
        if fault.kind == FaultKind::Delay && fault.delay_ms.is_none() && fault.times > 0 {
            return Err(refuse("a delay needs delay_ms"));
        }
        Ok(toss.change(|state, _| {
            state.faults.add(fault);
            state.faults.waiting().to_vec()
        }))
    });
    respond(&toss, result).await
}

async fn list_faults(toss: web::Data<Toss>) -> HttpResponse {
    let faults = toss.read(|state| state.faults.waiting().to_vec());
    respond(&toss, Ok(faults)).await
}

async fn post_webhooks(toss: web::Data<Toss>, body: web::Bytes) -> HttpResponse {
    let result = read::<HookSettings>(&body).and_then(|settings| {
        if settings.url.as_deref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            return Err(refuse("url must be an absolute http address"));
        }
        if !(0.0..=1000.0).contains(&settings.retry_scale) {
            return Err(refuse("retry_scale must lie between 0 and 1000"));
        }
        toss.change(|state, _| state.hooks.configure(settings.clone()));
        Ok(settings)
    });
    respond(&toss, result).await
}

#[derive(Serialize)]
struct WebhooksView {
    settings: HookSettings,
    deliveries: Vec<Delivery>,
}

async fn list_webhooks(toss: web::Data<Toss>) -> HttpResponse {
    let view = toss.read(|state| WebhooksView {
        settings: state.hooks.settings().clone(),
        deliveries: state.hooks.history().cloned().collect(),
    });
    respond(&toss, Ok(view)).await
}
