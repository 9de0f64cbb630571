//! Their documents in the domain's words. Total: what cannot be read is said to be unreadable, never guessed at.

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use ef_domain::order::OrderNumber;
use ef_domain::payment::{Approval, Deposit, DepositAccount, PartnerView, PaymentKey, PaymentMethod};
use ef_domain::shared::{Timestamp, Won};
use serde_json::Value;
use thiserror::Error;

use crate::wire::{PaymentWire, VirtualAccountWire};

/// A payment document without something that the shop cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the partner's payment has no readable {0}")]
pub(crate) struct Unreadable(&'static str);

/// What the document says of the payment that was asked for.
pub(crate) fn view(asked: &PaymentKey, payment: &PaymentWire) -> Result<PartnerView, Unreadable> {
    is_of(asked, payment)?;
    let code = || payment.status.clone();
    match payment.status.as_str() {
        "READY" | "IN_PROGRESS" => Ok(PartnerView::Unconfirmed),
        "WAITING_FOR_DEPOSIT" => Ok(PartnerView::DepositPending(deposit(payment)?)),
        "DONE" => Ok(PartnerView::Approved(approval(payment)?)),
        "CANCELED" | "ABORTED" | "EXPIRED" => Ok(PartnerView::Closed { code: code() }),
        // Cancelled in parts, a payment keeps this status even when nothing is left of it.
        "PARTIAL_CANCELED" if balance(payment)? == 0 => Ok(PartnerView::Closed { code: code() }),
        _ => Ok(PartnerView::Unclear { code: code() }),
    }
}

/// Whether all of the money went back, or the account that waited for it was closed.
pub(crate) fn is_cancelled(asked: &PaymentKey, payment: &PaymentWire) -> Result<bool, Unreadable> {
    is_of(asked, payment)?;
    match payment.status.as_str() {
        "CANCELED" | "PARTIAL_CANCELED" => Ok(balance(payment)? == 0),
        _ => Ok(false),
    }
}

fn is_of(asked: &PaymentKey, payment: &PaymentWire) -> Result<(), Unreadable> {
    if payment.payment_key == asked.as_str() { Ok(()) } else { Err(Unreadable("payment key that was asked for")) }
}

fn approval(payment: &PaymentWire) -> Result<Approval, Unreadable> {
    let order = payment.order_id.as_deref().ok_or(Unreadable("order id"))?;
    let currency = payment.currency.as_deref().ok_or(Unreadable("currency"))?;
    let total = payment.total_amount.as_ref().ok_or(Unreadable("total amount"))?;
    let approved_at = payment.approved_at.as_deref().and_then(moment).ok_or(Unreadable("moment of approval"))?;
    Ok(Approval {
        order: order_number(order),
        amount: whole(total).filter(|_| currency == "KRW").and_then(|won| Won::try_new(won).ok()),
        method: method(payment),
        approved_at,
    })
}

/// One of our numbers, spelt as we spell them.
fn order_number(text: &str) -> Option<OrderNumber> {
    OrderNumber::parse(text).ok().filter(|number| number.to_string() == text)
}

fn balance(payment: &PaymentWire) -> Result<i64, Unreadable> {
    payment.balance_amount.as_ref().and_then(whole).ok_or(Unreadable("balance"))
}

/// A whole number, also where it is written as `1000.0`.
fn whole(value: &Value) -> Option<i64> {
    let Value::Number(number) = value else { return None };
    let text = number.to_string();
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}

fn deposit(payment: &PaymentWire) -> Result<Deposit, Unreadable> {
    let account = payment.virtual_account.as_ref().ok_or(Unreadable("virtual account"))?;
    let due_at = account.due_date.as_deref().and_then(moment).ok_or(Unreadable("due date"))?;
    Ok(Deposit { due_at, account: deposit_account(account) })
}

/// Where the buyer transfers to. It is told to him by the partner's window too: the shop goes on where it is missing, or
/// longer than any account is.
fn deposit_account(account: &VirtualAccountWire) -> Option<DepositAccount> {
    let text = |field: &Option<String>, longest: usize| {
        let text = field.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.filter(|text| text.chars().count() <= longest).map(str::to_owned)
    };
    Some(DepositAccount {
        bank: text(&account.bank_code, 20)?,
        number: text(&account.account_number, 50)?,
        holder: text(&account.customer_name, 100)?,
    })
}

const KOREA: Option<FixedOffset> = FixedOffset::east_opt(9 * 60 * 60);

/// A moment with its offset, or in Korean time where there is none.
fn moment(text: &str) -> Option<Timestamp> {
    let moment = DateTime::parse_from_rfc3339(text).ok().or_else(|| {
        let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
        naive.and_local_timezone(KOREA?).single()
    })?;
    Some(Timestamp::new(moment.to_utc()))
}

/// How the buyer paid. Their names are Korean words or, by a setting of the merchant's, English ones in a spelling that
/// is not documented: case and anything but letters do not count.
fn method(payment: &PaymentWire) -> PaymentMethod {
    match plain(payment.method.as_deref()).as_str() {
        "가상계좌" | "VIRTUALACCOUNT" => PaymentMethod::VirtualAccount,
        "계좌이체" | "TRANSFER" | "BANKTRANSFER" | "ACCOUNTTRANSFER" => PaymentMethod::BankTransfer,
        "휴대폰" | "MOBILE" | "MOBILEPHONE" => PaymentMethod::Mobile,
        "간편결제" | "EASYPAY" => {
            easy_pay(payment.easy_pay.as_ref().and_then(|easy_pay| easy_pay.provider.as_deref()))
        }
        _ => PaymentMethod::CreditCard,
    }
}

fn easy_pay(provider: Option<&str>) -> PaymentMethod {
    match plain(provider).as_str() {
        "토스페이" | "TOSSPAY" => PaymentMethod::TossPay,
        "카카오페이" | "KAKAOPAY" => PaymentMethod::KakaoPay,
        "네이버페이" | "NAVERPAY" => PaymentMethod::NaverPay,
        "페이코" | "PAYCO" => PaymentMethod::Payco,
        _ => PaymentMethod::CreditCard,
    }
}

fn plain(name: Option<&str>) -> String {
    name.unwrap_or_default().chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests;
