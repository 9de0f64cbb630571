//! What is sent about money that is to go back: by its buyer, or by an administrator.

use ef_domain::payment::RefundAccount;
use ef_domain::shared::{FieldErrors, required_text};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::field::{Field, FromJson, NO_OBJECT, finish};
use super::openapi::form;
use super::query::Query;

/// Longest reason, in characters: what the partner takes.
pub const MAX_REASON: usize = 200;
/// Longest part of an account, in characters.
const ACCOUNT: usize = 60;

/// What comes with a cancellation: for most payments nothing.
// Without `Debug`, like the account in it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RefundBody {
    /// Where the money goes; needed where it came as a deposit.
    #[schema(schema_with = form::optional::<RefundAccountBody>)]
    refund_receive_account: Field<RefundAccountBody>,
}

impl RefundBody {
    /// The reason of the address and the account of the body, or all that is wrong with them.
    pub fn into_wish(self, query: &Query) -> Result<(Option<String>, Option<RefundAccount>), FieldErrors> {
        let mut errors = FieldErrors::new();
        let reason = query.parsed("reason", &mut errors, |text| required_text(text, MAX_REASON));
        let account = refund_account(self.refund_receive_account, &mut errors);
        finish(Some((reason, account)), errors)
    }
}

/// An account of a buyer's.
// Without `Debug`: its number and its holder belong in no log.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RefundAccountBody {
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

impl FromJson for RefundAccountBody {
    fn from_json(value: Value) -> Result<Self, &'static str> {
        if !value.is_object() {
            return Err(NO_OBJECT);
        }
        Self::deserialize(value).map_err(|_| NO_OBJECT)
    }
}

impl RefundAccountBody {
    /// The account; what is wrong with it is among the errors.
    fn parse(self, errors: &mut FieldErrors) -> Option<RefundAccount> {
        let field = |name: &str| format!("refundReceiveAccount.{name}");
        let bank = errors.keep(field("bank"), self.bank.text(ACCOUNT));
        let number = errors.keep(field("accountNumber"), self.account_number.text(ACCOUNT));
        let holder = errors.keep(field("holderName"), self.holder_name.text(ACCOUNT));
        let ((bank, number), holder) = bank.zip(number).zip(holder)?;
        match RefundAccount::parse(&bank, &number, &holder) {
            Ok(account) => Some(account),
            Err(error) => {
                errors.add(field(error.field()), error.to_string());
                None
            }
        }
    }
}

/// The account in that field of a form, if there is one; what is wrong with it is among the errors.
pub fn refund_account(field: Field<RefundAccountBody>, errors: &mut FieldErrors) -> Option<RefundAccount> {
    errors.keep("refundReceiveAccount", field.optional()).flatten()?.parse(errors)
}
