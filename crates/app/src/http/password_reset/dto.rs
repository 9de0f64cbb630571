//! What the three forms bring and what their pages get.

use ef_domain::account::{Email, Password, ResetToken};
use ef_domain::notice::OneTimeCode;
use ef_domain::shared::FieldErrors;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::field::{Field, finish};
use super::super::openapi::form;

/// `POST /api/auth/password-reset/send-code`
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct SendCodeBody {
    #[schema(required, schema_with = form::email)]
    email: Field<String>,
}

impl SendCodeBody {
    /// The address.
    pub fn into_email(self) -> Result<Email, FieldErrors> {
        let mut errors = FieldErrors::new();
        let email = errors.keep("email", parse_email(self.email));
        finish(email, errors)
    }
}

/// `POST /api/auth/password-reset/verify-code`
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct VerifyCodeBody {
    #[schema(required, schema_with = form::email)]
    email: Field<String>,
    #[schema(required, schema_with = form::one_time_code)]
    code: Field<String>,
}

impl VerifyCodeBody {
    /// Address and code, or all that is wrong with the form.
    pub fn into_parts(self) -> Result<(Email, OneTimeCode), FieldErrors> {
        let mut errors = FieldErrors::new();
        let email = errors.keep("email", parse_email(self.email));
        let code = self.code.required().and_then(|text| OneTimeCode::parse(&text).ok_or("6자리 숫자여야 합니다."));
        let code = errors.keep("code", code);
        finish(email.zip(code), errors)
    }
}

/// `POST /api/auth/password-reset`
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResetBody {
    #[schema(required, schema_with = form::secret)]
    reset_token: Field<String>,
    #[schema(required, schema_with = form::new_password)]
    new_password: Field<String>,
}

impl ResetBody {
    /// Token and password, or all that is wrong with the form. A text that cannot be a token is one that is not good.
    pub fn into_parts(self) -> Result<(SecretString, Password), FieldErrors> {
        let mut errors = FieldErrors::new();
        let token = errors.keep("resetToken", self.reset_token.required().and_then(not_blank));
        let password = self.new_password.required().and_then(|text| Password::parse(&text));
        let password = errors.keep("newPassword", password);
        finish(token.zip(password), errors)
    }
}

fn parse_email(field: Field<String>) -> Result<Email, &'static str> {
    field.required().and_then(|text| Email::parse(&text))
}

fn not_blank(text: String) -> Result<SecretString, &'static str> {
    if text.trim().is_empty() { Err("필수 입력 항목입니다.") } else { Ok(SecretString::from(text)) }
}

/// What a code was traded for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetTokenView {
    #[schema(example = "3f1c0c5a9d7e4b2f8a6d1e0c9b8a7f6e5d4c3b2a1f0e9d8c7b6a5f4e3d2c1b0a")]
    reset_token: String,
    message: &'static str,
}

impl ResetTokenView {
    /// That token.
    pub fn new(token: &ResetToken) -> Self {
        Self {
            reset_token: token.expose().to_owned(), message: "인증되었습니다. 새 비밀번호를 입력해 주세요."
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn fields(errors: &FieldErrors) -> Vec<String> {
        errors.iter().map(|error| error.field.clone()).collect()
    }

    fn verify(body: Value) -> Result<(Email, OneTimeCode), FieldErrors> {
        serde_json::from_value::<VerifyCodeBody>(body).unwrap().into_parts()
    }

    fn reset(body: Value) -> Result<(SecretString, Password), FieldErrors> {
        serde_json::from_value::<ResetBody>(body).unwrap().into_parts()
    }

    #[test]
    fn a_form_hears_of_all_its_errors_at_once() {
        let empty = verify(json!({})).unwrap_err();
        assert_eq!(fields(&empty), ["email", "code"]);
        let wrong = reset(json!({ "resetToken": " ", "newPassword": "short" })).unwrap_err();
        assert_eq!(fields(&wrong), ["resetToken", "newPassword"]);
    }

    #[test]
    fn a_code_is_six_ascii_digits() {
        assert_eq!(verify(json!({ "email": "A@b.kr", "code": "012345" })).unwrap().1.expose(), "012345");
        for code in
            [json!("12345"), json!("1234567"), json!("12345a"), json!("１２３４５６"), json!(" 12345"), json!(123_456)]
        {
            assert_eq!(fields(&verify(json!({ "email": "a@b.kr", "code": code })).unwrap_err()), ["code"], "{code}");
        }
    }

    #[test]
    fn whatever_the_page_takes_for_a_password_is_one() {
        for special in "@$!%*?&#".chars() {
            let password = format!("Abcdef1{special}");
            assert!(reset(json!({ "resetToken": "x", "newPassword": password })).is_ok(), "{special}");
        }
    }
}
