//! Every code that the partner documents for a confirm and for a cancellation, over the wire, with the status that it is
//! documented with. Written down from the documents and not from our table, which it checks.

use std::time::Duration;

use ef_domain::payment::{CancelOutcome, ConfirmOutcome, DeclineKind, PaymentGateway};

use crate::stub::{Reply, Stub};
use crate::support::{Attempt, PRICE, document, gateway_within};

/// What must come of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Declined(DeclineKind),
    /// Nobody knows, and nobody looked.
    Unknown,
    /// Nobody knows although somebody looked.
    UnknownAfterLook,
    /// Declined, since a look showed that nothing had happened.
    FinalAfterLook,
}

use DeclineKind::{Final, OurFault, Repeatable};
use Fate::{Declined, FinalAfterLook, Unknown, UnknownAfterLook};

const CONFIRM: &[(u16, Fate, &str)] = &[
    (400, UnknownAfterLook, "ALREADY_PROCESSED_PAYMENT DUPLICATED_ORDER_ID"),
    (400, Unknown, "PROVIDER_ERROR"),
    (
        400,
        Declined(OurFault),
        "INVALID_REQUEST INVALID_API_KEY NOT_FOUND_TERMINAL_ID INVALID_UNREGISTERED_SUBMALL NOT_REGISTERED_BUSINESS \
         UNAPPROVED_ORDER_ID",
    ),
    (
        400,
        Declined(Final),
        "INVALID_REJECT_CARD INVALID_CARD_EXPIRATION INVALID_STOPPED_CARD INVALID_CARD_LOST_OR_STOLEN \
         INVALID_CARD_NUMBER INVALID_CARD_INSTALLMENT_PLAN INVALID_AUTHORIZE_AUTH INVALID_ACCOUNT_INFO_RE_REGISTER \
         CARD_PROCESSING_ERROR NOT_ALLOWED_POINT_USE NOT_AVAILABLE_PAYMENT RESTRICTED_TRANSFER_ACCOUNT",
    ),
    (
        400,
        Declined(Final),
        "BELOW_MINIMUM_AMOUNT EXCEED_MAX_CARD_INSTALLMENT_PLAN NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT \
         NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN EXCEED_MAX_DAILY_PAYMENT_COUNT EXCEED_MAX_PAYMENT_AMOUNT \
         EXCEED_MAX_AMOUNT EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT \
         EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT",
    ),
    (401, Declined(OurFault), "UNAUTHORIZED_KEY"),
    (
        403,
        Declined(Final),
        "REJECT_CARD_PAYMENT REJECT_ACCOUNT_PAYMENT REJECT_CARD_COMPANY REJECT_TOSSPAY_INVALID_ACCOUNT \
         EXCEED_MAX_AUTH_COUNT EXCEED_MAX_ONE_DAY_AMOUNT INVALID_PASSWORD FDS_ERROR",
    ),
    (403, Declined(Repeatable), "NOT_AVAILABLE_BANK"),
    (403, Declined(OurFault), "FORBIDDEN_REQUEST INCORRECT_BASIC_AUTH_FORMAT"),
    (404, FinalAfterLook, "NOT_FOUND_PAYMENT NOT_FOUND_PAYMENT_SESSION"),
    (409, Unknown, "IDEMPOTENT_REQUEST_PROCESSING"),
    (429, Unknown, "TOO_MANY_REQUESTS"),
    (
        500,
        Unknown,
        "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING FAILED_INTERNAL_SYSTEM_PROCESSING UNKNOWN_PAYMENT_ERROR \
         COMMON_ERROR UNKNOWN_ERROR",
    ),
    (400, Unknown, "A_CODE_OF_TOMORROW INVALID_IDEMPOTENCY_KEY"),
    (403, Unknown, "A_CODE_OF_TOMORROW"),
];

const CANCEL: &[(u16, Fate, &str)] = &[
    (400, UnknownAfterLook, "ALREADY_CANCELED_PAYMENT ALREADY_REFUND_PAYMENT"),
    (400, Declined(Repeatable), "NOT_MATCHES_REFUNDABLE_AMOUNT"),
    (400, Unknown, "PROVIDER_ERROR"),
    (400, FinalAfterLook, "INVALID_REFUND_ACCOUNT_INFO INVALID_REFUND_ACCOUNT_NUMBER INVALID_BANK"),
    (400, FinalAfterLook, "EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT REFUND_REJECTED FORBIDDEN_BANK_REFUND_REQUEST"),
    (400, Declined(OurFault), "INVALID_REQUEST"),
    (401, Declined(OurFault), "UNAUTHORIZED_KEY"),
    (
        403,
        FinalAfterLook,
        "NOT_CANCELABLE_AMOUNT NOT_CANCELABLE_PAYMENT EXCEED_MAX_REFUND_DUE NOT_ALLOWED_PARTIAL_REFUND \
         NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER EXCEED_CANCEL_LIMIT \
         EXCEED_MAX_REFUND_AMOUNT",
    ),
    (403, Unknown, "FORBIDDEN_CONSECUTIVE_REQUEST"),
    (403, Declined(Repeatable), "NOT_AVAILABLE_BANK"),
    (403, Declined(OurFault), "FORBIDDEN_REQUEST INCORRECT_BASIC_AUTH_FORMAT"),
    (404, Declined(OurFault), "NOT_FOUND_PAYMENT"),
    (409, Unknown, "IDEMPOTENT_REQUEST_PROCESSING"),
    (
        500,
        Unknown,
        "FAILED_INTERNAL_SYSTEM_PROCESSING FAILED_REFUND_PROCESS FAILED_METHOD_HANDLING_CANCEL FAILED_PARTIAL_REFUND \
         COMMON_ERROR FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
    ),
    (400, Unknown, "A_CODE_OF_TOMORROW"),
    (404, Unknown, "NOT_FOUND_MERCHANT"),
];

/// A call that is still running is asked for once more and then given up.
const TIME: Duration = Duration::from_millis(500);

fn rows(table: &'static [(u16, Fate, &str)]) -> impl Iterator<Item = (u16, Fate, &'static str)> {
    table.iter().flat_map(|(status, fate, codes)| codes.split_whitespace().map(|code| (*status, *fate, code)))
}

/// A partner that refuses with that code and shows the payment in that status.
async fn refusing(attempt: &Attempt, status: u16, code: &'static str, seen: &'static str, balance: i64) -> Stub {
    let payment = document(attempt, seen, balance);
    Stub::start(
        move |request| {
            if request.is_look_up() { Reply::json(200, &payment) } else { Reply::refusal(status, code) }
        },
    )
    .await
}

fn fate(declined: Option<(String, DeclineKind)>, code: &str, looked: bool) -> Fate {
    match declined {
        Some((kept, kind)) => {
            assert_eq!(kept, code, "the partner's code is kept");
            match (kind, looked) {
                (Final, true) => FinalAfterLook,
                (kind, false) => Declined(kind),
                (kind, true) => panic!("{code}: looked, and then {kind:?}"),
            }
        }
        None if looked => UnknownAfterLook,
        None => Unknown,
    }
}

#[tokio::test]
async fn every_refusal_of_a_confirm_means_what_its_documents_say() {
    for (status, expected, code) in rows(CONFIRM) {
        let attempt = Attempt::imaginary();
        let stub = refusing(&attempt, status, code, "IN_PROGRESS", PRICE).await;
        let declined = match gateway_within(&stub.url, TIME).confirm(&attempt.confirm("key")).await {
            Ok(ConfirmOutcome::Declined(decline)) => Some((decline.code, decline.kind)),
            Ok(other) => panic!("{status} {code}: {other:?}"),
            Err(_) => None,
        };
        let looked = stub.seen().iter().any(crate::stub::Seen::is_look_up);
        assert_eq!(fate(declined, code, looked), expected, "{status} {code}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_cancellation_means_what_its_documents_say() {
    for (status, expected, code) in rows(CANCEL) {
        let attempt = Attempt::imaginary();
        let stub = refusing(&attempt, status, code, "DONE", PRICE).await;
        let declined = match gateway_within(&stub.url, TIME).cancel(&attempt.cancel("key")).await {
            Ok(CancelOutcome::Refused(decline)) => Some((decline.code, decline.kind)),
            Ok(other) => panic!("{status} {code}: {other:?}"),
            Err(_) => None,
        };
        let looked = stub.seen().iter().any(crate::stub::Seen::is_look_up);
        assert_eq!(fate(declined, code, looked), expected, "{status} {code}");
    }
}

#[tokio::test]
async fn a_look_that_shows_an_earlier_lost_confirm_turns_a_refusal_into_an_approval() {
    for (status, expected, code) in rows(CONFIRM) {
        let attempt = Attempt::imaginary();
        let stub = refusing(&attempt, status, code, "DONE", PRICE).await;
        let outcome = gateway_within(&stub.url, TIME).confirm(&attempt.confirm("key")).await;
        let approved = matches!(outcome, Ok(ConfirmOutcome::Approved(_)));
        let looks = matches!(expected, FinalAfterLook | UnknownAfterLook);
        assert_eq!(approved, looks, "{status} {code}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_look_that_shows_an_earlier_lost_cancellation_turns_a_refusal_into_a_cancellation() {
    for (status, expected, code) in rows(CANCEL) {
        let attempt = Attempt::imaginary();
        let stub = refusing(&attempt, status, code, "CANCELED", 0).await;
        let outcome = gateway_within(&stub.url, TIME).cancel(&attempt.cancel("key")).await;
        let cancelled = matches!(outcome, Ok(CancelOutcome::Cancelled));
        let looks = matches!(expected, FinalAfterLook | UnknownAfterLook);
        assert_eq!(cancelled, looks, "{status} {code}: {outcome:?}");
    }
}
