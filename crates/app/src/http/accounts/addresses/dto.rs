//! An address as the page sends it and gets it.

use ef_domain::account::SavedAddress;
use ef_domain::order::Recipient;
use ef_domain::shared::FieldErrors;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::super::field::{Field, finish};
use super::super::super::openapi::form;
use super::super::super::recipient::{MAX_ADDRESS, MAX_NAME, RecipientFields};

/// What the address form sends.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AddressBody {
    #[schema(required, schema_with = form::text::<MAX_NAME>)]
    recipient_name: Field<String>,
    #[schema(required, schema_with = form::mobile)]
    phone_number: Field<String>,
    #[schema(required, schema_with = form::postal_code)]
    postal_code: Field<String>,
    #[schema(required, schema_with = form::text::<MAX_ADDRESS>)]
    address_line1: Field<String>,
    #[schema(schema_with = form::optional_text::<MAX_ADDRESS>)]
    address_line2: Field<String>,
}

impl AddressBody {
    /// Who gets a parcel there, and where it is, by the rules of an order; or all that is wrong with it.
    pub fn into_recipient(self) -> Result<Recipient, FieldErrors> {
        let mut errors = FieldErrors::new();
        let fields = RecipientFields {
            name: self.recipient_name,
            phone: self.phone_number,
            postal_code: self.postal_code,
            address_line1: self.address_line1,
            address_line2: self.address_line2,
        };
        let recipient = fields.parse(&mut errors);
        finish(recipient, errors)
    }
}

/// An address of the book.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddressView {
    id: i64,
    recipient_name: String,
    phone_number: String,
    postal_code: String,
    address_line1: String,
    #[schema(required)]
    address_line2: Option<String>,
    is_default: bool,
}

impl From<SavedAddress> for AddressView {
    fn from(address: SavedAddress) -> Self {
        let SavedAddress { id, recipient, is_default } = address;
        Self {
            id: id.get(),
            recipient_name: recipient.name,
            phone_number: recipient.phone.as_str().to_owned(),
            postal_code: recipient.postal_code.as_str().to_owned(),
            address_line1: recipient.address_line1,
            address_line2: recipient.address_line2,
            is_default,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn recipient(body: Value) -> Result<Recipient, Vec<String>> {
        let body: AddressBody = serde_json::from_value(body).unwrap();
        body.into_recipient().map_err(|errors| errors.iter().map(|error| error.field.clone()).collect())
    }

    #[test]
    fn every_broken_field_is_named_at_once() {
        let required = ["recipientName", "phoneNumber", "postalCode", "addressLine1"];
        assert_eq!(recipient(json!({})).unwrap_err(), required);
        let wrong = json!({"recipientName": "가".repeat(101), "phoneNumber": "01012345678", "postalCode": "1234",
            "addressLine1": " ", "addressLine2": 5});
        let all: Vec<&str> = required.into_iter().chain(["addressLine2"]).collect();
        assert_eq!(recipient(wrong).unwrap_err(), all);
    }

    #[test]
    fn a_second_line_of_blanks_is_none() {
        let body = json!({"recipientName": " 김하늘 ", "phoneNumber": "010-1234-5678", "postalCode": "04036",
            "addressLine1": "서울", "addressLine2": "  "});
        let recipient = recipient(body).unwrap();
        assert_eq!((recipient.name.as_str(), recipient.address_line2), ("김하늘", None));
    }
}
