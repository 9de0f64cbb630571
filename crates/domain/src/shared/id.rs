//! Identifiers, one type each, so that an order cannot be looked up by a user's number.

use std::fmt;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// The id with that number.
            pub const fn new(number: i64) -> Self {
                Self(number)
            }

            /// The number behind the id.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )*};
}

id! {
    /// An account.
    UserId
    /// A product.
    ProductId
    /// A pack size of a product: what is bought and counted.
    VariantId
    /// A tag on products.
    TagId
    /// A line of a cart.
    CartItemId
    /// An order, inside the shop. Shoppers see its `OrderNumber`.
    OrderId
    /// A line of an order.
    OrderLineId
    /// A payment.
    PaymentId
    /// An address in somebody's address book.
    AddressId
    /// A mail in the outbox.
    MailId
    /// An address that gets no mail any more. Later ones have higher numbers.
    SuppressionId
    /// Something that a shopper was told. Later ones have higher numbers.
    AnnouncementId
    /// A line of the audit trail. Later ones have higher numbers.
    AuditId
    /// A review of a product.
    ReviewId
    /// A key under which a client asked for something.
    ClaimId
    /// How many times a row was changed: the guard of every change to it.
    Version
}

impl Version {
    /// The version of a row that was just stored.
    pub const FIRST: Self = Self(0);

    /// The version after one more change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
