//! What administrators send about orders, and all that can be wrong with it.

use ef_domain::order::{AdvanceOrderCommand, OrderStatus, OrderTarget, RefundOrderCommand};
use ef_domain::payment::RefundAccount;
use ef_domain::shared::FieldErrors;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::Schema;

use super::super::field::{Field, FromJson, NO_OBJECT, finish};
use super::super::openapi::form;

/// Longest reason, in characters: what the partner takes.
const REASON: usize = 200;
/// Longest part of an account, in characters.
const ACCOUNT: usize = 60;

const NO_STATUS: &str = "PENDING, CONFIRMED, SHIPPED, DELIVERED, CANCELLED 중 하나여야 합니다.";

fn statuses() -> Schema {
    form::one_of(OrderStatus::ALL.map(OrderStatus::name))
}

/// Which status an order is to have.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct OrderStatusBody {
    /// The status.
    #[schema(required, schema_with = statuses)]
    status: Field<String>,
    /// Why. A paid order is not cancelled without.
    #[schema(schema_with = form::optional_text::<REASON>)]
    reason: Field<String>,
    /// Whether the goods of a paid order that is cancelled return to the shelf. Must be said once the parcel has left.
    #[schema(schema_with = form::optional_flag)]
    restock: Field<bool>,
}

impl OrderStatusBody {
    /// What is asked for, or all that is wrong with it.
    pub fn into_command(self, target: OrderTarget) -> Result<AdvanceOrderCommand, FieldErrors> {
        let mut errors = FieldErrors::new();
        let status = self.status.required().and_then(|text| OrderStatus::parse(text.trim()).ok_or(NO_STATUS));
        let to = errors.keep("status", status);
        let reason = errors.keep("reason", self.reason.optional_text(REASON));
        let restock = errors.keep("restock", self.restock.optional());
        let command = to.zip(reason).zip(restock);
        let command = command.map(|((to, reason), restock)| AdvanceOrderCommand { target, to, reason, restock });
        finish(command, errors)
    }
}

/// Why an order's money goes back, and where to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RefundOrderBody {
    /// Why.
    #[schema(required, schema_with = form::text::<REASON>)]
    reason: Field<String>,
    /// Whether the goods return to the shelf. Must be said once the parcel has left.
    #[schema(schema_with = form::optional_flag)]
    restock: Field<bool>,
    /// The buyer's account; needed for money that came as a deposit.
    #[schema(schema_with = form::optional::<DeskAccountBody>)]
    refund_receive_account: Field<DeskAccountBody>,
}

/// An account of a buyer's.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DeskAccountBody {
    /// The bank, by its code or its name.
    #[schema(required, schema_with = form::text::<ACCOUNT>)]
    bank: Field<String>,
    /// Its number, with or without hyphens.
    #[schema(required, schema_with = form::text::<ACCOUNT>)]
    account_number: Field<String>,
    /// In whose name it is.
    #[schema(required, schema_with = form::text::<ACCOUNT>)]
    holder_name: Field<String>,
}

impl FromJson for DeskAccountBody {
    fn from_json(value: Value) -> Result<Self, &'static str> {
        if !value.is_object() {
            return Err(NO_OBJECT);
        }
        Self::deserialize(value).map_err(|_| NO_OBJECT)
    }
}

impl RefundOrderBody {
    /// What is asked for, or all that is wrong with it.
    pub fn into_command(self, target: OrderTarget) -> Result<RefundOrderCommand, FieldErrors> {
        let mut errors = FieldErrors::new();
        let reason = errors.keep("reason", self.reason.text(REASON));
        let restock = errors.keep("restock", self.restock.optional());
        let account = errors.keep("refundReceiveAccount", self.refund_receive_account.optional());
        let account =
            account.and_then(|account| account.map(|account| account.parse(&mut errors)).unwrap_or(Some(None)));
        let command = reason.zip(restock).zip(account);
        let command =
            command.map(|((reason, restock), account)| RefundOrderCommand { target, reason, restock, account });
        finish(command, errors)
    }
}

impl DeskAccountBody {
    fn parse(self, errors: &mut FieldErrors) -> Option<Option<RefundAccount>> {
        let field = |name: &str| format!("refundReceiveAccount.{name}");
        let bank = errors.keep(&field("bank"), self.bank.text(ACCOUNT));
        let number = errors.keep(&field("accountNumber"), self.account_number.text(ACCOUNT));
        let holder = errors.keep(&field("holderName"), self.holder_name.text(ACCOUNT));
        let ((bank, number), holder) = bank.zip(number).zip(holder)?;
        match RefundAccount::parse(&bank, &number, &holder) {
            Ok(account) => Some(Some(account)),
            Err(error) => {
                errors.add(&field(error.field()), error.to_string());
                None
            }
        }
    }
}
