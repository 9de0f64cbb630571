//! What the shop's page talks to: the SDK script, and the call by which that script opens a payment window.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Toss;
use super::account::{metadata_fits, order_id_fits, term};
use super::codes::Refusal;
use super::method::Method;
use super::record::{Customer, NewPayment, Window};
use super::state::State;
use crate::clock::Moment;
use crate::entropy;

const SCRIPT: &str = include_str!("sdk.js");

/// Routes below `/toss/v2`. The shop's page lives on another origin, so these answer any.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/standard", web::get().to(script)).service(
        web::resource("/windows")
            .route(web::post().to(post_window))
            .route(web::method(actix_web::http::Method::OPTIONS).to(preflight)),
    );
}

async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header(("access-control-allow-origin", "*"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .insert_header(("cache-control", "no-cache"))
        .body(SCRIPT)
}

async fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header(("access-control-allow-origin", "*"))
        .insert_header(("access-control-allow-methods", "POST"))
        .insert_header(("access-control-allow-headers", "content-type"))
        .insert_header(("access-control-max-age", "600"))
        .finish()
}

#[derive(Deserialize)]
struct AmountBody {
    currency: Option<String>,
    value: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CardBody {
    easy_pay: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountBody {
    valid_hours: Option<i64>,
    due_date: Option<String>,
}

/// A payment request as the SDK passes it on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenBody {
    client_key: String,
    customer_key: Option<String>,
    method: String,
    amount: AmountBody,
    order_id: String,
    order_name: String,
    success_url: Option<String>,
    fail_url: Option<String>,
    customer_name: Option<String>,
    customer_mobile_phone: Option<String>,
    tax_free_amount: Option<i64>,
    metadata: Option<BTreeMap<String, String>>,
    card: Option<CardBody>,
    virtual_account: Option<AccountBody>,
    #[serde(default)]
    framed: bool,
}

async fn post_window(toss: web::Data<Toss>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let opener = request.headers().get("origin").and_then(|origin| origin.to_str().ok()).map(str::to_owned);
    let opened = read(&body).and_then(|body| open(&toss, body, opener));
    let durable = toss.settled().await;
    match opened.and_then(|id| durable.map(|()| id).map_err(|_| Refusal::of("COMMON_ERROR"))) {
        Ok(id) => HttpResponse::Ok()
            .insert_header(("access-control-allow-origin", "*"))
            .insert_header(("cache-control", "no-store"))
            .json(json!({ "id": id })),
        Err(refusal) => HttpResponse::build(StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST))
            .insert_header(("access-control-allow-origin", "*"))
            .content_type("application/json")
            .body(refusal.body()),
    }
}

fn read(body: &[u8]) -> Result<OpenBody, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::of("INVALID_REQUEST").saying(error.to_string()))
}

/// The script has checked most of this already; a page that skips the script is told all the same.
fn open(toss: &Toss, body: OpenBody, opener: Option<String>) -> Result<String, Refusal> {
    let pair = toss.pairs().iter().find(|pair| pair.client == body.client_key).map(|pair| pair.client.clone());
    // The real service knows every merchant's keys. Here, a page with a test key of its own must work without further
    // ado: its payments belong to no pair, and any secret key confirms them.
    if pair.is_none() && !body.client_key.starts_with("test_") {
        return Err(Refusal::of("UNAUTHORIZED_KEY"));
    }
    let amount = check_amount(&body.amount)?;
    let wanted = Method::parse(&body.method).ok_or_else(|| Refusal::of("NOT_SUPPORTED_METHOD"))?;
    check_url(body.success_url.as_deref(), "INCORRECT_SUCCESS_URL_FORMAT")?;
    check_url(body.fail_url.as_deref(), "INCORRECT_FAIL_URL_FORMAT")?;
    if !order_id_fits(&body.order_id) {
        return Err(Refusal::of("INVALID_ORDER_ID"));
    }
    if !metadata_fits(body.metadata.as_ref()) {
        return Err(Refusal::of("INVALID_METADATA"));
    }
    let tax_free_fits = (0..=amount).contains(&body.tax_free_amount.unwrap_or(0));
    if !(1..=100).contains(&body.order_name.chars().count()) || !tax_free_fits {
        return Err(Refusal::of("INVALID_REQUEST"));
    }
    toss.change(|state, now| create(state, body, (amount, wanted), (opener, pair), now))
}

fn create(
    state: &mut State,
    body: OpenBody,
    (amount, wanted): (i64, Method),
    (opener, client_key): (Option<String>, Option<String>),
    now: Moment,
) -> Result<String, Refusal> {
    state.tick(now);
    if state.order_is_taken(&body.order_id, None) {
        return Err(Refusal::of("DUPLICATED_ORDER_ID"));
    }
    let account = body.virtual_account.as_ref();
    let due_date = account.and_then(|account| account.due_date.as_deref());
    let (deposit_within, deposit_until) = term(account.and_then(|account| account.valid_hours), due_date, now)?;
    let id = entropy::alphanumeric(24);
    let window = Window {
        id: id.clone(),
        success_url: body.success_url,
        fail_url: body.fail_url,
        framed: body.framed,
        opener,
        wanted,
        easy_pay: body.card.and_then(|card| card.easy_pay),
    };
    let customer = Customer { key: body.customer_key, name: body.customer_name, phone: body.customer_mobile_phone };
    state.open(
        NewPayment {
            tax_free_amount: body.tax_free_amount.unwrap_or(0),
            metadata: body.metadata,
            customer,
            window: Some(window),
            client_key,
            deposit_within,
            deposit_until,
            ..NewPayment::plain(body.order_id, body.order_name, amount)
        },
        now,
    );
    Ok(id)
}

fn check_amount(amount: &AmountBody) -> Result<i64, Refusal> {
    if amount.currency.as_deref() != Some("KRW") {
        return Err(Refusal::of("INVALID_AMOUNT_CURRENCY"));
    }
    let value = amount.value.as_i64().ok_or_else(|| Refusal::of("INVALID_AMOUNT_VALUE"))?;
    if value > 0 { Ok(value) } else { Err(Refusal::of("BELOW_ZERO_AMOUNT")) }
}

/// An address has to be absolute; and nothing but a web page may be gone to, least of all `javascript:`.
fn check_url(url: Option<&str>, code: &'static str) -> Result<(), Refusal> {
    let fits = |url: &str| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if url.is_none_or(fits) { Ok(()) } else { Err(Refusal::of(code)) }
}
