//! Closed lists of words, from the domain's own lists: `#[schema(value_type = words::OrderStatus)] status: &'static str`.

use ef_domain::notice::SuppressionReason as Suppressed;
use ef_domain::payment::PaymentMethod as PayBy;
use ef_domain::{catalogue, order, shared};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::form;

/// A type for the document only: the words of a list of the domain's.
macro_rules! words {
    ($($(#[$about:meta])* $name:ident = $words:expr;)*) => { $(
        $(#[$about])*
        #[derive(Debug)]
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                form::one_of($words).into()
            }
        }

        impl ToSchema for $name {}
    )* };
}

words! {
    /// How an order stands.
    OrderStatus = order::OrderStatus::ALL.map(order::OrderStatus::name);
    /// How an order's payment stands.
    PaymentStatus = order::PaymentStatus::ALL.map(order::PaymentStatus::name);
    /// What an administrator may do to an order.
    DeskAction = order::DeskAction::ALL.map(order::DeskAction::name);
    /// Why an order ended.
    CancelCause = ["BY_BUYER", "BY_SHOP", "EXPIRED", "SUPERSEDED", "DEPOSIT_MISSED", "REFUNDED"];
    /// Who did something to an order.
    Party = ["BUYER", "ADMINISTRATOR", "SHOP", "PARTNER"];
    /// How it was paid.
    PaymentMethod = PayBy::ALL.map(PayBy::name);
    /// Whether a product is sold.
    ProductStatus = catalogue::ProductStatus::ALL.map(catalogue::ProductStatus::name);
    /// What weights and volumes are counted in.
    WeightUnit = catalogue::WeightUnit::ALL.map(catalogue::WeightUnit::name);
    /// What somebody may do.
    Role = [shared::Role::User, shared::Role::Admin].map(shared::Role::name);
    /// Where a mail stands that administrators see.
    MailState = ["PARKED"];
    /// Why an address gets no mail any more.
    SuppressionReason = [Suppressed::Bounce, Suppressed::Complaint].map(Suppressed::name);
}
