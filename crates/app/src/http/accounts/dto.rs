//! What account requests bring and what their pages get.

use chrono::NaiveDate;
use ef_domain::account::{
    Account, BirthDate, Caller, Email, LogInCommand, Password, Phone, SessionId, SessionSummary, SignUpCommand,
};
use ef_domain::shared::{FieldErrors, Role, Timestamp, UserId};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::field::{Field, finish};
use super::super::openapi::{form, words};
use super::super::view::korean_time;

const MAX_NAME: usize = 100;
const MAX_ADDRESS: usize = 500;

/// `POST /api/users/signup`
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SignUpBody {
    #[schema(required, schema_with = form::text::<MAX_NAME>)]
    name: Field<String>,
    #[schema(required, schema_with = form::email)]
    email: Field<String>,
    #[schema(required, schema_with = form::new_password)]
    password: Field<String>,
    #[schema(required, schema_with = form::mobile)]
    phone_number: Field<String>,
    #[schema(required, schema_with = form::birth_date)]
    birth_date: Field<String>,
    #[schema(required, schema_with = form::text::<MAX_ADDRESS>)]
    address: Field<String>,
}

impl SignUpBody {
    /// Who wants to join, or all that is wrong with the form.
    pub fn into_command(self, now: Timestamp, caller: Caller) -> Result<SignUpCommand, FieldErrors> {
        let mut errors = FieldErrors::new();
        let name = errors.keep("name", self.name.text(MAX_NAME));
        let email = errors.keep("email", self.email.required().and_then(|text| Email::parse(&text)));
        let password = errors.keep("password", self.password.required().and_then(|text| Password::parse(&text)));
        let phone =
            errors.keep("phoneNumber", self.phone_number.required().and_then(|text| Phone::parse_mobile(&text)));
        let birth = errors.keep("birthDate", self.birth_date.required().and_then(|text| BirthDate::parse(&text, now)));
        let address = errors.keep("address", self.address.text(MAX_ADDRESS));
        let form = name.zip(email).zip(password).zip(phone).zip(birth).zip(address);
        let command = form.map(|(((((name, email), password), phone), birth_date), address)| SignUpCommand {
            name,
            email,
            password,
            phone,
            birth_date,
            address,
            caller,
        });
        finish(command, errors)
    }
}

/// Whose account it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewAccountView {
    /// The account.
    pub id: i64,
    /// Its address.
    #[schema(format = "email")]
    pub email: String,
    /// Its owner's name.
    pub name: String,
}

/// `POST /api/auth/login`
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct LogInBody {
    #[schema(required, schema_with = form::any_text)]
    email: Field<String>,
    #[schema(required, schema_with = form::password)]
    password: Field<String>,
    /// The code of the second factor, from a form that has a field for it.
    #[schema(schema_with = form::optional_any_text)]
    totp: Field<String>,
}

impl LogInBody {
    /// What to check. A text that is no address is nobody's, which is found out as slowly as a wrong password.
    pub fn into_command(self, caller: Caller) -> Result<LogInCommand, FieldErrors> {
        let mut errors = FieldErrors::new();
        let email = errors.keep("email", self.email.required());
        let password = errors.keep("password", self.password.required());
        let code = errors.keep("totp", self.totp.optional());
        let form = email.zip(password).zip(code);
        let command = form.map(|((email, password), code)| LogInCommand {
            email: Email::parse(&email).ok(),
            password: SecretString::from(password),
            // A field that was left empty is one that was not there.
            code: code.filter(|code| !code.trim().is_empty()).map(SecretString::from),
            caller,
        });
        finish(command, errors)
    }
}

/// Who signed in. The tokens travel in cookies that no script can read; here they are empty.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedInView {
    user_id: i64,
    #[schema(example = "")]
    access_token: &'static str,
    #[schema(example = "")]
    refresh_token: &'static str,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    #[schema(value_type = words::Role)]
    role: &'static str,
}

impl LoggedInView {
    /// That person.
    pub fn new(user: UserId, role: Role) -> Self {
        Self { user_id: user.get(), access_token: "", refresh_token: "", token_type: "Bearer", role: role.name() }
    }
}

/// An account as its owner's page gets it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    name: String,
    #[schema(format = "email")]
    email: String,
    /// Never null: the page edits it as a text.
    phone: String,
    #[schema(required)]
    birth_date: Option<NaiveDate>,
    #[schema(example = "local")]
    auth_provider: String,
    /// The day in Korea.
    member_since: NaiveDate,
    address: String,
    #[schema(value_type = words::Role)]
    role: &'static str,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            name: account.name,
            email: account.email.to_string(),
            phone: account.phone.map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            birth_date: account.birth_date.map(BirthDate::get),
            auth_provider: account.provider.name().to_ascii_lowercase(),
            member_since: korean_time(account.created_at).date_naive(),
            address: account.address.unwrap_or_default(),
            role: account.role.name(),
        }
    }
}

/// A session as its owner's page gets it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    #[schema(pattern = "^[0-9a-f]{32}$", example = "0123456789abcdef0123456789abcdef")]
    id: String,
    /// What the browser or program called itself; empty if it said nothing.
    device: String,
    /// Null where it is not known: a session of before sessions kept it.
    #[schema(required, format = DateTime)]
    began_at: Option<String>,
    /// Null where it is not known.
    #[schema(required, format = DateTime)]
    used_at: Option<String>,
    #[schema(format = DateTime)]
    expires_at: String,
    /// Whether the request came by this one.
    current: bool,
}

impl SessionView {
    /// That session, seen from the current one.
    pub fn new(session: &SessionSummary, current: &SessionId) -> Self {
        let known = |moment: Timestamp| (moment.millis() > 0).then(|| moment.to_string());
        Self {
            current: session.id == *current,
            id: session.id.as_str().to_owned(),
            device: session.device.as_str().to_owned(),
            began_at: known(session.began_at),
            used_at: known(session.used_at),
            expires_at: session.expires_at.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ef_domain::account::{Device, IdentityProvider};
    use ef_domain::shared::ClientAddress;
    use serde_json::{Value, json};

    use super::*;

    fn caller() -> Caller {
        Caller { address: ClientAddress::new([127, 0, 0, 1].into()), device: Device::default() }
    }

    fn errors_of(body: Value) -> Vec<String> {
        let body: SignUpBody = serde_json::from_value(body).unwrap();
        let today = Timestamp::from_millis(1_762_493_412_123).unwrap();
        body.into_command(today, caller()).map(|_| ()).unwrap_err().iter().map(|error| error.field.clone()).collect()
    }

    #[test]
    fn a_form_hears_of_all_its_errors_at_once() {
        let all = ["name", "email", "password", "phoneNumber", "birthDate", "address"];
        assert_eq!(errors_of(json!({})), all);
        let wrong = json!({"name": " ", "email": "a", "password": "short", "phoneNumber": "1", "birthDate": "2000-02-31", "address": 5});
        assert_eq!(errors_of(wrong), all);
    }

    #[test]
    fn a_member_since_this_morning_in_korea_joined_today() {
        let account = Account {
            id: UserId::new(1),
            email: Email::parse("a@b.kr").unwrap(),
            name: "김하늘".to_owned(),
            phone: None,
            birth_date: None,
            address: None,
            provider: IdentityProvider::Naver,
            has_password: false,
            role: Role::User,
            created_at: Timestamp::from_millis(1_762_473_600_000).unwrap(), // 2025-11-07T00:00:00Z
        };
        let evening = Account { created_at: Timestamp::from_millis(1_762_470_000_000).unwrap(), ..account };
        let view = serde_json::to_value(AccountView::from(evening)).unwrap();
        let expected = json!({"name": "김하늘", "email": "a@b.kr", "phone": "", "birthDate": null,
            "authProvider": "naver", "memberSince": "2025-11-07", "address": "", "role": "USER"});
        assert_eq!(view, expected);
    }

    #[test]
    fn a_log_in_with_no_address_is_nobodys_and_not_malformed() {
        let body = |body| serde_json::from_value::<LogInBody>(body).unwrap().into_command(caller());
        assert!(body(json!({"email": "nobody", "password": ""})).unwrap().email.is_none());
        assert!(body(json!({"email": 1, "password": "x"})).is_err());
        assert!(body(json!({"email": "a@b.kr", "password": "x", "totp": 123_456})).is_err());
    }

    #[test]
    fn a_field_for_the_code_that_was_left_empty_is_none() {
        let code = |totp| {
            let body = json!({"email": "a@b.kr", "password": "x", "totp": totp});
            serde_json::from_value::<LogInBody>(body).unwrap().into_command(caller()).unwrap().code
        };
        assert!(code(json!(null)).is_none() && code(json!(" ")).is_none());
        assert!(code(json!("123456")).is_some());
    }
}
