//! What administrators send about orders, and all that can be wrong with it.

use ef_domain::order::{AdvanceOrderCommand, OrderStatus, OrderTarget, RefundOrderCommand};
use ef_domain::shared::FieldErrors;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa::openapi::Schema;

use super::super::field::{Field, finish};
use super::super::openapi::form;
use super::super::orders::NO_STATUS;
use super::super::refund_account::{RefundAccountBody, refund_account};

/// Longest reason, in characters: what the partner takes.
const REASON: usize = 200;

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
// Without `Debug`: that is a buyer's account.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RefundOrderBody {
    /// Why.
    #[schema(required, schema_with = form::text::<REASON>)]
    reason: Field<String>,
    /// Whether the goods return to the shelf. Must be said once the parcel has left.
    #[schema(schema_with = form::optional_flag)]
    restock: Field<bool>,
    /// The buyer's account; needed for money that came as a deposit.
    #[schema(schema_with = form::optional::<RefundAccountBody>)]
    refund_receive_account: Field<RefundAccountBody>,
}

impl RefundOrderBody {
    /// What is asked for, or all that is wrong with it.
    pub fn into_command(self, target: OrderTarget) -> Result<RefundOrderCommand, FieldErrors> {
        let mut errors = FieldErrors::new();
        let reason = errors.keep("reason", self.reason.text(REASON));
        let restock = errors.keep("restock", self.restock.optional());
        let account = refund_account(self.refund_receive_account, &mut errors);
        let command = reason.zip(restock);
        finish(command.map(|(reason, restock)| RefundOrderCommand { target, reason, restock, account }), errors)
    }
}
