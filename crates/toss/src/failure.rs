//! What each of their error codes says about the money.
//!
//! Source: Toss Payments, core API, error codes of "approve a payment", "look a payment up" and "cancel a payment"
//! (docs.tosspayments.com/reference/error-codes, as of March 2026). Where the documents do not promise that nothing
//! happened, a code counts as unknown; so does every code that stands in no table.

/// An answer other than success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Their code.
    pub(crate) code: String,
}

/// What a refusal says about the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nothing happened, and nothing will with this payment.
    Final,
    /// The same, unless an earlier call whose answer was lost is the cause: look before believing it.
    FinalUnlessDone,
    /// Nothing happened; later it may.
    Repeatable,
    /// Nothing happened, because of a fault of ours.
    OurFault,
    /// It has been done: look what it was.
    AlreadyDone,
    /// The same call is still running: ask again with the same idempotency key.
    InFlight,
    /// There is no such payment.
    NotFound,
    /// Nobody knows.
    Unknown,
}

type Table = &'static [(Class, &'static [&'static str])];

const CONFIRM: Table = &[
    (
        Class::Final,
        &[
            "INVALID_REJECT_CARD",
            "INVALID_CARD_EXPIRATION",
            "INVALID_STOPPED_CARD",
            "INVALID_CARD_LOST_OR_STOLEN",
            "INVALID_CARD_NUMBER",
            "INVALID_CARD_INSTALLMENT_PLAN",
            "INVALID_AUTHORIZE_AUTH",
            "INVALID_ACCOUNT_INFO_RE_REGISTER",
            "CARD_PROCESSING_ERROR",
            "NOT_ALLOWED_POINT_USE",
            "NOT_AVAILABLE_PAYMENT",
            "RESTRICTED_TRANSFER_ACCOUNT",
            "BELOW_MINIMUM_AMOUNT",
            "EXCEED_MAX_CARD_INSTALLMENT_PLAN",
            "NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT",
            "NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN",
            "EXCEED_MAX_DAILY_PAYMENT_COUNT",
            "EXCEED_MAX_PAYMENT_AMOUNT",
            "EXCEED_MAX_AMOUNT",
            "EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT",
            "EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT",
            "EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT",
            "REJECT_CARD_PAYMENT",
            "REJECT_ACCOUNT_PAYMENT",
            "REJECT_CARD_COMPANY",
            "REJECT_TOSSPAY_INVALID_ACCOUNT",
            "EXCEED_MAX_AUTH_COUNT",
            "EXCEED_MAX_ONE_DAY_AMOUNT",
            "INVALID_PASSWORD",
            "FDS_ERROR",
        ],
    ),
    (Class::FinalUnlessDone, &["NOT_FOUND_PAYMENT", "NOT_FOUND_PAYMENT_SESSION"]),
    (Class::Repeatable, &["NOT_AVAILABLE_BANK"]),
    (
        Class::OurFault,
        &[
            "INVALID_REQUEST",
            "INVALID_API_KEY",
            "NOT_FOUND_TERMINAL_ID",
            "INVALID_UNREGISTERED_SUBMALL",
            "NOT_REGISTERED_BUSINESS",
            "UNAPPROVED_ORDER_ID",
            "UNAUTHORIZED_KEY",
            "FORBIDDEN_REQUEST",
            "INCORRECT_BASIC_AUTH_FORMAT",
        ],
    ),
    (Class::AlreadyDone, &["ALREADY_PROCESSED_PAYMENT", "DUPLICATED_ORDER_ID"]),
    (Class::InFlight, &["IDEMPOTENT_REQUEST_PROCESSING"]),
    (Class::Unknown, &["PROVIDER_ERROR"]),
];

const LOOK_UP: Table = &[
    (Class::NotFound, &["NOT_FOUND_PAYMENT", "NOT_FOUND"]),
    (Class::Repeatable, &["FORBIDDEN_CONSECUTIVE_REQUEST"]),
    (
        Class::OurFault,
        &["UNAUTHORIZED_KEY", "INCORRECT_BASIC_AUTH_FORMAT", "INVALID_API_KEY", "INVALID_REQUEST", "FORBIDDEN_REQUEST"],
    ),
];

const CANCEL: Table = &[
    (
        Class::FinalUnlessDone,
        &[
            "INVALID_REFUND_ACCOUNT_INFO",
            "INVALID_REFUND_ACCOUNT_NUMBER",
            "INVALID_BANK",
            "EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT",
            "REFUND_REJECTED",
            "FORBIDDEN_BANK_REFUND_REQUEST",
            "NOT_CANCELABLE_AMOUNT",
            "NOT_CANCELABLE_PAYMENT",
            "EXCEED_MAX_REFUND_DUE",
            "NOT_ALLOWED_PARTIAL_REFUND",
            "NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT",
            "NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER",
            "EXCEED_CANCEL_LIMIT",
            "EXCEED_MAX_REFUND_AMOUNT",
        ],
    ),
    (Class::Repeatable, &["NOT_AVAILABLE_BANK", "NOT_MATCHES_REFUNDABLE_AMOUNT"]),
    (
        Class::OurFault,
        &[
            "INVALID_REQUEST",
            "INVALID_API_KEY",
            "UNAUTHORIZED_KEY",
            "FORBIDDEN_REQUEST",
            "INCORRECT_BASIC_AUTH_FORMAT",
            "NOT_FOUND_PAYMENT",
        ],
    ),
    (Class::AlreadyDone, &["ALREADY_CANCELED_PAYMENT", "ALREADY_REFUND_PAYMENT"]),
    (Class::InFlight, &["IDEMPOTENT_REQUEST_PROCESSING"]),
    (Class::Unknown, &["PROVIDER_ERROR", "FORBIDDEN_CONSECUTIVE_REQUEST"]),
];

/// What a refused confirm says about the money.
pub(crate) fn of_confirm(refusal: &Refusal) -> Class {
    class(CONFIRM, refusal)
}

/// What a refused look-up says about the payment.
pub(crate) fn of_look_up(refusal: &Refusal) -> Class {
    class(LOOK_UP, refusal)
}

/// What a refused cancellation says about the money.
pub(crate) fn of_cancel(refusal: &Refusal) -> Class {
    class(CANCEL, refusal)
}

/// Only a 4xx can be definite: a server that is in trouble does not know what it did, whatever code it puts on it, and
/// "too many requests" may come from a box that saw the request pass.
fn class(table: Table, refusal: &Refusal) -> Class {
    if !(400..=499).contains(&refusal.status) || refusal.status == 429 {
        return Class::Unknown;
    }
    let row = table.iter().find(|(_, codes)| codes.contains(&refusal.code.as_str()));
    row.map_or(Class::Unknown, |(class, _)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, code: &str) -> Refusal {
        Refusal { status, code: code.to_owned() }
    }

    #[test]
    fn no_code_stands_in_two_rows_of_one_table() {
        for table in [CONFIRM, LOOK_UP, CANCEL] {
            let mut codes = table.iter().flat_map(|(_, codes)| *codes).collect::<Vec<_>>();
            let all = codes.len();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), all);
        }
    }

    #[test]
    fn a_code_that_stands_in_no_table_is_unknown() {
        assert_eq!(of_confirm(&refusal(400, "A_CODE_OF_TOMORROW")), Class::Unknown);
        assert_eq!(of_cancel(&refusal(403, "A_CODE_OF_TOMORROW")), Class::Unknown);
        assert_eq!(of_look_up(&refusal(404, "NOT_FOUND_MERCHANT")), Class::Unknown);
    }

    #[test]
    fn a_server_in_trouble_knows_nothing_whatever_code_it_gives() {
        for status in [200, 302, 429, 500, 502, 599] {
            assert_eq!(of_confirm(&refusal(status, "REJECT_CARD_PAYMENT")), Class::Unknown, "{status}");
            assert_eq!(of_cancel(&refusal(status, "ALREADY_CANCELED_PAYMENT")), Class::Unknown, "{status}");
            assert_eq!(of_look_up(&refusal(status, "NOT_FOUND_PAYMENT")), Class::Unknown, "{status}");
        }
    }
}
