//! Their documents, as far as the shop reads them. Read leniently: unknown fields are skipped, codes stay text, and what
//! may be missing may be missing. What to make of it is `convert.rs`'s business.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of a confirm.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfirmWire<'a> {
    pub(crate) payment_key: &'a str,
    pub(crate) order_id: String,
    pub(crate) amount: i64,
}

/// The body of a cancellation. Without an amount it is for all that is left.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CancelWire<'a> {
    pub(crate) cancel_reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refund_receive_account: Option<RefundAccountWire<'a>>,
}

/// The buyer's account that a deposit goes back to. It is not printed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundAccountWire<'a> {
    pub(crate) bank: &'a str,
    pub(crate) account_number: &'a str,
    pub(crate) holder_name: &'a str,
}

impl fmt::Debug for RefundAccountWire<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefundAccountWire").field("bank", &self.bank).finish_non_exhaustive()
    }
}

/// A payment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentWire {
    pub(crate) payment_key: String,
    pub(crate) status: String,
    pub(crate) order_id: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) total_amount: Option<Value>,
    pub(crate) balance_amount: Option<Value>,
    pub(crate) method: Option<String>,
    pub(crate) easy_pay: Option<EasyPayWire>,
    pub(crate) approved_at: Option<String>,
    pub(crate) virtual_account: Option<VirtualAccountWire>,
}

/// The easy payment service behind a payment.
#[derive(Debug, Deserialize)]
pub(crate) struct EasyPayWire {
    pub(crate) provider: Option<String>,
}

/// The account that a deposit goes to. It is not printed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VirtualAccountWire {
    pub(crate) due_date: Option<String>,
    pub(crate) bank_code: Option<String>,
    pub(crate) account_number: Option<String>,
    pub(crate) customer_name: Option<String>,
}

impl fmt::Debug for VirtualAccountWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualAccountWire").field("due_date", &self.due_date).finish_non_exhaustive()
    }
}

/// A refusal. Most calls put the code at the top; the newer ones put it into an `error`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum RefusalWire {
    /// `{"code": ..., "message": ...}`
    Flat {
        /// Why.
        code: String,
    },
    /// `{"error": {"code": ..., "message": ...}}`
    Nested {
        /// The same, one level down.
        error: CodeWire,
    },
}

/// The inside of a nested refusal.
#[derive(Debug, Deserialize)]
pub(crate) struct CodeWire {
    pub(crate) code: String,
}

impl RefusalWire {
    /// Why.
    pub(crate) fn into_code(self) -> String {
        match self {
            Self::Flat { code } | Self::Nested { error: CodeWire { code } } => code,
        }
    }
}
