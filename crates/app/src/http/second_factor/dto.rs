//! What requests about the second factor bring and get.

use ef_domain::account::{RecoveryCode, ShownSecret};
use ef_domain::shared::FieldErrors;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::field::{Field, finish};
use super::super::openapi::form;

/// `POST /api/users/me/totp`
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordBody {
    #[schema(required, schema_with = form::password)]
    current_password: Field<String>,
}

impl PasswordBody {
    /// The password.
    pub fn into_password(self) -> Result<SecretString, FieldErrors> {
        let mut errors = FieldErrors::new();
        let password = errors.keep("currentPassword", self.current_password.required());
        finish(password.map(SecretString::from), errors)
    }
}

/// `POST /api/users/me/totp/verify` and `POST /api/users/me/totp/recovery-codes`
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct CodeBody {
    #[schema(required, schema_with = form::second_factor_code)]
    code: Field<String>,
}

impl CodeBody {
    /// The code.
    pub fn into_code(self) -> Result<SecretString, FieldErrors> {
        let mut errors = FieldErrors::new();
        let code = errors.keep("code", self.code.required());
        finish(code.map(SecretString::from), errors)
    }
}

/// `DELETE /api/users/me/totp`
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordAndCodeBody {
    #[schema(required, schema_with = form::password)]
    current_password: Field<String>,
    #[schema(required, schema_with = form::second_factor_code)]
    code: Field<String>,
}

impl PasswordAndCodeBody {
    /// Password and code.
    pub fn into_proofs(self) -> Result<(SecretString, SecretString), FieldErrors> {
        let mut errors = FieldErrors::new();
        let password = errors.keep("currentPassword", self.current_password.required());
        let code = errors.keep("code", self.code.required());
        finish(password.zip(code).map(|(password, code)| (password.into(), code.into())), errors)
    }
}

/// Whether a log-in asks for a second factor.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusView {
    /// Whether it does.
    pub enrolled: bool,
}

/// A secret on its way into an authenticator. This answer is the only one that ever holds it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretView {
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    secret: String,
    #[schema(
        example = "otpauth://totp/Energy%20Factory:admin%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Energy%20Factory"
    )]
    otpauth_uri: String,
}

impl From<&ShownSecret> for SecretView {
    fn from(shown: &ShownSecret) -> Self {
        Self { secret: shown.text.expose_secret().to_owned(), otpauth_uri: shown.address.expose_secret().to_owned() }
    }
}

/// Recovery codes on their way onto paper. This answer is the only one that ever holds them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodesView {
    #[schema(example = json!(["k7m2-9xqp-4dnt"]))]
    recovery_codes: Vec<String>,
}

impl From<&[RecoveryCode]> for RecoveryCodesView {
    fn from(codes: &[RecoveryCode]) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.expose().to_owned()).collect() }
    }
}
