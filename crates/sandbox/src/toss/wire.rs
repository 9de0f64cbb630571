//! Toss's documents, field by field. The order of the fields is the order of their real answers, and every key is always
//! there: what does not apply is `null`.

use serde::{Deserialize, Serialize};

use crate::clock::Moment;

/// The schema version that every Payment carries.
pub(crate) const API_VERSION: &str = "2022-11-16";

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    /// Created; the buyer has not gone through the window yet.
    Ready,
    /// The buyer has; the merchant has to confirm.
    InProgress,
    /// A virtual account was issued and is not paid.
    WaitingForDeposit,
    /// Approved.
    Done,
    /// Cancelled in full by one cancel.
    Canceled,
    /// Cancelled in part at least once, even when nothing is left.
    PartialCanceled,
    /// The approval was refused.
    Aborted,
    /// Not authenticated, or not confirmed, in time.
    Expired,
}

/// A Payment as every endpoint answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payment {
    #[serde(rename = "mId")]
    pub(crate) m_id: String,
    pub(crate) last_transaction_key: Option<String>,
    pub(crate) payment_key: String,
    pub(crate) order_id: String,
    pub(crate) order_name: String,
    pub(crate) tax_exemption_amount: i64,
    pub(crate) status: Status,
    pub(crate) requested_at: String,
    pub(crate) approved_at: Option<String>,
    pub(crate) use_escrow: Option<bool>,
    pub(crate) culture_expense: bool,
    pub(crate) card: Option<Card>,
    pub(crate) virtual_account: Option<VirtualAccount>,
    pub(crate) transfer: Option<Transfer>,
    pub(crate) mobile_phone: Option<MobilePhone>,
    pub(crate) gift_certificate: Option<GiftCertificate>,
    pub(crate) cash_receipt: Option<CashReceipt>,
    pub(crate) cash_receipts: Option<Vec<CashReceipt>>,
    pub(crate) discount: Option<Discount>,
    pub(crate) cancels: Option<Vec<Cancel>>,
    pub(crate) secret: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) easy_pay: Option<EasyPay>,
    pub(crate) country: String,
    pub(crate) failure: Option<Failure>,
    pub(crate) is_partial_cancelable: bool,
    pub(crate) receipt: Option<Link>,
    pub(crate) checkout: Option<Link>,
    pub(crate) currency: String,
    pub(crate) total_amount: i64,
    pub(crate) balance_amount: i64,
    pub(crate) supplied_amount: i64,
    pub(crate) vat: i64,
    pub(crate) tax_free_amount: i64,
    pub(crate) method: Option<String>,
    pub(crate) version: String,
    pub(crate) metadata: Option<std::collections::BTreeMap<String, String>>,
}

impl Payment {
    /// Recomputes what is derived from the balance: value-added tax is an eleventh of the taxable part, rounded.
    pub(crate) fn rebalance(&mut self) {
        let taxable = self.balance_amount - self.tax_free_amount;
        self.vat = (taxable * 2 + 11).div_euclid(22);
        self.supplied_amount = taxable - self.vat;
    }
}

/// What a card paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Card {
    pub(crate) issuer_code: String,
    pub(crate) acquirer_code: Option<String>,
    pub(crate) number: String,
    pub(crate) installment_plan_months: u32,
    pub(crate) is_interest_free: bool,
    pub(crate) interest_payer: Option<String>,
    pub(crate) approve_no: String,
    pub(crate) use_card_point: bool,
    pub(crate) card_type: String,
    pub(crate) owner_type: String,
    pub(crate) acquire_status: String,
    pub(crate) amount: i64,
}

/// The account that was issued for one deposit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VirtualAccount {
    pub(crate) account_type: String,
    pub(crate) account_number: String,
    pub(crate) bank_code: String,
    pub(crate) customer_name: String,
    pub(crate) depositor_name: Option<String>,
    pub(crate) due_date: String,
    pub(crate) refund_status: String,
    pub(crate) expired: bool,
    pub(crate) settlement_status: String,
    pub(crate) refund_receive_account: Option<RefundAccount>,
}

/// Where a deposit is paid back to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundAccount {
    pub(crate) bank_code: String,
    pub(crate) account_number: String,
    pub(crate) holder_name: String,
}

/// What a bank transfer paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transfer {
    pub(crate) bank_code: String,
    pub(crate) settlement_status: String,
}

/// What a telephone bill pays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MobilePhone {
    pub(crate) customer_mobile_phone: Option<String>,
    pub(crate) settlement_status: String,
    pub(crate) receipt_url: String,
}

/// What a gift certificate paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GiftCertificate {
    pub(crate) approve_no: String,
    pub(crate) settlement_status: String,
}

/// A receipt for a payment in cash or its like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CashReceipt {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) receipt_key: String,
    pub(crate) issue_number: String,
    pub(crate) receipt_url: String,
    pub(crate) amount: i64,
    pub(crate) tax_free_amount: i64,
}

/// A card company's instant discount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Discount {
    pub(crate) amount: i64,
}

/// One cancel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cancel {
    pub(crate) transaction_key: String,
    pub(crate) cancel_reason: String,
    pub(crate) tax_exemption_amount: i64,
    pub(crate) canceled_at: String,
    pub(crate) card_discount_amount: i64,
    pub(crate) transfer_discount_amount: i64,
    pub(crate) easy_pay_discount_amount: i64,
    pub(crate) receipt_key: Option<String>,
    pub(crate) cancel_amount: i64,
    pub(crate) tax_free_amount: i64,
    pub(crate) refundable_amount: i64,
    pub(crate) cancel_status: String,
    pub(crate) cancel_request_id: Option<String>,
}

/// The part that an easy-pay provider paid from its own money; a card's part stands in [`Card`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EasyPay {
    pub(crate) provider: String,
    pub(crate) amount: i64,
    pub(crate) discount_amount: i64,
}

/// Why a payment came to nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) message: String,
}

/// A link to a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) url: String,
}

/// One row of the reconciliation list: an approval or a cancel. The amount of a cancel is negative here; the real sign is
/// not documented, and a sum that comes out right is the kinder guess.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction {
    #[serde(rename = "mId")]
    pub(crate) m_id: String,
    pub(crate) transaction_key: String,
    pub(crate) payment_key: String,
    pub(crate) order_id: String,
    pub(crate) method: String,
    pub(crate) customer_key: Option<String>,
    pub(crate) use_escrow: bool,
    pub(crate) receipt_url: String,
    pub(crate) status: Status,
    pub(crate) transaction_at: String,
    pub(crate) currency: String,
    pub(crate) amount: i64,
}

/// A transaction with the instant it happened, which the list is searched by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Booked {
    pub(crate) at: Moment,
    pub(crate) row: Transaction,
}
