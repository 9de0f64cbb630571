//! What payment requests bring and what their page gets.

use ef_domain::order::OrderNumber;
use ef_domain::payment::{ConfirmPaymentCommand, Deposit, Payment, PaymentKey, PaymentState};
use ef_domain::shared::{Actor, FieldErrors, Won};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::field::{Field, finish};
use super::super::openapi::{form, words};

/// What the payment window sent the buyer back with. `orderId` is the order's number.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfirmPaymentBody {
    #[schema(required, schema_with = form::payment_key)]
    payment_key: Field<String>,
    #[schema(required, schema_with = form::order_number_text)]
    order_id: Field<String>,
    #[schema(schema_with = form::optional_won)]
    amount: Field<i64>,
}

impl ConfirmPaymentBody {
    /// What that buyer pays.
    pub fn into_command(self, actor: Actor) -> Result<ConfirmPaymentCommand, FieldErrors> {
        let mut errors = FieldErrors::new();
        let key = errors.keep("paymentKey", parse(self.payment_key, PaymentKey::parse));
        let order = errors.keep("orderId", parse(self.order_id, OrderNumber::parse));
        let quoted = errors.keep("amount", amount(self.amount));
        let command = key.zip(order).zip(quoted);
        let command =
            command.map(|((key, order), quoted)| ConfirmPaymentCommand { actor, order, key, quoted, claim: None });
        finish(command, errors)
    }
}

fn parse<T, E: ToString>(field: Field<String>, parse: fn(&str) -> Result<T, E>) -> Result<T, String> {
    let text = field.required().map_err(str::to_owned)?;
    parse(text.trim()).map_err(|error| error.to_string())
}

fn amount(field: Field<i64>) -> Result<Option<Won>, String> {
    let amount = field.optional().map_err(str::to_owned)?;
    amount.map(Won::try_new).transpose().map_err(|error| error.to_string())
}

/// A payment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentView {
    id: i64,
    order_id: i64,
    order_number: i64,
    #[schema(required, value_type = Option<words::PaymentMethod>)]
    payment_method: Option<&'static str>,
    #[schema(value_type = words::PaymentStatus)]
    payment_status: &'static str,
    transaction_id: String,
    amount: i64,
    #[schema(required, format = DateTime)]
    paid_at: Option<String>,
    /// When the money went back.
    #[schema(format = DateTime, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded_at: Option<String>,
    /// Where the money is awaited.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit: Option<DepositView>,
}

/// A virtual account that waits for its money.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepositView {
    /// What buyers call the bank.
    #[schema(required)]
    bank: Option<String>,
    #[schema(required)]
    account_number: Option<String>,
    #[schema(required)]
    holder_name: Option<String>,
    #[schema(format = DateTime)]
    due_at: String,
    amount: i64,
}

impl DepositView {
    /// The account, and how much it waits for.
    pub fn new(deposit: &Deposit, amount: Won) -> Self {
        let account = deposit.account.as_ref();
        Self {
            bank: account.map(|account| account.bank_name().to_owned()),
            account_number: account.map(|account| account.number.clone()),
            holder_name: account.map(|account| account.holder.clone()),
            due_at: deposit.due_at.to_string(),
            amount: amount.get(),
        }
    }
}

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> Self {
        let paid = match &payment.state {
            PaymentState::Approved { method, approved_at }
            | PaymentState::RefundDue { method, approved_at, .. }
            | PaymentState::Refunded { method, approved_at, .. } => Some((*method, *approved_at)),
            PaymentState::Requested | PaymentState::AwaitingDeposit { .. } | PaymentState::Declined { .. } => None,
        };
        Self {
            id: payment.id.get(),
            order_id: payment.order.get(),
            order_number: payment.order_number.get(),
            payment_method: paid.map(|(method, _)| method.name()),
            payment_status: payment.state.status().name(),
            transaction_id: payment.key.as_str().to_owned(),
            amount: payment.amount.get(),
            paid_at: paid.map(|(_, paid_at)| paid_at.to_string()),
            refunded_at: match &payment.state {
                PaymentState::Refunded { refunded_at, .. } => Some(refunded_at.to_string()),
                _ => None,
            },
            deposit: match &payment.state {
                PaymentState::AwaitingDeposit(deposit) => Some(DepositView::new(deposit, payment.amount)),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use ef_domain::shared::{Role, UserId};
    use serde_json::{Value, json};

    use super::*;

    fn command(body: Value) -> Result<ConfirmPaymentCommand, FieldErrors> {
        let body: ConfirmPaymentBody = serde_json::from_value(body).unwrap();
        body.into_command(Actor { user: UserId::new(1), role: Role::User })
    }

    #[test]
    fn the_amount_is_optional_and_the_rest_is_not() {
        let paid = command(json!({"paymentKey": "tgen_1", "orderId": "1762500000123"})).unwrap();
        assert_eq!((paid.order.get(), paid.quoted), (1_762_500_000_123, None));
        for body in [
            json!({}),
            json!({"paymentKey": "tgen_1", "orderId": "abc"}),
            json!({"paymentKey": "../cancel", "orderId": "1762500000123"}),
            json!({"paymentKey": "tgen_1", "orderId": "1762500000123", "amount": -1}),
            json!({"paymentKey": "tgen_1", "orderId": "1762500000123", "amount": "17000"}),
        ] {
            assert!(command(body.clone()).is_err(), "{body}");
        }
    }
}
