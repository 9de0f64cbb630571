//! Confirming: the merchant takes the money that the buyer has agreed to.

use serde::Deserialize;
use serde_json::Value;

use super::auth::KeyPair;
use super::codes::Refusal;
use super::method::{Choice, Method};
use super::record::{DEPOSIT_WITHIN, Record};
use super::state::State;
use super::wire::{
    Card, EasyPay, Failure, GiftCertificate, Link, MobilePhone, Payment, Status, Transfer, VirtualAccount,
};
use crate::clock::{Moment, korean_time};
use crate::entropy;

/// What a confirm with an amount other than the authenticated one is answered with. The real code is not documented, so
/// it can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AmountMismatch {
    /// 400 `INVALID_REQUEST`.
    #[default]
    InvalidRequest,
    /// 403 `FORBIDDEN_REQUEST`.
    ForbiddenRequest,
    /// 404 `NOT_FOUND_PAYMENT_SESSION`.
    NotFoundPaymentSession,
}

impl AmountMismatch {
    fn refusal(self) -> Refusal {
        Refusal::of(match self {
            Self::InvalidRequest => "INVALID_REQUEST",
            Self::ForbiddenRequest => "FORBIDDEN_REQUEST",
            Self::NotFoundPaymentSession => "NOT_FOUND_PAYMENT_SESSION",
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConfirmBody {
    payment_key: String,
    order_id: String,
    amount: Value,
}

/// Reads an amount given as a number or, as the official samples send it, as a numeric string.
pub(crate) fn read_amount(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Executes a confirm.
pub(crate) fn confirm(
    state: &mut State,
    pair: &KeyPair,
    body: &[u8],
    mismatch: AmountMismatch,
    now: Moment,
) -> Result<Payment, Refusal> {
    let malformed = || Refusal::of("INVALID_REQUEST");
    let body: ConfirmBody = serde_json::from_slice(body).map_err(|_| malformed())?;
    let amount = read_amount(&body.amount).ok_or_else(malformed)?;
    let no_session = || Refusal::of("NOT_FOUND_PAYMENT_SESSION");
    let mut record = state.find(&body.payment_key).ok_or_else(no_session)?;
    owned_by(&record, pair)?;
    if record.payment.order_id != body.order_id {
        return Err(no_session());
    }
    match record.payment.status {
        Status::InProgress => {}
        Status::Ready | Status::Expired | Status::Aborted => return Err(no_session()),
        Status::Done | Status::WaitingForDeposit | Status::Canceled | Status::PartialCanceled => {
            return Err(Refusal::of("ALREADY_PROCESSED_PAYMENT"));
        }
    }
    if amount != record.payment.total_amount {
        return Err(mismatch.refusal());
    }
    if state.order_is_taken(&record.payment.order_id, Some(record.number)) {
        return Err(Refusal::of("DUPLICATED_ORDER_ID"));
    }
    if let Some(refusal) = refusal_at_approval(&record) {
        abort(state, record, &refusal, now);
        return Err(refusal);
    }
    approve(&mut record, state.base(), now);
    announce_approval(state, &record, now);
    let payment = record.payment.clone();
    state.keep(record);
    Ok(payment)
}

/// A payment answers only to the key pair that opened it.
pub(crate) fn owned_by(record: &Record, pair: &KeyPair) -> Result<(), Refusal> {
    match &record.client_key {
        Some(client) if *client != pair.client => Err(Refusal::of("INVALID_API_KEY")),
        _ => Ok(()),
    }
}

fn refusal_at_approval(record: &Record) -> Option<Refusal> {
    let wished = record.confirm_refusal.as_deref().and_then(Refusal::find);
    let too_little = record.payment.total_amount < record.method().minimum_amount();
    wished.or_else(|| too_little.then(|| Refusal::of("BELOW_MINIMUM_AMOUNT")))
}

fn abort(state: &mut State, mut record: Record, refusal: &Refusal, now: Moment) {
    record.payment.status = Status::Aborted;
    record.payment.failure =
        Some(Failure { code: refusal.code.to_owned(), message: refusal.message.clone().into_owned() });
    state.hooks.status_changed(&record.payment, now);
    state.keep(record);
}

/// A new transaction key.
pub(crate) fn transaction_key() -> String {
    format!("txrd_a01{}", entropy::lower(23))
}

/// Approves: DONE with the details of the method, or a virtual account that waits for its deposit.
pub(crate) fn approve(record: &mut Record, base: &str, now: Moment) {
    let choice = record.choice.clone().unwrap_or_else(|| Choice::of(Method::Card));
    let total = record.payment.total_amount;
    let key = record.payment.payment_key.clone();
    let receipt_url = format!("{base}/toss/receipt?transactionId={key}&ref=PX");
    let account = (choice.method == Method::VirtualAccount).then(|| issue_account(record, &choice, now));
    let payment = &mut record.payment;
    payment.last_transaction_key = Some(transaction_key());
    payment.receipt = Some(Link { url: receipt_url.clone() });
    match choice.method {
        Method::Card => payment.card = Some(card(&choice.issuer, total)),
        Method::EasyPay => {
            let from_card = choice.card_amount.clamp(0, total);
            payment.card = (from_card > 0).then(|| card(&choice.issuer, from_card));
            let provider = choice.provider.unwrap_or_else(|| "토스페이".to_owned());
            payment.easy_pay = Some(EasyPay { provider, amount: total - from_card, discount_amount: 0 });
        }
        Method::Transfer => {
            payment.transfer = Some(Transfer { bank_code: choice.bank, settlement_status: "INCOMPLETED".to_owned() });
        }
        Method::MobilePhone => {
            let customer_mobile_phone = record.customer.phone.clone();
            let settlement_status = "INCOMPLETED".to_owned();
            payment.mobile_phone = Some(MobilePhone { customer_mobile_phone, settlement_status, receipt_url });
        }
        Method::CultureGift | Method::BookGift | Method::GameGift => {
            let (approve_no, settlement_status) = ("00000000".to_owned(), "INCOMPLETED".to_owned());
            payment.gift_certificate = Some(GiftCertificate { approve_no, settlement_status });
        }
        Method::VirtualAccount => {
            payment.virtual_account = account;
            payment.status = Status::WaitingForDeposit;
            return;
        }
    }
    payment.status = Status::Done;
    payment.approved_at = Some(korean_time(now));
    record.approved_at = Some(now);
}

fn card(issuer: &str, amount: i64) -> Card {
    Card {
        issuer_code: issuer.to_owned(),
        acquirer_code: Some("31".to_owned()),
        number: "12345678****123*".to_owned(),
        installment_plan_months: 0,
        is_interest_free: false,
        interest_payer: None,
        approve_no: "00000000".to_owned(),
        use_card_point: false,
        card_type: "신용".to_owned(),
        owner_type: "개인".to_owned(),
        acquire_status: "READY".to_owned(),
        amount,
    }
}

fn issue_account(record: &mut Record, choice: &Choice, now: Moment) -> VirtualAccount {
    let within = record.deposit_within_s.and_then(chrono::TimeDelta::try_seconds).unwrap_or(DEPOSIT_WITHIN);
    let due = *record.due_at.get_or_insert(now + within);
    VirtualAccount {
        account_type: "일반".to_owned(),
        account_number: format!("X{}", entropy::digits(13)),
        bank_code: choice.bank.clone(),
        customer_name: record.customer.name.clone().unwrap_or_else(|| "김토스".to_owned()),
        depositor_name: None,
        due_date: korean_time(due),
        refund_status: "NONE".to_owned(),
        expired: false,
        settlement_status: "INCOMPLETED".to_owned(),
        refund_receive_account: None,
    }
}

/// Books an approval and tells the merchant's webhook.
pub(crate) fn announce_approval(state: &mut State, record: &Record, now: Moment) {
    if record.payment.status == Status::Done {
        state.book(record, record.payment.total_amount, now);
        state.hooks.status_changed(&record.payment, now);
    } else {
        state.hooks.deposit_callback(&record.payment, now);
    }
}
