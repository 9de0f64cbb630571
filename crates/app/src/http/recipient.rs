//! Who gets a parcel and where, as forms ask for it.

use ef_domain::account::Phone;
use ef_domain::order::{PostalCode, Recipient};
use ef_domain::shared::FieldErrors;

use super::field::Field;

/// Longest name, in characters.
pub const MAX_NAME: usize = 100;
/// Longest line of an address, in characters.
pub const MAX_ADDRESS: usize = 500;

/// The fields of a form that asks for a recipient.
#[derive(Debug)]
pub struct RecipientFields {
    /// `recipientName`
    pub name: Field<String>,
    /// `phoneNumber`
    pub phone: Field<String>,
    /// `postalCode`
    pub postal_code: Field<String>,
    /// `addressLine1`
    pub address_line1: Field<String>,
    /// `addressLine2`; may be absent
    pub address_line2: Field<String>,
}

impl RecipientFields {
    /// The recipient; what is wrong with the fields goes to the errors.
    pub fn parse(self, errors: &mut FieldErrors) -> Option<Recipient> {
        let name = errors.keep("recipientName", self.name.text(MAX_NAME));
        let phone = errors.keep("phoneNumber", self.phone.required().and_then(|text| Phone::parse_mobile(&text)));
        let code = errors.keep("postalCode", self.postal_code.required().and_then(|text| PostalCode::parse(&text)));
        let line1 = errors.keep("addressLine1", self.address_line1.text(MAX_ADDRESS));
        let line2 = errors.keep("addressLine2", self.address_line2.optional_text(MAX_ADDRESS));
        let fields = name.zip(phone).zip(code).zip(line1).zip(line2);
        fields.map(|((((name, phone), postal_code), address_line1), address_line2)| Recipient {
            name,
            phone,
            postal_code,
            address_line1,
            address_line2,
        })
    }
}
