//! What a member sends to change his account.

use std::fmt;

use ef_domain::account::{BirthDate, Caller, ChangePasswordCommand, Password};
use ef_domain::shared::{FieldErrors, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::actor::SignedIn;
use super::super::field::{Field, finish};
use super::super::openapi::form;

const MAX_ADDRESS: usize = 500;

/// `PUT /api/users/additional-info`
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CompletionBody {
    #[schema(required, schema_with = form::birth_date)]
    birth_date: Field<String>,
    #[schema(required, schema_with = form::text::<MAX_ADDRESS>)]
    address: Field<String>,
}

impl CompletionBody {
    /// Date of birth and address, or all that is wrong with them.
    pub fn into_completion(self, now: Timestamp) -> Result<(BirthDate, String), FieldErrors> {
        let mut errors = FieldErrors::new();
        let birth = errors.keep("birthDate", self.birth_date.required().and_then(|text| BirthDate::parse(&text, now)));
        let address = errors.keep("address", self.address.text(MAX_ADDRESS));
        finish(birth.zip(address), errors)
    }
}

/// `PUT /api/users/password`
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ChangePasswordBody {
    #[schema(required, schema_with = form::password)]
    current_password: Field<String>,
    #[schema(required, schema_with = form::new_password)]
    new_password: Field<String>,
}

/// Passwords are not printed.
impl fmt::Debug for ChangePasswordBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChangePasswordBody(..)")
    }
}

impl ChangePasswordBody {
    /// What that person asks for, or all that is wrong with it.
    pub fn into_command(self, person: &SignedIn, caller: Caller) -> Result<ChangePasswordCommand, FieldErrors> {
        let mut errors = FieldErrors::new();
        let current = errors.keep("currentPassword", self.current_password.required()).map(SecretString::from);
        let new = errors.keep("newPassword", self.new_password.required().and_then(|text| Password::parse(&text)));
        let command = current.zip(new).map(|(current, new)| ChangePasswordCommand {
            actor: person.actor,
            epoch: person.epoch,
            current,
            new,
            caller,
        });
        finish(command, errors)
    }
}
