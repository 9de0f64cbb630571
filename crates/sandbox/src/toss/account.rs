//! Virtual accounts: issued by the merchant's server, paid by the buyer's bank, and corrected by it now and then.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::Value;

use super::auth::KeyPair;
use super::codes::Refusal;
use super::confirm::{announce_approval, approve, read_amount, transaction_key};
use super::method::{Choice, Method, parse_bank};
use super::record::{Customer, NewPayment, Record};
use super::state::State;
use super::wire::{Payment, Status};
use crate::clock::{Moment, korean_time, parse_korean_wall_time};

/// A virtual account may stay open this long at most.
pub(crate) const LONGEST_VALID_HOURS: i64 = 2160;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IssueBody {
    amount: Value,
    order_id: String,
    order_name: String,
    customer_name: String,
    bank: String,
    valid_hours: Option<i64>,
    due_date: Option<String>,
    customer_mobile_phone: Option<String>,
    tax_free_amount: Option<i64>,
    metadata: Option<BTreeMap<String, String>>,
}

/// `[A-Za-z0-9-_=]`, 6 to 64 of them.
pub(crate) fn order_id_fits(order_id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
    (6..=64).contains(&order_id.len()) && order_id.bytes().all(allowed)
}

/// At most five pairs of short texts.
pub(crate) fn metadata_fits(metadata: Option<&BTreeMap<String, String>>) -> bool {
    let fits = |(key, value): (&String, &String)| key.chars().count() <= 40 && value.chars().count() <= 2000;
    metadata.is_none_or(|pairs| pairs.len() <= 5 && pairs.iter().all(fits))
}

/// How long an account is open: given in hours, or as a wall time in Korea at most 90 days off.
pub(crate) fn term(
    valid_hours: Option<i64>,
    due_date: Option<&str>,
    now: Moment,
) -> Result<(Option<TimeDelta>, Option<Moment>), Refusal> {
    let malformed = || Refusal::of("INVALID_REQUEST");
    if valid_hours.is_some() && due_date.is_some() {
        return Err(malformed());
    }
    if valid_hours.is_some_and(|hours| hours > LONGEST_VALID_HOURS) {
        return Err(Refusal::of("EXCEED_MAX_VALID_HOURS"));
    }
    let within = valid_hours.map(|hours| TimeDelta::try_hours(hours).filter(|_| hours > 0).ok_or_else(malformed));
    let until = due_date.map(|text| parse_korean_wall_time(text).filter(|due| *due > now).ok_or_else(malformed));
    let until = until.transpose()?;
    if until.is_some_and(|due| due > now + TimeDelta::days(90)) {
        return Err(Refusal::of("EXCEED_MAX_DUE_DATE"));
    }
    Ok((within.transpose()?, until))
}

/// Issues an account without a payment window.
pub(crate) fn issue(state: &mut State, pair: &KeyPair, body: &[u8], now: Moment) -> Result<Payment, Refusal> {
    let malformed = || Refusal::of("INVALID_REQUEST");
    let body: IssueBody = serde_json::from_slice(body).map_err(|_| malformed())?;
    let amount = read_amount(&body.amount).filter(|amount| *amount > 0).ok_or_else(malformed)?;
    let bank = parse_bank(&body.bank).ok_or_else(|| Refusal::of("INVALID_BANK"))?;
    if !order_id_fits(&body.order_id) {
        return Err(Refusal::of("INVALID_ORDER_ID"));
    }
    let names_fit =
        (1..=100).contains(&body.order_name.chars().count()) && (1..=100).contains(&body.customer_name.chars().count());
    let tax_free_amount = body.tax_free_amount.unwrap_or(0);
    if !names_fit || !(0..=amount).contains(&tax_free_amount) || !metadata_fits(body.metadata.as_ref()) {
        return Err(malformed());
    }
    if amount < Method::VirtualAccount.minimum_amount() {
        return Err(Refusal::of("BELOW_MINIMUM_AMOUNT"));
    }
    let (deposit_within, deposit_until) = term(body.valid_hours, body.due_date.as_deref(), now)?;
    if state.order_is_taken(&body.order_id, None) {
        return Err(Refusal::of("DUPLICATED_ORDER_ID"));
    }
    let customer = Customer { key: None, name: Some(body.customer_name), phone: body.customer_mobile_phone };
    let new = NewPayment {
        tax_free_amount,
        metadata: body.metadata,
        customer,
        client_key: Some(pair.client.clone()),
        deposit_within,
        deposit_until,
        ..NewPayment::plain(body.order_id, body.order_name, amount)
    };
    let mut record = state.open(new, now);
    record.authenticate(Choice { bank: bank.to_owned(), ..Choice::of(Method::VirtualAccount) }, now);
    approve(&mut record, state.base(), now);
    announce_approval(state, &record, now);
    let payment = record.payment.clone();
    state.keep(record);
    Ok(payment)
}

/// The buyer pays into the account.
pub(crate) fn deposit(
    state: &mut State,
    mut record: Record,
    amount: Option<i64>,
    now: Moment,
) -> Result<Payment, Refusal> {
    let refused = |why: &str| Err(Refusal::of("INVALID_REQUEST").saying(why));
    if record.payment.status != Status::WaitingForDeposit {
        return refused("입금을 기다리는 가상계좌가 아닙니다.");
    }
    if record.is_overdue() {
        return refused("입금 기한이 지난 가상계좌입니다.");
    }
    if amount.is_some_and(|amount| amount != record.payment.total_amount) {
        return refused("은행은 결제 금액과 다른 입금을 받지 않습니다.");
    }
    let payment = &mut record.payment;
    payment.status = Status::Done;
    payment.approved_at = Some(korean_time(now));
    payment.last_transaction_key = Some(transaction_key());
    if let Some(account) = &mut payment.virtual_account {
        account.depositor_name = Some(account.customer_name.clone());
    }
    record.approved_at = Some(now);
    state.book(&record, record.payment.total_amount, now);
    state.hooks.deposit_callback(&record.payment, now);
    state.hooks.status_changed(&record.payment, now);
    let payment = record.payment.clone();
    state.keep(record);
    Ok(payment)
}

/// The bank finds that the deposit was none: DONE falls back to `WAITING_FOR_DEPOSIT`.
pub(crate) fn correct_deposit(state: &mut State, mut record: Record, now: Moment) -> Result<Payment, Refusal> {
    if record.payment.status != Status::Done || record.payment.virtual_account.is_none() {
        return Err(Refusal::of("INVALID_REQUEST").saying("입금이 끝난 가상계좌가 아닙니다."));
    }
    let payment = &mut record.payment;
    payment.status = Status::WaitingForDeposit;
    payment.approved_at = None;
    payment.last_transaction_key = Some(transaction_key());
    record.approved_at = None;
    state.book(&record, -record.payment.total_amount, now);
    state.hooks.deposit_callback(&record.payment, now);
    let payment = record.payment.clone();
    state.keep(record);
    Ok(payment)
}
