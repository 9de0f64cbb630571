//! What the pages of a newcomer bring and get.

use ef_domain::account::{BirthDate, Caller, Email, JoinWithPartnerCommand, Phone, Profile};
use ef_domain::shared::{FieldErrors, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::field::{Field, finish};
use super::super::openapi::form;

const MAX_NAME: usize = 100;
const MAX_ADDRESS: usize = 500;

/// What Naver told of a newcomer. What it kept to itself is not there: the form takes a property that is there for one
/// that cannot be edited. Its id of him stays here.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PendingView {
    #[schema(example = "NAVER")]
    provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
}

impl From<Profile> for PendingView {
    fn from(profile: Profile) -> Self {
        Self {
            provider: profile.identity.provider.name(),
            email: profile.email.map(|email| email.to_string()),
            name: profile.name,
            phone_number: profile.phone.map(|phone| phone.as_str().to_owned()),
        }
    }
}

/// `POST /api/auth/signup-with-oauth`
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct JoinBody {
    #[schema(required, schema_with = form::text::<MAX_NAME>)]
    name: Field<String>,
    #[schema(required, schema_with = form::email)]
    email: Field<String>,
    #[schema(required, schema_with = form::mobile)]
    phone_number: Field<String>,
    #[schema(required, schema_with = form::birth_date)]
    birth_date: Field<String>,
    #[schema(required, schema_with = form::text::<MAX_ADDRESS>)]
    address: Field<String>,
}

impl JoinBody {
    /// Who wants to join, or all that is wrong with the form.
    pub fn into_command(
        self,
        profile: Profile,
        now: Timestamp,
        caller: Caller,
    ) -> Result<JoinWithPartnerCommand, FieldErrors> {
        let mut errors = FieldErrors::new();
        let name = errors.keep("name", self.name.text(MAX_NAME));
        let email = errors.keep("email", self.email.required().and_then(|text| Email::parse(&text)));
        let phone =
            errors.keep("phoneNumber", self.phone_number.required().and_then(|text| Phone::parse_mobile(&text)));
        let birth = errors.keep("birthDate", self.birth_date.required().and_then(|text| BirthDate::parse(&text, now)));
        let address = errors.keep("address", self.address.text(MAX_ADDRESS));
        let form = name.zip(email).zip(phone).zip(birth).zip(address);
        let command = form.map(|((((name, email), phone), birth_date), address)| JoinWithPartnerCommand {
            profile,
            name,
            email,
            phone,
            birth_date,
            address,
            caller,
        });
        finish(command, errors)
    }
}

/// What opens the signed-in person's account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentitiesView {
    /// Whether a password does.
    pub has_password: bool,
    /// Which partners' log-ins do.
    pub identities: Vec<IdentityView>,
}

/// A partner whose log-in opens an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityView {
    /// Its name, in lower case as in `authProvider`.
    #[schema(example = "naver")]
    pub provider: String,
}

/// `DELETE /api/users/me/identities/naver`
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UnlinkBody {
    #[schema(required, schema_with = form::password)]
    current_password: Field<String>,
}

impl UnlinkBody {
    /// The password.
    pub fn into_password(self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::new();
        let password = errors.keep("currentPassword", self.current_password.required());
        finish(password, errors)
    }
}
