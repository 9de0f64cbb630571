//! The payment and its state.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::order::{OrderNumber, PaymentStatus};
use crate::shared::{Entropy, OrderId, PaymentId, Timestamp, Version, Won};

use super::{Deposit, SealedAccount};

/// The partner's key of a payment: opaque, at most 200 characters (Toss, core API, `paymentKey`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentKey(String);

/// A text that is no payment key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("결제 키가 올바르지 않습니다.")]
pub struct PaymentKeyError;

impl PaymentKey {
    /// The key: 1 to 200 printable ASCII characters that stand for themselves in a path.
    ///
    /// # Errors
    /// [`PaymentKeyError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, PaymentKeyError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'.' | b'~');
        if (1..=200).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('.') {
            Ok(Self(text.to_owned()))
        } else {
            Err(PaymentKeyError)
        }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PaymentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What makes a repeated call to the partner the same call: random, stored with the attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// A fresh key.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self(entropy.hex_id())
    }

    /// A key as it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a buyer paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentMethod {
    /// Credit card; also what an unknown method counts as.
    CreditCard,
    /// Debit card.
    DebitCard,
    /// Transfer.
    BankTransfer,
    /// Virtual account.
    VirtualAccount,
    /// Phone bill. The front end calls it `MOBILE`.
    Mobile,
    /// Kakao Pay.
    KakaoPay,
    /// Naver Pay.
    NaverPay,
    /// Toss Pay.
    TossPay,
    /// Payco.
    Payco,
}

impl PaymentMethod {
    /// Every method.
    pub const ALL: [Self; 9] = [
        Self::CreditCard,
        Self::DebitCard,
        Self::BankTransfer,
        Self::VirtualAccount,
        Self::Mobile,
        Self::KakaoPay,
        Self::NaverPay,
        Self::TossPay,
        Self::Payco,
    ];

    /// Its name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreditCard => "CREDIT_CARD",
            Self::DebitCard => "DEBIT_CARD",
            Self::BankTransfer => "BANK_TRANSFER",
            Self::VirtualAccount => "VIRTUAL_ACCOUNT",
            Self::Mobile => "MOBILE",
            Self::KakaoPay => "KAKAO_PAY",
            Self::NaverPay => "NAVER_PAY",
            Self::TossPay => "TOSS_PAY",
            Self::Payco => "PAYCO",
        }
    }

    /// The method of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}

/// One attempt to take an order's money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Inside the shop.
    pub id: PaymentId,
    /// At the partner; unique.
    pub key: PaymentKey,
    /// The order.
    pub order: OrderId,
    /// Its number.
    pub order_number: OrderNumber,
    /// What is to be taken: the order's total.
    pub amount: Won,
    /// What makes a repeated confirm the same confirm.
    pub idempotency_key: IdempotencyKey,
    /// When the attempt was stored.
    pub requested_at: Timestamp,
    /// Where it stands.
    pub state: PaymentState,
    /// How often the partner was asked about it since the attempt was stored.
    pub checks: u32,
    /// How many times it was changed.
    pub version: Version,
}

impl Payment {
    /// Whether its money is to go back and cannot: it was deposited, and nobody knows the account to send it to.
    pub const fn lacks_account(&self) -> bool {
        matches!(self.state, PaymentState::RefundDue { method: PaymentMethod::VirtualAccount, account: None, .. })
    }

    /// How long to wait after this check before the next: a waiting deposit is asked for twice a minute, an unknown
    /// outcome ever more rarely, down to once a minute. Where only a human can help, it is once an hour.
    pub fn check_pause(&self) -> Duration {
        match self.state {
            PaymentState::AwaitingDeposit { .. } => Duration::from_secs(30),
            _ if self.lacks_account() => Duration::from_hours(1),
            _ => Duration::from_secs(1_u64.checked_shl(self.checks).unwrap_or(u64::MAX).min(60)),
        }
    }
}

/// Where a payment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// Stored; the partner may or may not have taken the money.
    Requested,
    /// A virtual account waits for its deposit.
    AwaitingDeposit(Deposit),
    /// The money is there.
    Approved {
        /// How the buyer paid.
        method: PaymentMethod,
        /// When.
        approved_at: Timestamp,
    },
    /// The money was definitely not taken.
    Declined {
        /// The partner's code, kept and not guessed at.
        code: String,
        /// Whether the same payment key may be tried again.
        repeatable: bool,
    },
    /// The money was taken, and is on its way back.
    RefundDue {
        /// How the buyer paid.
        method: PaymentMethod,
        /// When it was taken.
        approved_at: Timestamp,
        /// Why it must go back.
        cause: RefundCause,
        /// What makes a repeated refund the same refund.
        refund_key: IdempotencyKey,
        /// Where a deposit's money goes back to; cards and transfers need none.
        account: Option<SealedAccount>,
    },
    /// The money went back.
    Refunded {
        /// How the buyer had paid.
        method: PaymentMethod,
        /// When it had been taken.
        approved_at: Timestamp,
        /// When it went back.
        refunded_at: Timestamp,
    },
}

/// Why money that was taken must go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundCause {
    /// The order cannot take a payment any more.
    OrderGone,
    /// Another amount, currency or order than agreed.
    NotAsAgreed,
    /// The buyer or the shop wants it so. Who and why is with the order.
    Requested,
}

impl RefundCause {
    /// The name that the database uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrderGone => "ORDER_GONE",
            Self::NotAsAgreed => "NOT_AS_AGREED",
            Self::Requested => "REQUESTED",
        }
    }

    /// The cause of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::OrderGone, Self::NotAsAgreed, Self::Requested].into_iter().find(|cause| cause.name() == name)
    }
}

impl PaymentState {
    /// The status on the wire. What is still open is pending; what the shop cannot keep is not its money; a sale stands
    /// until its refund is through.
    pub const fn status(&self) -> PaymentStatus {
        match self {
            Self::Requested | Self::AwaitingDeposit { .. } => PaymentStatus::Pending,
            Self::Approved { .. } | Self::RefundDue { cause: RefundCause::Requested, .. } => PaymentStatus::Completed,
            Self::Declined { .. } | Self::RefundDue { .. } => PaymentStatus::Failed,
            Self::Refunded { .. } => PaymentStatus::Refunded,
        }
    }

    /// The name that the `payments.status` column uses.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::AwaitingDeposit { .. } => "AWAITING_DEPOSIT",
            Self::Approved { .. } => "COMPLETED",
            Self::Declined { .. } => "FAILED",
            Self::RefundDue { .. } => "REFUND_DUE",
            Self::Refunded { .. } => "REFUNDED",
        }
    }
}

/// The intent to take an order's money, not stored yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPayment {
    /// At the partner.
    pub key: PaymentKey,
    /// The order.
    pub order: OrderId,
    /// Its number.
    pub order_number: OrderNumber,
    /// What is to be taken.
    pub amount: Won,
    /// What makes a repeated confirm the same confirm.
    pub idempotency_key: IdempotencyKey,
    /// Now.
    pub requested_at: Timestamp,
    /// When reconciliation looks at it if nobody settled it before.
    pub check_at: Timestamp,
    /// A declined attempt with the same key that this one takes the place of, as it was read.
    pub repeats: Option<(PaymentId, Version)>,
}
