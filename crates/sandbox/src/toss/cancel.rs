//! Cancelling: giving money back, in whole or in part.

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::Value;

use super::auth::KeyPair;
use super::codes::Refusal;
use super::confirm::{owned_by, read_amount, transaction_key};
use super::method::{Method, parse_bank};
use super::record::Record;
use super::state::State;
use super::wire::{Cancel, Payment, RefundAccount, Status};
use crate::clock::{Moment, korean_month, korean_time};

/// A cancel as the merchant asks for it.
#[derive(Debug, Default)]
pub(crate) struct CancelRequest {
    pub(crate) reason: String,
    /// `None`: all that is left.
    pub(crate) amount: Option<i64>,
    pub(crate) tax_free_amount: i64,
    /// The balance that the merchant believes in.
    pub(crate) believed_balance: Option<i64>,
    pub(crate) refund_account: Option<RefundAccountBody>,
    /// Made by hand in Toss's dashboard, where the account to pay back to is on file.
    pub(crate) by_hand: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CancelBody {
    cancel_reason: String,
    cancel_amount: Option<Value>,
    refund_receive_account: Option<RefundAccountBody>,
    tax_free_amount: Option<Value>,
    currency: Option<String>,
    refundable_amount: Option<Value>,
}

/// The account that the merchant names for paying a deposit back.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundAccountBody {
    #[serde(default)]
    bank: String,
    #[serde(default)]
    account_number: String,
    #[serde(default)]
    holder_name: String,
}

impl CancelRequest {
    fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let malformed = || Refusal::of("INVALID_REQUEST");
        let body: CancelBody = serde_json::from_slice(body).map_err(|_| malformed())?;
        let number = |value: Option<Value>| value.map(|value| read_amount(&value).ok_or_else(malformed)).transpose();
        let reason_fits = !body.cancel_reason.trim().is_empty() && body.cancel_reason.chars().count() <= 200;
        let request = Self {
            reason: body.cancel_reason,
            amount: number(body.cancel_amount)?,
            tax_free_amount: number(body.tax_free_amount)?.unwrap_or(0),
            believed_balance: number(body.refundable_amount)?,
            refund_account: body.refund_receive_account,
            by_hand: false,
        };
        let currency_fits = body.currency.is_none_or(|currency| currency == "KRW");
        let amounts_fit = request.amount.is_none_or(|amount| amount > 0) && request.tax_free_amount >= 0;
        if reason_fits && currency_fits && amounts_fit { Ok(request) } else { Err(malformed()) }
    }
}

/// Executes a cancel that came over the API.
pub(crate) fn cancel(
    state: &mut State,
    pair: &KeyPair,
    payment_key: &str,
    body: &[u8],
    now: Moment,
) -> Result<Payment, Refusal> {
    let request = CancelRequest::parse(body)?;
    let record = state.find(payment_key).ok_or_else(|| Refusal::of("NOT_FOUND_PAYMENT"))?;
    owned_by(&record, pair)?;
    settle(state, record, &request, now)
}

/// Executes a cancel, wherever it came from.
pub(crate) fn settle(
    state: &mut State,
    mut record: Record,
    request: &CancelRequest,
    now: Moment,
) -> Result<Payment, Refusal> {
    let amount = cancelable_amount(&record.payment, request)?;
    let refund_account = permit(&record, amount, request, now)?;
    apply(&mut record, amount, request, now)?;
    if let Some(account) = &mut record.payment.virtual_account
        && record.approved_at.is_some()
    {
        "PENDING".clone_into(&mut account.refund_status);
        account.refund_receive_account = refund_account;
    }
    if record.approved_at.is_some() {
        state.book(&record, -amount, now);
    }
    if record.payment.virtual_account.is_some() {
        state.hooks.deposit_callback(&record.payment, now);
    }
    state.hooks.status_changed(&record.payment, now);
    let payment = record.payment.clone();
    state.keep(record);
    Ok(payment)
}

/// How much would be cancelled, if the balance and the state allow any of it.
fn cancelable_amount(payment: &Payment, request: &CancelRequest) -> Result<i64, Refusal> {
    match payment.status {
        Status::Canceled => return Err(Refusal::of("ALREADY_CANCELED_PAYMENT")),
        Status::Ready | Status::InProgress | Status::Aborted | Status::Expired => {
            return Err(Refusal::of("NOT_CANCELABLE_PAYMENT"));
        }
        Status::Done | Status::PartialCanceled | Status::WaitingForDeposit => {}
    }
    let balance = payment.balance_amount;
    if request.believed_balance.is_some_and(|believed| believed != balance) {
        return Err(Refusal::of("NOT_MATCHES_REFUNDABLE_AMOUNT"));
    }
    let amount = request.amount.unwrap_or(balance);
    if amount == 0 || amount > balance {
        return Err(Refusal::of("NOT_CANCELABLE_AMOUNT"));
    }
    Ok(amount)
}

/// The rules of each method. Answers the account that a paid deposit goes back to.
fn permit(
    record: &Record,
    amount: i64,
    request: &CancelRequest,
    now: Moment,
) -> Result<Option<RefundAccount>, Refusal> {
    let whole = amount == record.payment.total_amount;
    let Some(approved_at) = record.approved_at else {
        // No deposit yet: there is nothing to pay back, only an account to close.
        return if whole { Ok(None) } else { Err(Refusal::of("NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT")) };
    };
    if !whole && !record.method().refunds_in_parts() {
        return Err(Refusal::of("NOT_ALLOWED_PARTIAL_REFUND"));
    }
    let too_late = match record.method() {
        Method::Transfer => now > approved_at + TimeDelta::days(180),
        Method::VirtualAccount => now > approved_at + TimeDelta::days(365),
        Method::MobilePhone => korean_month(now) != korean_month(approved_at),
        _ => false,
    };
    if too_late {
        return Err(Refusal::of("EXCEED_MAX_REFUND_DUE"));
    }
    if record.method() == Method::VirtualAccount && !request.by_hand {
        return refund_account(request.refund_account.as_ref()).map(Some);
    }
    Ok(None)
}

fn refund_account(body: Option<&RefundAccountBody>) -> Result<RefundAccount, Refusal> {
    let body = body.ok_or_else(|| Refusal::of("INVALID_REFUND_ACCOUNT_INFO"))?;
    let bank_code = parse_bank(&body.bank).ok_or_else(|| Refusal::of("INVALID_BANK"))?.to_owned();
    let number = &body.account_number;
    if number.is_empty() || number.len() > 20 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::of("INVALID_REFUND_ACCOUNT_NUMBER"));
    }
    if body.holder_name.trim().is_empty() || body.holder_name.chars().count() > 60 {
        return Err(Refusal::of("INVALID_REFUND_ACCOUNT_INFO"));
    }
    Ok(RefundAccount { bank_code, account_number: number.clone(), holder_name: body.holder_name.clone() })
}

fn apply(record: &mut Record, amount: i64, request: &CancelRequest, now: Moment) -> Result<(), Refusal> {
    let payment = &mut record.payment;
    let everything = amount == payment.balance_amount;
    let tax_free = if everything { payment.tax_free_amount } else { request.tax_free_amount };
    if tax_free > payment.tax_free_amount || tax_free > amount {
        return Err(Refusal::of("INVALID_REQUEST"));
    }
    // Emptied by several cancels, a payment stays PARTIAL_CANCELED; only one cancel of everything makes it CANCELED.
    let in_one_go = everything && payment.status != Status::PartialCanceled;
    payment.status = if in_one_go { Status::Canceled } else { Status::PartialCanceled };
    payment.balance_amount -= amount;
    payment.tax_free_amount -= tax_free;
    payment.rebalance();
    let key = transaction_key();
    payment.last_transaction_key = Some(key.clone());
    if let Some(card) = payment.card.as_mut().filter(|_| everything) {
        "CANCELED".clone_into(&mut card.acquire_status);
    }
    payment.cancels.get_or_insert_default().push(Cancel {
        transaction_key: key,
        cancel_reason: request.reason.clone(),
        tax_exemption_amount: 0,
        canceled_at: korean_time(now),
        card_discount_amount: 0,
        transfer_discount_amount: 0,
        easy_pay_discount_amount: 0,
        receipt_key: None,
        cancel_amount: amount,
        tax_free_amount: tax_free,
        refundable_amount: payment.balance_amount,
        cancel_status: "DONE".to_owned(),
        cancel_request_id: None,
    });
    Ok(())
}
