//! A payment as the sandbox remembers it: Toss's document plus what Toss keeps to itself.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::method::{Choice, Method};
use super::wire::{API_VERSION, Failure, Link, Payment, Status};
use crate::clock::{Moment, korean_time};

/// How long a buyer has to go through the window.
pub(crate) const AUTHENTICATE_WITHIN: TimeDelta = TimeDelta::minutes(30);
/// How long the merchant has to confirm after that.
pub(crate) const CONFIRM_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// How long a virtual account takes a deposit unless the merchant says otherwise.
pub(crate) const DEPOSIT_WITHIN: TimeDelta = TimeDelta::hours(168);
/// The sandbox is one merchant.
pub(crate) const MERCHANT: &str = "tsandbox";

/// What the browser asked for when it opened the payment window.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Window {
    pub(crate) id: String,
    pub(crate) success_url: Option<String>,
    pub(crate) fail_url: Option<String>,
    /// The window stands in a frame and reports its outcome to the page around it.
    pub(crate) framed: bool,
    /// The origin of the page that opened it.
    pub(crate) opener: Option<String>,
    pub(crate) wanted: Method,
    pub(crate) easy_pay: Option<String>,
}

/// Who pays, as far as the merchant told.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Customer {
    pub(crate) key: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
}

/// What a new payment starts from.
#[derive(Debug, Clone)]
pub(crate) struct NewPayment {
    pub(crate) order_id: String,
    pub(crate) order_name: String,
    pub(crate) amount: i64,
    pub(crate) tax_free_amount: i64,
    pub(crate) metadata: Option<std::collections::BTreeMap<String, String>>,
    pub(crate) customer: Customer,
    pub(crate) window: Option<Window>,
    pub(crate) client_key: Option<String>,
    /// How long a virtual account would be open.
    pub(crate) deposit_within: Option<TimeDelta>,
    pub(crate) deposit_until: Option<Moment>,
}

impl NewPayment {
    /// A payment that nobody opened a window for.
    pub(crate) fn plain(order_id: String, order_name: String, amount: i64) -> Self {
        Self {
            order_id,
            order_name,
            amount,
            tax_free_amount: 0,
            metadata: None,
            customer: Customer::default(),
            window: None,
            client_key: None,
            deposit_within: None,
            deposit_until: None,
        }
    }
}

/// A remembered payment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Its place in the order of creation.
    pub(crate) number: usize,
    pub(crate) payment: Payment,
    pub(crate) requested_at: Moment,
    pub(crate) authenticated_at: Option<Moment>,
    pub(crate) approved_at: Option<Moment>,
    pub(crate) due_at: Option<Moment>,
    pub(crate) deposit_within_s: Option<i64>,
    pub(crate) choice: Option<Choice>,
    pub(crate) customer: Customer,
    pub(crate) window: Option<Window>,
    /// The pair that opened it; a payment made by a control call belongs to no pair and any may confirm it.
    pub(crate) client_key: Option<String>,
    /// A tester's wish: the approval will be refused with this code.
    pub(crate) confirm_refusal: Option<String>,
}

impl Record {
    /// A READY payment: much of it is `null` until a buyer authenticates.
    pub(crate) fn new(number: usize, new: NewPayment, keys: (String, String), base: &str, now: Moment) -> Self {
        let (payment_key, secret) = keys;
        let mut payment = Payment {
            m_id: MERCHANT.to_owned(),
            last_transaction_key: None,
            order_id: new.order_id,
            order_name: new.order_name,
            tax_exemption_amount: 0,
            status: Status::Ready,
            requested_at: korean_time(now),
            approved_at: None,
            use_escrow: None,
            culture_expense: false,
            card: None,
            virtual_account: None,
            transfer: None,
            mobile_phone: None,
            gift_certificate: None,
            cash_receipt: None,
            cash_receipts: None,
            discount: None,
            cancels: None,
            secret: Some(secret),
            kind: "NORMAL".to_owned(),
            easy_pay: None,
            country: "KR".to_owned(),
            failure: None,
            is_partial_cancelable: true,
            receipt: None,
            checkout: Some(Link { url: format!("{base}/toss/v1/payments/{payment_key}/checkout") }),
            payment_key,
            currency: "KRW".to_owned(),
            total_amount: new.amount,
            balance_amount: new.amount,
            supplied_amount: 0,
            vat: 0,
            tax_free_amount: new.tax_free_amount,
            method: None,
            version: API_VERSION.to_owned(),
            metadata: new.metadata,
        };
        payment.rebalance();
        Self {
            number,
            payment,
            requested_at: now,
            authenticated_at: None,
            approved_at: None,
            due_at: new.deposit_until,
            deposit_within_s: new.deposit_within.map(|within| within.num_seconds()),
            choice: None,
            customer: new.customer,
            window: new.window,
            client_key: new.client_key,
            confirm_refusal: None,
        }
    }

    /// The buyer went through the window: READY becomes `IN_PROGRESS`.
    pub(crate) fn authenticate(&mut self, choice: Choice, now: Moment) {
        self.payment.status = Status::InProgress;
        self.payment.method = Some(choice.method.korean().to_owned());
        self.payment.use_escrow = Some(false);
        self.payment.is_partial_cancelable = choice.method.refunds_in_parts();
        self.authenticated_at = Some(now);
        self.choice = Some(choice);
    }

    /// Nobody acted in time.
    pub(crate) fn expire(&mut self) {
        self.payment.status = Status::Expired;
        self.payment.failure = Some(Failure {
            code: "EXPIRED_PAYMENT".to_owned(),
            message: "결제가 만료되었습니다. 다시 시도해주세요.".to_owned(),
        });
    }

    /// The next instant at which time alone changes this payment.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        match self.payment.status {
            Status::Ready => Some(self.requested_at + AUTHENTICATE_WITHIN),
            Status::InProgress => self.authenticated_at.map(|at| at + CONFIRM_WITHIN),
            Status::WaitingForDeposit if !self.is_overdue() => self.due_at,
            _ => None,
        }
    }

    /// Whether the virtual account no longer takes a deposit.
    pub(crate) fn is_overdue(&self) -> bool {
        self.payment.virtual_account.as_ref().is_some_and(|account| account.expired)
    }

    /// Whether an approval has happened, whatever became of it: such an order takes no second payment.
    pub(crate) fn is_taken(&self) -> bool {
        use Status::{Canceled, Done, PartialCanceled, WaitingForDeposit};
        matches!(self.payment.status, Done | Canceled | PartialCanceled | WaitingForDeposit)
    }

    /// How the buyer pays; a payment without a choice counts as a card payment.
    pub(crate) fn method(&self) -> Method {
        self.choice.as_ref().map_or(Method::Card, |choice| choice.method)
    }
}
